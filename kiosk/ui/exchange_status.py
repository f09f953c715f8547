"""The exchange with the central system, as a clerk sees it: one quiet button, and what stands behind it."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from kiosk.model.text import Text, lines, say
from kiosk.ui import icons, theme
from kiosk.ui.counter.held import HeldList
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.parts import Button, button, label, prose
from kiosk.ui.translations import Translations

if TYPE_CHECKING:
    from kiosk.actions.exchanging import Exchanging
    from kiosk.actions.status import Status

WIDTH = 640  # of the sheet
NAMED = 20  # numbers at once: each is to be looked for


class ExchangeBridge(QObject):
    """Brings what the threads of the exchange tell to the thread that paints."""

    changed = Signal(object)  # the subjects that others changed
    told = Signal(object)  # a Status, which `status` is by then
    _arrived = Signal(object)

    def __init__(self, exchanging: Exchanging, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.exchanging = exchanging
        exchanging.on_change, exchanging.on_status = self._changed, self._told
        self.status: Status = exchanging.status()
        self._arrived.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self.exchanging.start()

    def stop(self) -> None:
        """Before the store is closed."""
        self.exchanging.stop()

    def _changed(self, subjects: Set[str]) -> None:
        self.changed.emit(frozenset(subjects))

    def _told(self, status: Status) -> None:
        self._arrived.emit(status)

    def _keep(self, status: Status) -> None:
        """On the thread that paints, so that nobody who joins in between misses it."""
        self.status = status
        self.told.emit(status)


def in_short(status: Status) -> Text:
    """A few words for the bar."""
    if status.revoked:
        return say("Terminal revoked")
    if status.set_aside:
        return say("{count} held back", count=len(status.set_aside))
    if status.doubled:
        return say("Given twice: {count}", count=len(status.doubled))
    if not status.connected and status.waiting:
        return say("Not connected, {count} to send", count=status.waiting)
    if not status.connected:
        return say("Not connected")
    if status.waiting:
        return say("{count} to send", count=status.waiting)
    return say("Connected")


def in_full(status: Status) -> Text:
    """Everything but what is held back; of numbers that were given twice the next to be checked."""
    said = [say("Connected with the central system.") if status.connected else say("Not connected.")]
    if status.reason is not None:
        said.append(status.reason)
    if status.waiting and not status.revoked:  # what becomes of entries then, its reason says
        said.append(say("{count} entries wait to be sent. Work goes on as usual.", count=status.waiting))
    elif not status.set_aside and not status.revoked:
        said.append(say("Everything that was entered here is sent."))
    if status.last is not None:
        said.append(say("Last exchange: {time}", time=status.last))
    if status.unproven:
        said.append(
            say("The lists that this terminal started with are still being compared with the entries.")
        )
    if status.doubled:
        said.append(
            say(
                "These numbers were given twice, here and by a copy of this terminal: {numbers}. Look for "
                "each of them, and check the slips of both cases.",
                numbers=", ".join(status.doubled[:NAMED]),
            )
        )
    if status.clock is not None:
        said.append(status.clock)
    return lines(*said, *status.packs)


class ExchangeButton(Button):
    """Stands in the top bar; a click asks for the sheet."""

    def __init__(self, words: Translations, bridge: ExchangeBridge) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("exchange")
        self.setProperty("kind", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.show_status(bridge.status)
        bridge.told.connect(self.show_status)

    def show_status(self, status: Status) -> None:
        warns = bool(status.set_aside or status.doubled) or not status.connected
        colour = theme.REFUSED if status.revoked else theme.RETURNED if warns else theme.SECOND
        sign = "warning" if status.set_aside or status.doubled or status.revoked else "globe"
        self.setIcon(icons.icon(sign, colour))
        theme.mark(self, state="error" if status.revoked else "")
        self._words.put(self.say, in_short(status))
        self._words.put(self.setToolTip, in_full(status))


class ExchangeSheet(Sheet):
    """How things stand, and each entry that the central system holds back, with the way to mend it."""

    wanted = Signal(str, tuple)  # a case, and the facts to be looked at there
    checked = Signal(tuple)  # numbers that were given twice, and somebody has looked after

    def __init__(self, host: QWidget, seat: Seat, status: Status) -> None:
        words = seat.words
        super().__init__(
            host, words, say("Exchange with the central system"), width=WIDTH, accept=say("Close")
        )
        self.cancel.hide()
        self.accepted.connect(self.close_sheet)
        self.body.addWidget(prose(words, in_full(status)))
        if status.doubled:
            done = button(words, say("The slips are checked"), name="doubled.checked")
            done.clicked.connect(lambda: self._check(status.doubled[:NAMED]))
            self.body.addWidget(done, 0, Qt.AlignmentFlag.AlignLeft)
        if status.set_aside:
            self.body.addWidget(label(words, say("Held back, and passed on to nobody:"), "strong"))
            held = HeldList(seat, host, WIDTH)
            held.wanted.connect(self._open)
            held.show_held(status)
            words.changed.connect(held.fitted)
            self.body.addWidget(held)

    def _check(self, numbers: tuple[str, ...]) -> None:
        self.close_sheet()
        self.checked.emit(numbers)

    def _open(self, case: str, keys: tuple[str, ...]) -> None:
        self.close_sheet()
        self.wanted.emit(case, keys)
