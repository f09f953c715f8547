"""The step of the first start at which a terminal joins its office's central system, by an invitation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal

from kiosk.actions.desk import Desk
from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.ui.background import Background
from kiosk.ui.counter.step import Step
from kiosk.ui.parts import prose
from kiosk.ui.translations import Translations

Tell = Callable[[Text], None]
Begin = Callable[[str, Tell], tuple[Desk, str]]
Join = Callable[[Desk, str, Tell], Desk]


class Joining(Step):
    """`begin(invitation, tell)` makes a terminal with the pack that the centre gives: desk and recovery key.

    `join(desk, invitation, tell)` takes it into the office, and returns the desk to go on with. Both run off
    the UI thread, tell what they are about to do, and may be called again after they have failed.
    """

    begun = Signal(object)  # desk and recovery key
    joined = Signal(object)  # the desk
    alone = Signal()  # the office has no central system
    _told = Signal(object)

    def __init__(self, words: Translations, background: Background, begin: Begin, join: Join) -> None:
        about = say(
            "Where the office has a central system, its administrator makes an invitation for this terminal: "
            "a text that begins with KIOSK-INVITE, also as a QR code. Scan it here, paste it or type it. "
            "It serves once. Office pack, accounts and cases then come from there."
        )
        super().__init__(words, say("Central system"), about, say("Join"), "first_start.join")
        self.desk: Desk | None = None
        self._background, self._begin, self._join = background, begin, join
        self.invitation = self.line(say("Invitation"), "invitation")
        self.without = self.other_way(say("Go on without a central system"), "without")
        self.without.clicked.connect(self.alone)
        self.progress = prose(words, "", "second")
        self.progress.setObjectName("first_start.join.progress")
        self.progress.hide()
        self.inside.addWidget(self.progress)
        self.button.clicked.connect(self._press)
        self._told.connect(self._show_progress)

    def go_on(self, desk: Desk) -> None:
        """With this desk: at once where the invitation is known."""
        self._ask(desk)
        if self.invitation.raw():
            self.button.click()

    def _ask(self, desk: Desk) -> None:
        """Of a terminal that has joined already only the accounts are missing."""
        self.desk = desk
        joined = desk.has_joined()
        self.invitation.setEnabled(not joined)
        self.without.setVisible(not joined)
        if joined:
            self.words.put(self.button.say, say("Fetch the accounts"))
        (self.button if joined else self.invitation).setFocus(Qt.FocusReason.OtherFocusReason)

    def busy(self, busy: bool) -> None:
        super().busy(busy)
        self.progress.setVisible(busy)

    def _press(self) -> None:
        desk, text, tell = self.desk, self.invitation.raw(), self._told.emit
        self.say_why(None)
        self.busy(True)
        if desk is None:
            self._background.run(lambda: self._begin(text, tell), self._has_begun, self._not_done)
        else:
            self._background.run(lambda: self._join(desk, text, tell), self._done, self._not_done)

    def _show_progress(self, text: Text) -> None:
        self.words.put(self.progress.setText, text)

    def _has_begun(self, outcome: tuple[Desk, str]) -> None:
        self.busy(False)
        self.begun.emit(outcome)

    def _done(self, desk: Desk) -> None:
        self.busy(False)
        self.joined.emit(desk)

    def _not_done(self, error: KioskError) -> None:
        """What was typed stays; a reader that reads again writes over it."""
        self.busy(False)
        self.say_why(error.text)
        if self.desk is not None:
            self._ask(self.desk)
        self.invitation.selectAll()
