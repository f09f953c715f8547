"""The counter: one window that is signed in to, worked at, and locked."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.errors import KioskError
from kiosk.model.text import Text
from kiosk.settings import Settings
from kiosk.ui import theme
from kiosk.ui.background import Background
from kiosk.ui.counter.sign_in import SignInPage
from kiosk.ui.counter.wedge import WedgeReader
from kiosk.ui.parts import column
from kiosk.ui.translations import Translations

if TYPE_CHECKING:
    from kiosk.ui.counter.workbench import Workbench
    from kiosk.ui.exchange_status import ExchangeBridge
    from kiosk.ui.person import PersonWindow

SOON = 300  # ms after the sign-in page stands: what comes behind it is brought in
SMALLEST = (1280, 720)
USUAL = (1366, 768)


class CounterWindow(QWidget):
    """`theme.load_fonts` and `theme.dress` come before it; they belong to the application."""

    closed = Signal()

    def __init__(
        self, desk: Desk, settings: Settings, language: str = "", exchange: ExchangeBridge | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("counter")
        self.desk, self.settings, self.exchange = desk, settings, exchange
        self.words = Translations(desk.pack.translators, language or settings.language, self)
        self._pack = desk.pack
        self.background = Background(self)
        self.person: PersonWindow | None = None
        self.bench: Workbench | None = None
        self.sign_in = SignInPage(desk, self.words, self.background)
        self.sign_in.signed_in.connect(self._signed_in)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.sign_in)
        self.setLayout(column(self._pages))
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL)
        self.words.put(self.setWindowTitle, Text(desk.pack.office.name))
        self.words.changed.connect(self._dress)
        self.reader = WedgeReader(self)
        self.reader.scanned.connect(self._scanned)
        self._hook = sys.excepthook
        sys.excepthook = self._unhandled
        self.sign_in.ask()
        QTimer.singleShot(SOON, self, _bring_workbench)

    def _unhandled(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """A full disk or a lost store can meet any click: it is said, and the window goes on."""
        if isinstance(error, KioskError) and self.bench is not None:
            self.bench.status.show_message(error.text, "error")
        else:
            self._hook(kind, error, trace)

    def _dress(self, language: str) -> None:
        """The fonts of a language: Burmese needs its own first."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.dress(app, language)

    def _signed_in(self, operator: Operator) -> None:
        """Who was given his passphrase chooses one of his own before anything else."""
        from kiosk.ui.counter.passphrase import PassphraseSheet, must_change

        if not must_change(self.desk, self.exchange, operator):
            self.enter(operator)
            return
        sheet = PassphraseSheet(self.sign_in, self.words, self.background, self.desk, operator, given=True)
        sheet.changed.connect(lambda: self.enter(operator))
        sheet.open_sheet(sheet.old)

    def enter(self, operator: Operator) -> None:
        """After signing in: the same operator finds everything as it was left."""
        self._take_pack()
        if self.bench is not None and self.bench.seat.operator == operator:
            self._pages.setCurrentWidget(self.bench)
            self.bench.refocus()
            return
        from kiosk.ui.counter.seat import Seat
        from kiosk.ui.counter.workbench import Workbench
        from kiosk.ui.person import PersonWindow

        self._leave_bench()
        seat = Seat(self.desk, self.words, self.background, self.settings, operator, self.exchange)
        if self.person is None:
            self.person = PersonWindow(seat)
            self.person.done.connect(self._person_done)
        self.person.seat = seat
        self.bench = Workbench(seat, self.person)
        self.bench.locked.connect(self.lock)
        self.bench.signed_out.connect(self.lock)
        self._pages.addWidget(self.bench)
        self._pages.setCurrentWidget(self.bench)
        self.bench.refocus()

    def _take_pack(self) -> None:
        """Where another office pack counts since this sign-in, everything is made anew by it."""
        if self._pack is self.desk.pack:
            return
        self._pack = self.desk.pack
        self.words.take(self._pack.translators)
        if self.exchange is not None:
            self.exchange.exchanging.wake()  # it has less to say now
        self._leave_bench()
        if self.person is not None:
            self.person.close()
            self.person.deleteLater()
            self.person = None

    def lock(self, why: Text | None = None) -> None:
        """F12, or the operator is out: nothing of anybody is shown until somebody signs in."""
        if self.bench is None:
            return
        self.bench.rest()
        if self.person is not None:
            self.person.idle()
        self._pages.setCurrentWidget(self.sign_in)
        self.sign_in.ask(self.bench.seat.operator, why)

    def _person_done(self, _how: str) -> None:
        """The person has pressed on his own screen: keys go to the clerk's again."""
        self.activateWindow()

    def _leave_bench(self) -> None:
        if self.bench is None:
            return
        self.bench.rest()
        self._pages.removeWidget(self.bench)
        self.bench.deleteLater()
        self.bench = None

    def _scanned(self, text: str) -> None:
        if self.bench is not None and self._pages.currentWidget() is self.bench:
            self.bench.scanned(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F10 changes the language everywhere: before somebody signs in, and over a sheet."""
        if event.key() == Qt.Key.Key_F10:
            languages = self.desk.pack.office.languages
            place = languages.index(self.words.language) if self.words.language in languages else -1
            self.words.use(languages[(place + 1) % len(languages)])
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """What was typed a moment ago is kept; work under way is finished."""
        if self.bench is not None:
            with suppress(KioskError):  # a store that is gone keeps nothing; the window closes all the same
                self.bench.rest()
        if self.person is not None:
            self.person.close()
        self.background.wait()
        if self.exchange is not None:
            self.exchange.stop()
        sys.excepthook = self._hook
        self.closed.emit()
        super().closeEvent(event)


def _bring_workbench() -> None:
    """Imports the workbench while the operator types his number: the start does not wait for it."""
    import kiosk.ui.counter.workbench  # noqa: F401
