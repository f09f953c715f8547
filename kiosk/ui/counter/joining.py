"""The step of the first start at which a terminal joins its office's central system, by an invitation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal

from kiosk.actions.desk import Desk
from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.ui.background import Background
from kiosk.ui.counter.step import Step
from kiosk.ui.parts import button, prose
from kiosk.ui.translations import Translations

Tell = Callable[[Text], None]
Join = Callable[[Desk, str, Tell], Desk]


class Joining(Step):
    """`join(desk, invitation, tell)` runs off the UI thread; `tell` says what it is about to do.

    It returns the desk to go on with, and may be called again after it has failed: what was done stays done.
    """

    joined = Signal(object)  # Desk
    alone = Signal()  # the office has no central system
    _told = Signal(object)

    def __init__(self, words: Translations, background: Background, join: Join) -> None:
        about = say(
            "Where the office has a central system, its administrator makes an invitation for this terminal: "
            "a text that begins with KIOSK-INVITE, also as a QR code. Scan it here, paste it or type it. "
            "It serves once. Accounts and cases then come from there."
        )
        super().__init__(words, say("Central system"), about, say("Join"), "first_start.join")
        self.desk: Desk | None = None
        self._background, self._join = background, join
        self.invitation = self.line(say("Invitation"), "invitation")
        self.without = button(words, say("Go on without a central system"), name="first_start.join.without")
        self.without.clicked.connect(self.alone)
        self.foot.insertWidget(0, self.without)
        self.progress = prose(words, "", "second")
        self.progress.setObjectName("first_start.join.progress")
        self.progress.hide()
        self.inside.addWidget(self.progress)
        self.button.clicked.connect(self._begin)
        self._told.connect(self._show_progress)

    def ask(self, desk: Desk) -> None:
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
        self.without.setEnabled(not busy)
        self.progress.setVisible(busy)

    def _begin(self) -> None:
        desk, text = self.desk, self.invitation.raw()
        if desk is None:
            return
        self.say_why(None)
        self.busy(True)
        self._background.run(lambda: self._join(desk, text, self._told.emit), self._done, self._not_done)

    def _show_progress(self, text: Text) -> None:
        self.words.put(self.progress.setText, text)

    def _done(self, desk: Desk) -> None:
        self.busy(False)
        self.joined.emit(desk)

    def _not_done(self, error: KioskError) -> None:
        """What was typed stays; a reader that reads again writes over it."""
        self.busy(False)
        self.say_why(error.text)
        if self.desk is not None:
            self.ask(self.desk)
        self.invitation.selectAll()
