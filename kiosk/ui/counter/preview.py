"""Slips looked at before they are printed, printed, saved, printed again, and marked as spoiled."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from kiosk.errors import KioskError
from kiosk.model.case import CaseView, PrintView
from kiosk.model.slip import SLIP_KINDS, Slip
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter import slip_files
from kiosk.ui.counter.ledger import Ledger, ReasonChoice
from kiosk.ui.counter.paper_view import PaperView, Picture
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.parts import Button, button, column, prose, row, scrolled
from kiosk.ui.translations import lines

SIDE = 384  # px, what stands beside the paper
WIDEST = 1440  # px
SHARPEST, LEGIBLE = 120.0, 80.0  # dots an inch: a little larger than on paper; small, but to be read
INCHES = {"A4": 11.7, "A5": 8.3, "A5L": 5.9}  # how high a page is
LIKELY = ("permit", "refusal", "missing", "receipt", "health_certificate", "progress")


class Drawn(msgspec.Struct, frozen=True):
    """A slip as it will leave the printer."""

    slip: Slip
    pdf: bytes
    pages: Sequence[Picture]


def likely(view: CaseView) -> str:
    """The slip a clerk most likely wants: the most telling one that is not on paper yet."""
    printed = {one.slip for one in view.prints if not one.spoiled}
    wanted = [kind for kind in LIKELY if kind in view.slips and kind not in printed]
    return next(iter([*wanted, *view.slips]), "")


class PreviewSheet(Sheet):
    """Slips of a case: `kinds`, one after the other until the sheet closes; or all, to choose from.

    Ctrl+Enter prints. Where no printer answers, the slip is saved as a PDF, and Ctrl+Enter notes it as
    printed. `printed` tells each kind that came into the ledger, `saved` each file.
    """

    printed = Signal(str)
    saved = Signal(str)  # the file

    def __init__(self, host: QWidget, seat: Seat, case: str, kinds: Sequence[str]) -> None:
        width = min(WIDEST, max(880, host.width() - 6 * theme.GRID))
        super().__init__(host, seat.words, say("Look, then print"), width=width, accept=say("Print"))
        self.setObjectName("preview")
        self._seat, self._case = seat, case
        view = seat.desk.case(seat.operator, case, opened=False)
        self._in_turn = bool(kinds) and set(kinds) != set(view.slips)
        self._kinds = list(kinds if self._in_turn else view.slips)
        self._kind = next(iter(self._kinds), "") if self._in_turn else likely(view)
        self._drawn: Drawn | None = None
        self._printing = self._printer_failed = False
        self._codes = seat.desk.definitions(case).codes
        self._title = prose(seat.words, "", "lead")
        self._paper = PaperView(seat.words)
        self._paper.setMinimumHeight(max(360, min(960, host.height() - 240)))
        self._why = ReasonChoice(
            seat.words,
            say("Why is it printed again?"),
            self._codes.get("reprint_reasons", {}),
            "preview.reprint_reason",
        )
        self._ledger = Ledger(seat.words, self._codes)
        self._ledger.spoiled.connect(self._spoiled)
        self._save = button(seat.words, say("Save as PDF"), icon="save", name="preview.save")
        self._save.clicked.connect(self.save_file)
        self.extra.addWidget(self._save)
        seat.words.put(self.cancel.say, say("Close"))
        body = row(self._paper, self._side(), spacing=3 * theme.GRID)
        body.setStretch(0, 1)
        self.body.addLayout(body)
        self.accepted.connect(self.print_slip)

    def _side(self) -> QWidget:
        inside = QWidget()
        kinds = QVBoxLayout()
        kinds.setSpacing(0)
        self._group = QButtonGroup(self)
        self._choices: dict[str, Button] = {}
        for kind in self._kinds:
            one = button(self.words, Text(SLIP_KINDS[kind].title), kind="rail", name=f"preview.kind.{kind}")
            one.setCheckable(True)
            one.clicked.connect(lambda _checked=False, kind=kind: self.show_kind(kind))
            if len(self._kinds) == 1:
                one.hide()
            self._group.addButton(one)
            self._choices[kind] = one
            kinds.addWidget(one)
        if len(self._kinds) > 1:
            self._title.hide()
        self._why.toggles.moved.connect(lambda _step: self.accept.setFocus())
        parts = (self._title, kinds, self._why, self._ledger, None)
        inside.setLayout(column(*parts, margins=(4, 4, 4, 4), spacing=2 * theme.GRID))
        area = scrolled(inside, theme.SURFACE)
        area.setFixedWidth(SIDE)
        self._ledger.asking.connect(lambda asked: area.ensureWidgetVisible(asked))
        return area

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(first)
        if self._kind:
            self.show_kind(self._kind)
        else:
            self._may_press(False)
            self._paper.tell(say("Nothing of this case can be printed yet."))

    def close_sheet(self) -> None:
        """Not while a slip is on its way: what comes out of the printer must come into the ledger."""
        if not self._printing:
            super().close_sheet()

    def gives_way(self) -> bool:
        self.close_sheet()
        return not self._printing

    # Drawing ------------------------------------------------------------------------------------------

    def show_kind(self, kind: str) -> None:
        """Draws one slip, off the UI thread."""
        self._kind, self._drawn, self._printer_failed = kind, None, False
        self._choices[kind].setChecked(True)
        self.words.put(self._title.setText, Text(SLIP_KINDS[kind].title))
        self.words.put(self.accept.say, say("Print"))
        self.show_error(None)
        self._why.forget()
        self._why.hide()
        self._ledger.show_prints(self._prints())
        self._paper.tell(say("The slip is being drawn…"))
        self._may_press(False)
        seat, case = self._seat, self._case
        width = round(self._paper.room() * self.devicePixelRatioF())
        most = self._dots_per_inch(kind) * self.devicePixelRatioF()

        def draw() -> Drawn:
            slip = seat.desk.slip(seat.operator, case, kind)
            pdf = seat.desk.slip_pdf(seat.operator, case, kind)
            return Drawn(slip, pdf, seat.desk.pages(pdf, width, most))

        seat.background.run(draw, self._show_drawn, self._not_drawn)

    def _dots_per_inch(self, kind: str) -> float:
        """So small that the whole page is seen, where it stays legible."""
        whole = (self._paper.viewport().height() - 36) / INCHES[SLIP_KINDS[kind].size]
        return min(SHARPEST, whole) if whole >= LEGIBLE else SHARPEST

    def _show_drawn(self, drawn: Drawn) -> None:
        if drawn.slip.kind != self._kind:
            return  # another slip was chosen meanwhile
        self._drawn = drawn
        self.words.put(self._title.setText, Text(drawn.slip.title))
        self._paper.show_pages(drawn.pages)
        self._why.setVisible(self._needs_reason())
        self._may_press(True)
        (self._why.toggles if self._needs_reason() else self.accept).setFocus(Qt.FocusReason.TabFocusReason)

    def _not_drawn(self, error: KioskError) -> None:
        self._paper.tell(error.text)

    def _may_press(self, may: bool) -> None:
        self.accept.setEnabled(may)
        self._save.setEnabled(may)

    def _prints(self) -> list[PrintView]:
        view = self._seat.desk.case(self._seat.operator, self._case, opened=False)
        return [one for one in view.prints if one.slip == self._kind]

    def _needs_reason(self) -> bool:
        """A second print of the same slip says why, unless the last one was spoiled."""
        assert self._drawn is not None
        if SLIP_KINDS[self._kind].anew:
            return False
        same = [one for one in self._prints() if one.number == self._drawn.slip.number]
        return bool(same) and not same[-1].spoiled

    # Printing -----------------------------------------------------------------------------------------

    def print_slip(self) -> None:
        """Ctrl+Enter: sends what is seen to the printer; notes it where the printer had failed."""
        drawn = self._drawn
        if drawn is None:
            return
        if self._needs_reason() and not self._why.reason:
            self.show_error(say("This slip was printed before. Choose why it is printed again."))
            self._why.toggles.setFocus()
            return
        if self._printer_failed:
            self._note()
            return
        self.show_error(None)
        self._may_press(False)
        self._printing = True
        self.words.put(self.accept.say, say("Printing…"))
        desk = self._seat.desk
        self._seat.background.run(
            lambda: desk.print_pdf(drawn.pdf, drawn.slip.kind, drawn.slip.number),
            self._came_out,
            self._did_not_print,
        )

    def _came_out(self, _nothing: None) -> None:
        self._printing = False
        self._note()

    def _did_not_print(self, error: KioskError) -> None:
        """Nothing is lost: the slip is saved, and once it is on paper it can be noted."""
        assert self._drawn is not None
        self._printing, self._printer_failed = False, True
        self._may_press(True)
        self.words.put(self.accept.say, say("Note it as printed"))
        try:
            path = slip_files.save(self._seat.settings.slips, self._drawn.slip, self._drawn.pdf)
        except KioskError as trouble:
            self.show_error(lines(error.text, trouble.text))
            return
        self.show_error(lines(error.text, say("The slip is saved as {file}.", file=path.name)))
        self.saved.emit(str(path))
        self.accept.setFocus(Qt.FocusReason.OtherFocusReason)

    def _note(self) -> None:
        """Into the ledger, and on to the next slip."""
        try:
            self._seat.desk.printed(
                self._seat.operator, self._case, self._kind, reprint_reason=self._why.reason
            )
        except KioskError as error:
            self._may_press(True)
            self.show_error(error.text)
            return
        self.printed.emit(self._kind)
        later = self._kinds[self._kinds.index(self._kind) + 1 :]
        if not self._in_turn:
            self.show_kind(self._kind)
        elif later:
            self.show_kind(later[0])
        else:
            self.close_sheet()

    def save_file(self) -> None:
        """Save as PDF, into the folder of the settings."""
        if self._drawn is None:
            return
        try:
            path = slip_files.save(self._seat.settings.slips, self._drawn.slip, self._drawn.pdf)
        except KioskError as error:
            self.show_error(error.text)
            return
        self.show_error(None)
        self.words.put(self._save.say, say("Saved: {file}", file=path.name))
        self.saved.emit(str(path))

    def _spoiled(self, print_id: str, reason: str) -> None:
        try:
            self._seat.desk.spoiled(self._seat.operator, self._case, print_id, reason)
        except KioskError as error:
            self.show_error(error.text)
            return
        self.show_kind(self._kind)  # drawn anew: the next print has another number
