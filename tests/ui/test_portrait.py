"""The portrait from a picture file: framed with mouse and keys; bad files are told in a sentence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.settings import Settings
from kiosk.ui.counter.crop import first_frame, resized
from kiosk.ui.counter.picture_file import LARGEST_FILE
from kiosk.ui.counter.portrait import PortraitSheet
from tests.office import Office
from tests.ui.conftest import MakeSeat

ENTER, LEFT = Qt.Key.Key_Return, Qt.MouseButton.LeftButton
WAIT = 30_000  # ms
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def case(office: Office) -> str:
    return office.register()


@pytest.fixture
def sheet(host: QWidget, seat: MakeSeat, case: str) -> PortraitSheet:
    made = PortraitSheet(host, seat(), case)
    made.open_sheet()
    return made


def picture(path: Path, width: int = 1200, height: int = 800) -> Path:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    image.save(path)
    return path


def type_path(qtbot: QtBot, sheet: PortraitSheet, path: Path) -> None:
    sheet.path.clear()
    qtbot.keyClicks(sheet.path, str(path))
    qtbot.keyClick(sheet.path, ENTER)


def loaded(qtbot: QtBot, sheet: PortraitSheet, path: Path) -> None:
    type_path(qtbot, sheet, path)
    qtbot.waitUntil(sheet.accept.isEnabled, timeout=WAIT)


def refused(qtbot: QtBot, sheet: PortraitSheet, path: Path) -> str:
    type_path(qtbot, sheet, path)
    qtbot.waitUntil(sheet.message.isVisible, timeout=WAIT)
    assert not sheet.accept.isEnabled()
    return sheet.message.text()


def kept(office: Office, case: str) -> Image.Image:
    reference = office.desk.case(office.reception, case).facts["case.portrait"]
    assert reference["type"] == "image/jpeg"
    data = office.desk.blob(reference)
    assert data is not None
    return Image.open(io.BytesIO(data))


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 12 for a, b in zip(pixel, colour, strict=True))


def test_a_typed_path_and_enter_twice_keep_the_portrait(
    qtbot: QtBot, sheet: PortraitSheet, office: Office, case: str, tmp_path: Path
) -> None:
    loaded(qtbot, sheet, picture(tmp_path / "face.png"))
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(sheet.window().focusWidget(), ENTER)
    portrait = kept(office, case)
    assert (portrait.format, portrait.size) == ("JPEG", (330, 440))
    assert is_near(portrait.getpixel((10, 220)), RED)
    assert is_near(portrait.getpixel((320, 220)), BLUE)


def test_arrows_move_the_frame_and_plus_and_minus_resize_it(
    qtbot: QtBot, sheet: PortraitSheet, office: Office, case: str, tmp_path: Path
) -> None:
    loaded(qtbot, sheet, picture(tmp_path / "face.png"))
    for _ in range(4):
        qtbot.keyClick(sheet.crop, Qt.Key.Key_Minus)
    smaller = sheet.crop.frame
    assert smaller.height() < 800
    assert abs(smaller.width() / smaller.height() - 0.75) < 0.01
    for _ in range(60):
        qtbot.keyClick(sheet.crop, Qt.Key.Key_Left)
    assert sheet.crop.frame.left() == 0
    qtbot.keyClick(sheet.crop, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert is_near(kept(office, case).getpixel((320, 220)), RED)


def test_the_mouse_drags_the_frame_and_a_corner(qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path) -> None:
    loaded(qtbot, sheet, picture(tmp_path / "face.png"))
    before = sheet.crop.frame
    drag(qtbot, sheet.crop, sheet.crop.on_screen().center(), QPointF(90, 0))
    moved = sheet.crop.frame
    assert moved.left() > before.left() + 100
    assert moved.size() == before.size()
    drag(qtbot, sheet.crop, sheet.crop.on_screen().bottomRight(), QPointF(-40, -40))
    smaller = sheet.crop.frame
    assert smaller.height() < moved.height()
    assert smaller.topLeft() == moved.topLeft()


def drag(qtbot: QtBot, widget: QWidget, start: QPointF, way: QPointF) -> None:
    middle, end = start + way / 2, start + way
    qtbot.mousePress(widget, LEFT, pos=start.toPoint())
    for place in (middle, end):
        qtbot.mouseMove(widget, pos=place.toPoint())
    qtbot.mouseRelease(widget, LEFT, pos=end.toPoint())


def test_the_newest_picture_of_the_scanner_is_proposed(
    qtbot: QtBot, seat: MakeSeat, settings: Settings, office: Office, case: str, tmp_path: Path
) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    picture(tmp_path / "new.png")
    taken = seat()
    taken.settings = Settings(settings.data, settings.logs, settings.slips, inbox=tmp_path)
    made = PortraitSheet(host, taken, case)
    made.open_sheet()
    qtbot.waitUntil(made.accept.isEnabled, timeout=WAIT)
    qtbot.keyClick(made.window().focusWidget(), ENTER)
    assert kept(office, case).size == (330, 440)


def test_what_is_no_picture_is_told(qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path) -> None:
    file = tmp_path / "slip.jpg"
    file.write_bytes(b"%PDF-1.4 not a picture")
    assert "not a picture" in refused(qtbot, sheet, file)


def test_a_cut_off_picture_is_told(qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path) -> None:
    file = picture(tmp_path / "face.png")
    file.write_bytes(file.read_bytes()[:200])
    assert "damaged" in refused(qtbot, sheet, file)


def test_a_picture_that_is_too_small_says_how_large_it_must_be(
    qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path
) -> None:
    assert "330 × 440" in refused(qtbot, sheet, picture(tmp_path / "small.png", 300, 900))


def test_a_picture_with_too_many_points_is_never_opened(
    qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path
) -> None:
    file = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(file)
    assert file.stat().st_size < 1_000_000
    assert "60 megapixels" in refused(qtbot, sheet, file)


def test_a_file_that_is_too_large_is_told(qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    with file.open("wb") as out:
        out.truncate(LARGEST_FILE + 1)
    assert "At most 20 MB" in refused(qtbot, sheet, file)


def test_a_path_to_nothing_is_told(qtbot: QtBot, sheet: PortraitSheet, tmp_path: Path) -> None:
    assert "no file nobody.png" in refused(qtbot, sheet, tmp_path / "nobody.png")


def test_after_a_bad_file_the_earlier_picture_is_not_kept_by_mistake(
    qtbot: QtBot, sheet: PortraitSheet, office: Office, case: str, tmp_path: Path
) -> None:
    loaded(qtbot, sheet, picture(tmp_path / "face.png"))
    refused(qtbot, sheet, tmp_path / "nobody.png")
    qtbot.keyClick(sheet.crop, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert "case.portrait" not in office.desk.case(office.reception, case).facts


def test_a_picture_taken_on_its_side_is_turned(
    qtbot: QtBot, sheet: PortraitSheet, office: Office, case: str, tmp_path: Path
) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # the top of the picture is at its right
    image = Image.new("RGB", (880, 660), RED)
    image.paste(BLUE, (440, 0, 880, 660))
    image.save(tmp_path / "phone.jpg", exif=turned, quality=95)
    loaded(qtbot, sheet, tmp_path / "phone.jpg")
    qtbot.keyClick(sheet.crop, ENTER, Qt.KeyboardModifier.ControlModifier)
    portrait = kept(office, case)
    assert is_near(portrait.getpixel((165, 20)), RED)
    assert is_near(portrait.getpixel((165, 420)), BLUE)
    assert not portrait.getexif()  # nothing of the camera's notes is kept


def test_the_frame_never_leaves_the_picture_nor_gets_too_small() -> None:
    size = QSize(1000, 600)
    frame = first_frame(size)
    assert frame == QRectF(275, 0, 450, 600)
    for fixed in (frame.topLeft(), frame.bottomRight(), frame.center()):
        for height in (1.0, 500.0, 9000.0):
            got = resized(frame, height, size, fixed)
            assert QRectF(QPoint(0, 0), size.toSizeF()).contains(got)
            assert got.height() >= 440
