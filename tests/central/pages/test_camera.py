"""The public check in a real browser: pictures that are chosen, and a camera that sees a slip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from pyzbar import pyzbar

from central.pages.intake import LARGEST
from kiosk.capture.codes import Image, images
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import Enter
from tests.office import Clerks, Clock

WIDTH, HEIGHT = 1280, 720
FILE = "label:not(.by-hand) [type=file]"


@pytest.fixture
def case(clerks: Clerks) -> str:
    return clerks.worker("handed_over")


def paper(clerks: Clerks, case: str, kind: str) -> Image:
    return next(iter(images(clerks.desk.slip_pdf(clerks.police, case, kind))))


@pytest.fixture
def photo(clerks: Clerks, case: str, tmp_path: Path) -> Path:
    path = tmp_path / "permit.jpg"
    cv2.imwrite(str(path), paper(clerks, case, "permit"))
    return path


def seen_from_near(permit: Image) -> Image:
    """What a camera sees that is held over the code of a permit."""
    (code,) = pyzbar.decode(permit, symbols=[pyzbar.ZBarSymbol.QRCODE])
    x, y = code.rect.left + code.rect.width / 2, code.rect.top + code.rect.height / 2
    scale = 0.8 * HEIGHT / code.rect.height
    move = np.array([[scale, 0, WIDTH / 2 - scale * x], [0, scale, HEIGHT / 2 - scale * y]])
    return cv2.warpAffine(permit, move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderValue=128)


def film(path: Path, *pictures: Image) -> Path:
    """A film of grey pictures, each shown for a second, over and over."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F5:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            file.write((b"FRAME\n" + picture.tobytes() + b"\x80" * (WIDTH * HEIGHT // 2)) * 5)
    return path


# Neither reads QR codes itself: the one has no detector, the detector of the other knows no format.
BROWSERS = ((), ("--enable-blink-features=BarcodeDetector",))


TABLE = np.full((HEIGHT, WIDTH), 90, "u1")


@contextmanager
def before(enter: Enter, path: Path, *seen: Image, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A browser whose camera sees these pictures."""
    made = Browser(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film(path, *seen)}",
        *flags,
    )
    made.begin(enter.server.address)
    yield made
    made.close()


@pytest.fixture(params=BROWSERS[:1])
def with_camera(
    request: pytest.FixtureRequest, enter: Enter, clerks: Clerks, case: str, tmp_path: Path
) -> Iterator[Browser]:
    """A browser before whose camera lies a table, then a permit."""
    permit = seen_from_near(paper(clerks, case, "permit"))
    with before(enter, tmp_path / "seen.y4m", TABLE, permit, flags=request.param) as made:
        yield made


@pytest.fixture
def at_a_table(enter: Enter, tmp_path: Path) -> Iterator[Browser]:
    """A browser whose camera finds nothing to read, however slow who clicks is."""
    with before(enter, tmp_path / "seen.y4m", TABLE) as made:
        yield made


def shown(browser: Browser, css: str) -> bool:
    return browser.until(lambda: browser.find(css).is_displayed())


def test_a_permit_is_checked_by_choosing_its_picture(
    browser: Browser, clerks: Clerks, clock: Clock, case: str, photo: Path, tmp_path: Path
) -> None:
    browser.resize(320, 640)
    browser.open("/verify")
    void = partial(clerks.desk.perform, clerks.police, case, "permit", "void", reason="permit_lost")
    for expected, befalls in (("Valid", partial(clock.forward, days=400)), ("Expired", void), ("Void", None)):
        browser.choose_file(FILE, photo)
        assert browser.find("#answer").text == expected
        assert "MA MA SAN" in browser.find(".verdict").text
        assert browser.stumbles() == []
        if befalls is not None:
            befalls()
    cv2.imwrite(str(tmp_path / "receipt.png"), paper(clerks, case, "receipt"))
    browser.choose_file(FILE, tmp_path / "receipt.png")
    assert browser.find("#answer").text == "No seal found"
    assert "so near that the square code fills half of it" in browser.find(".verdict").text
    assert browser.stumbles() == []
    assert browser.driver.get_cookies() == []


def test_a_permit_is_checked_without_scripts(browser: Browser, photo: Path) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open("/verify")
        assert not browser.find("#camera").is_displayed()
        browser.find(FILE).send_keys(str(photo))
        browser.click_on("Check the picture")
        assert browser.find("#answer").text == "Valid"
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_file_that_is_too_large_is_not_sent(browser: Browser, photo: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(bytes(LARGEST + 1))
    browser.open("/verify")
    browser.find(FILE).send_keys(str(large))
    assert shown(browser, "#large")
    assert browser.find("#large").text == "This file is larger than 10 MB. Choose a smaller one."
    browser.choose_file(FILE, photo)
    assert browser.find("#answer").text == "Valid"


@pytest.mark.parametrize("with_camera", BROWSERS, indirect=True)
def test_the_camera_reads_a_permit_that_is_held_before_it(
    with_camera: Browser, clerks: Clerks, case: str
) -> None:
    with_camera.open("/verify")
    with_camera.turns(with_camera.find("#camera").click)
    assert with_camera.find("#answer").text == "Valid"
    assert clerks.desk.slip(clerks.police, case, "permit").number in with_camera.find(".verdict").text
    assert with_camera.complaints() == []


def test_the_camera_is_stopped_by_a_click(at_a_table: Browser) -> None:
    at_a_table.open("/verify")
    at_a_table.find("#camera").click()
    assert shown(at_a_table, "#picture")
    assert at_a_table.stumbles() == []
    at_a_table.find("#stop").click()
    assert shown(at_a_table, "#camera")
    assert not at_a_table.find("#picture").is_displayed()
    live = "return document.getElementById('picture').srcObject.active"
    assert at_a_table.driver.execute_script(live) is False


def test_a_second_click_leaves_no_camera_running(with_camera: Browser) -> None:
    """Both clicks come before the camera answers, and it answers both."""
    with_camera.open("/verify")
    running = """
        const [done] = arguments, id = (name) => document.getElementById(name), answers = [];
        navigator.mediaDevices.getUserMedia = () => new Promise((give) => answers.push(give));
        id("camera").click();
        id("camera").click();
        const given = answers.map(() => document.createElement("canvas").captureStream());
        answers.forEach((give, at) => give(given[at]));
        setTimeout(() => {
            const before = given.filter((one) => one.active).length;
            id("stop").click();
            done([given.length, before, given.filter((one) => one.active).length]);
        });"""
    assert with_camera.driver.execute_async_script(running) == [2, 1, 0]


def test_that_the_camera_cannot_be_used_is_said_until_it_can(with_camera: Browser) -> None:
    with_camera.open("/verify")
    once = """
        const media = navigator.mediaDevices;
        media.getUserMedia = () => { delete media.getUserMedia; return Promise.reject(); };"""
    with_camera.driver.execute_script(once)
    with_camera.find("#camera").click()
    assert shown(with_camera, "#blocked")
    said = """
        const [done] = arguments, id = (name) => document.getElementById(name);
        id("picture").addEventListener("playing", () => done(id("blocked").checkVisibility()));
        id("camera").click();"""
    assert with_camera.driver.execute_async_script(said) is False


def test_without_a_camera_the_page_says_what_is_left(browser: Browser) -> None:
    browser.open("/verify")
    browser.find("#camera").click()
    assert shown(browser, "#blocked")
    assert browser.find("#camera").is_displayed()
