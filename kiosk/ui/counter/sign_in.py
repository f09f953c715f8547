"""Signing in: staff number and passphrase. The same card unlocks a locked window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.background import Background
from kiosk.ui.counter.bars import LanguageSwitch
from kiosk.ui.fields.line import LineInput
from kiosk.ui.parts import button, column, frame, label, prose, row
from kiosk.ui.translations import Translations


class Credentials(QWidget):
    """The two lines and their button. Checking takes a while on purpose, so it leaves the UI thread."""

    signed_in = Signal(object)  # Operator

    def __init__(self, desk: Desk, words: Translations, background: Background, accept: Text) -> None:
        super().__init__()
        self._desk, self._words, self._background = desk, words, background
        self.number = LineInput(theme.COUNTER)
        self.number.setObjectName("staff.number")
        self.passphrase = LineInput(theme.COUNTER)
        self.passphrase.setObjectName("staff.passphrase")
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.message = prose(words)
        self.message.setProperty("state", "error")
        self.message.hide()
        self.button = button(words, accept, kind="primary", name="staff.sign_in")
        self.button.setFixedHeight(40)
        self.button.clicked.connect(self.submit)
        self.number.moved.connect(lambda _step: self.passphrase.setFocus())
        self.passphrase.moved.connect(self._leave_passphrase)
        self.setLayout(
            column(
                label(words, say("Staff number"), "label"),
                self.number,
                8,
                label(words, say("Passphrase"), "label"),
                self.passphrase,
                self.message,
                8,
                self.button,
                spacing=4,
            )
        )
        self.setFocusProxy(self.number)

    def _leave_passphrase(self, step: int) -> None:
        if step > 0:
            self.submit()
        else:
            self.number.setFocus()

    def submit(self) -> None:
        """Asks the desk, off the UI thread."""
        number, passphrase = self.number.raw().strip(), self.passphrase.raw()
        if not number or not passphrase:
            (self.passphrase if number else self.number).setFocus()
            return
        self.button.setEnabled(False)
        self._background.run(lambda: self._desk.sign_in(number, passphrase), self._done, self._failed)

    def _done(self, operator: Operator) -> None:
        self.button.setEnabled(True)
        self.message.hide()
        self.passphrase.set_raw("")
        self.signed_in.emit(operator)

    def _failed(self, error: KioskError) -> None:
        self.button.setEnabled(True)
        self._words.put(self.message.setText, error.text)
        self.message.show()
        self.passphrase.set_raw("")
        self.passphrase.setFocus()


class SignInPage(QWidget):
    """A quiet page with one card."""

    signed_in = Signal(object)  # Operator

    def __init__(self, desk: Desk, words: Translations, background: Background) -> None:
        super().__init__()
        self.setObjectName("sign_in")
        office = desk.pack.office
        self.credentials = Credentials(desk, words, background, say("Sign in"))
        self.credentials.signed_in.connect(self.signed_in)
        picture = label(words)
        picture.setPixmap(icons.pixmap("permit", theme.ACCENT, 40, self.devicePixelRatioF()))
        card = frame("surface", "sign_in.card")
        card.setFixedWidth(400)
        self.locked = prose(words, "", "second")
        self.locked.hide()
        card.setLayout(
            column(
                picture,
                prose(words, Text(office.name), "title"),
                label(words, say("Window {number}", number=desk.terminal.window), "second"),
                self.locked,
                8,
                self.credentials,
                margins=(32, 32, 32, 32),
            )
        )
        switch = LanguageSwitch(words, office.languages)
        top = row(None, switch, margins=(16, 8, 16, 8))
        self.setLayout(column(top, None, row(None, card, None), None, None))
        self._words = words

    def ask(self, locked_by: Operator | None = None, why: Text | None = None) -> None:
        """Ready for the next person; a window that is locked says whose it is, and why where told."""
        credentials = self.credentials
        credentials.message.setVisible(why is not None)
        if why is not None:
            self._words.put(credentials.message.setText, why)
        credentials.number.set_raw(locked_by.number if locked_by else "")
        self.locked.setVisible(locked_by is not None)
        if locked_by is not None:
            self._words.put(
                self.locked.setText,
                say("Locked by {name}. Everything is as it was left.", name=locked_by.name),
            )
        first = credentials.passphrase if locked_by else credentials.number
        first.setFocus(Qt.FocusReason.OtherFocusReason)
