"""Slips before they are printed, on paper and in the ledger; with a printer, and with one that is off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.actions.act import Operator
from kiosk.ui.counter.preview import PreviewSheet
from kiosk.ui.fields.toggles import Toggles
from tests.office import Office
from tests.printing.virtual_printer import virtual_printer
from tests.ui.conftest import MakeSeat

NOBODY = "ipp://127.0.0.1:9/ipp/print"  # the discard port: nothing prints there
ENTER, CONTROL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
WAIT = 60_000  # ms, for a printer and for a slow machine

Open = Callable[..., PreviewSheet]


@pytest.fixture
def case(office: Office) -> str:
    office.desk.terminal.printer = NOBODY
    return office.worker("approved")


@pytest.fixture
def preview(qtbot: QtBot, host: QWidget, seat: MakeSeat, case: str) -> Open:
    """Opens the sheet and waits for the first slip."""

    def made(kinds: Sequence[str] = ("permit",), operator: Operator | None = None) -> PreviewSheet:
        sheet = PreviewSheet(host, seat(operator), case, kinds)
        sheet.open_sheet()
        wait_drawn(qtbot, sheet)
        return sheet

    return made


def wait_drawn(qtbot: QtBot, sheet: PreviewSheet) -> None:
    qtbot.waitUntil(sheet.accept.isEnabled, timeout=WAIT)


def press_print(qtbot: QtBot, sheet: PreviewSheet) -> None:
    """Ctrl+Enter, where the focus is."""
    focus = sheet.window().focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, ENTER, CONTROL)


def click(qtbot: QtBot, sheet: PreviewSheet, name: str) -> None:
    QApplication.processEvents()
    button = sheet.findChild(QPushButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def papers(sheet: PreviewSheet) -> list[QLabel]:
    QApplication.processEvents()
    shown = [label for label in sheet.findChildren(QLabel) if label.property("role") == "paper"]
    return [label for label in shown if label.isVisible()]


def prints(office: Office, case: str) -> list[tuple[str, int, str, str]]:
    view = office.desk.case(office.reception, case, opened=False)
    return [(one.slip, one.reprint, one.reason, one.spoiled) for one in view.prints]


def test_the_page_is_seen_before_it_is_printed(preview: Open, office: Office, case: str) -> None:
    (page,) = papers(preview())
    assert page.pixmap().width() > 400
    colours = {page.pixmap().toImage().pixel(x, y) for x in range(0, 400, 3) for y in range(0, 250, 3)}
    assert len(colours) > 20  # a drawn page, not an empty one
    assert prints(office, case) == []


def test_what_was_seen_is_what_the_printer_gets(
    qtbot: QtBot, preview: Open, office: Office, case: str, tmp_path: Path
) -> None:
    with virtual_printer(tmp_path) as printer:
        office.desk.terminal.printer = printer.uri
        sheet = preview()
        assert sheet._drawn is not None
        pdf = sheet._drawn.pdf
        with qtbot.waitSignal(sheet.closed, timeout=WAIT):
            press_print(qtbot, sheet)
        assert printer.printed() == [pdf]
    assert prints(office, case) == [("permit", 0, "", "")]
    assert not (tmp_path / "slips").exists()  # nothing personal is left lying in a folder


def test_a_printer_that_is_off_loses_nothing(
    qtbot: QtBot, preview: Open, office: Office, case: str, tmp_path: Path
) -> None:
    sheet = preview()
    with qtbot.waitSignal(sheet.saved, timeout=WAIT) as told:
        press_print(qtbot, sheet)
    number = office.desk.case(office.reception, case).facts["permit.number"]
    file = tmp_path / "slips" / f"permit-{number}.pdf"
    assert told.args == [str(file)]
    assert file.read_bytes().startswith(b"%PDF")
    assert "does not answer" in sheet.message.text()
    assert file.name in sheet.message.text()
    assert prints(office, case) == []
    with qtbot.waitSignal(sheet.closed):
        press_print(qtbot, sheet)  # it went to paper by another way: noted by hand
    assert prints(office, case) == [("permit", 0, "", "")]


def test_a_folder_that_cannot_be_written_is_said(qtbot: QtBot, preview: Open, tmp_path: Path) -> None:
    (tmp_path / "slips").write_text("in the way")
    sheet = preview()
    click(qtbot, sheet, "preview.save")
    assert "could not be saved" in sheet.message.text()


def test_a_second_print_says_why(qtbot: QtBot, preview: Open, office: Office, case: str) -> None:
    office.desk.printed(office.reception, case, "permit")
    sheet = preview()
    press_print(qtbot, sheet)
    assert "Choose why it is printed again" in sheet.message.text()
    focus = sheet.window().focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_2)
    with qtbot.waitSignal(sheet.saved, timeout=WAIT) as told:
        press_print(qtbot, sheet)
    assert told.args[0].endswith("-reprint-1.pdf")
    with qtbot.waitSignal(sheet.closed):
        press_print(qtbot, sheet)
    assert prints(office, case)[1:] == [("permit", 1, "slip_lost", "")]


def test_a_spoiled_print_stays_in_the_ledger_and_the_next_needs_no_reason(
    qtbot: QtBot, preview: Open, office: Office, case: str
) -> None:
    office.desk.printed(office.reception, case, "permit")
    sheet = preview()
    click(qtbot, sheet, "preview.spoil.1")
    focus = sheet.window().focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, Qt.Key.Key_1)
    assert prints(office, case) == [("permit", 0, "", "jam")]
    wait_drawn(qtbot, sheet)
    with qtbot.waitSignal(sheet.saved, timeout=WAIT):
        press_print(qtbot, sheet)
    with qtbot.waitSignal(sheet.closed):
        press_print(qtbot, sheet)
    assert prints(office, case) == [("permit", 0, "", "jam"), ("permit", 1, "", "")]


def test_the_question_what_went_wrong_comes_into_sight(
    qtbot: QtBot, preview: Open, office: Office, case: str
) -> None:
    office.desk.printed(office.reception, case, "permit")
    office.desk.printed(office.reception, case, "permit", reprint_reason="slip_lost")
    sheet = preview(())  # all slips to choose from, so that the ledger stands far down
    wait_drawn(qtbot, sheet)
    click(qtbot, sheet, "preview.kind.permit")
    wait_drawn(qtbot, sheet)
    click(qtbot, sheet, "preview.spoil.2")
    reasons = sheet.findChild(Toggles, "preview.spoil_reason")
    assert reasons is not None
    qtbot.wait(50)  # the question gets its place
    assert reasons.visibleRegion().boundingRect() == reasons.rect()
    buttons = reasons.findChildren(QPushButton)
    assert [one.text()[0] for one in buttons] == [str(n) for n in range(1, len(buttons) + 1)]


def test_slips_that_were_asked_for_come_one_after_the_other(
    qtbot: QtBot, preview: Open, office: Office, case: str
) -> None:
    sheet = preview(("receipt", "progress"))
    for kind in ("receipt", "progress"):
        wait_drawn(qtbot, sheet)
        with qtbot.waitSignal(sheet.saved, timeout=WAIT):
            press_print(qtbot, sheet)
        with qtbot.waitSignal(sheet.printed) as told:
            press_print(qtbot, sheet)
        assert told.args == [kind]
    assert [kind for kind, *_ in prints(office, case)] == ["receipt", "progress"]
    assert sheet.isHidden()


def test_all_slips_can_be_looked_at_and_the_likely_one_comes_first(qtbot: QtBot, preview: Open) -> None:
    sheet = preview(())
    assert sheet.findChild(QPushButton, "preview.kind.permit").isChecked()  # type: ignore[union-attr]
    click(qtbot, sheet, "preview.kind.opinions")
    wait_drawn(qtbot, sheet)
    assert sheet._drawn is not None
    assert sheet._drawn.slip.kind == "opinions"


def test_a_doctor_prints_the_certificate_alone(preview: Open, office: Office) -> None:
    sheet = preview((), office.doctor)
    kinds = [
        b.objectName() for b in sheet.findChildren(QPushButton) if b.objectName().startswith("preview.kind")
    ]
    assert kinds == ["preview.kind.health_certificate"]


def test_escape_closes_and_writes_nothing(qtbot: QtBot, preview: Open, office: Office, case: str) -> None:
    sheet = preview()
    before = len(office.journal())
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(sheet.accept, Qt.Key.Key_Escape)
    assert len(office.journal()) == before
