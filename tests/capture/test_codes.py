"""QR codes are read from paper as it comes: PDF, clean picture, crooked, noisy or coarse print."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from kiosk.capture.codes import LARGEST, MOST_PAGES, Image, codes_of, images, read_codes, read_codes_of_file
from kiosk.errors import KioskError
from kiosk.printing import render
from tests.office import sample_pack
from tests.printing.slips import slip

SEAL = slip("permit").seal
PDF = render(slip("permit"), sample_pack())


def page() -> Image:
    """The permit as paper scanned at 300 dpi."""
    return next(iter(images(PDF)))


def png(image: Image) -> bytes:
    return bytes(cv2.imencode(".png", image)[1])


def code(module: int) -> Image:
    """A seal alone, `module` dots a module, with its quiet zone."""
    dark = np.array([list(row) for row in segno.make(SEAL, error="m", boost_error=False).matrix])
    return np.pad(
        np.kron(255 - dark * 255, np.ones((module, module))), 6 * module, constant_values=255
    ).astype("u1")


def test_a_pdf_page_gives_its_code() -> None:
    assert read_codes(PDF) == (SEAL,)


def test_a_picture_gives_its_code_from_memory_and_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "permit.png"
    path.write_bytes(png(page()))
    assert read_codes_of_file(path) == (SEAL,)


@pytest.mark.parametrize("angle", [3, 17, 90, 183])
def test_a_crooked_page_gives_its_code(angle: int) -> None:
    height, width = page().shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.7)
    turned = cv2.warpAffine(page(), turn, (width, height), borderValue=255)
    assert codes_of(turned) == (SEAL,)


@pytest.mark.parametrize("seed", range(6))
def test_a_noisy_pale_photo_gives_its_code(seed: int) -> None:
    random = np.random.default_rng(seed)
    photo = cv2.GaussianBlur(page(), (5, 5), 0).astype(float) * 0.45 + 110
    photo += random.normal(0, 9, photo.shape) + np.linspace(-25, 25, photo.shape[1])
    assert codes_of(photo.clip(0, 255).astype("u1")) == (SEAL,)


@pytest.mark.parametrize("seed", range(10))
def test_a_coarse_thermal_print_at_203_dpi_gives_its_code(seed: int) -> None:
    """Four dots a module, dots missing and bleeding, scanned slightly crooked."""
    random = np.random.default_rng(seed)
    paper = code(4)
    paper[random.random(paper.shape) < 0.01] = 255
    paper = cv2.erode(paper, np.ones((2, 2), np.uint8)) if seed % 2 else paper
    side = paper.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), random.uniform(-4, 4), 1)
    scan = cv2.warpAffine(paper, turn, (side, side), borderValue=255)
    scan = cv2.resize(cv2.GaussianBlur(scan, (3, 3), 0), None, fx=1.4, fy=1.4)
    assert codes_of(scan) == (SEAL,)


def test_several_codes_are_all_given_once() -> None:
    one = np.array(segno.make_qr("ONE").matrix, "u1")
    picture = np.pad((1 - np.kron(one, np.ones((8, 8), "u1"))) * 255, 40, constant_values=255)
    other = cv2.resize(code(4), (picture.shape[1] * 3, picture.shape[1] * 3), interpolation=cv2.INTER_NEAREST)
    beside = np.pad(picture, ((0, other.shape[0] - picture.shape[0]), (0, 0)), constant_values=255)
    assert set(read_codes(png(np.hstack([beside, other, beside])))) == {"ONE", SEAL}


def test_a_page_without_a_code_gives_none() -> None:
    assert read_codes(render(slip("receipt"), sample_pack())) == ()


@given(st.binary(max_size=200) | st.binary(max_size=200).map(b"%PDF-1.7".__add__))
def test_anything_else_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(KioskError, match="no picture"):
        read_codes(content)


def pdf(width: str, height: str, pages: int = 1) -> bytes:
    """So many empty pages, of so many 1/72 inch."""
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>"
    kids = " ".join(f"{3 + number} 0 R" for number in range(pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        *[page] * pages,
    ]
    numbered = "".join(f"{number} 0 obj{one}endobj\n" for number, one in enumerate(objects, 1))
    return f"%PDF-1.4\n{numbered}trailer<</Root 1 0 R>>".encode()


@pytest.mark.parametrize(("width", "height"), [("50000000", "0.001"), ("0.001", "50000000")])
def test_a_page_that_rounding_up_makes_too_large_is_refused(width: str, height: str) -> None:
    with pytest.raises(KioskError, match="more than 40 million points"):
        read_codes(pdf(width, height))


@pytest.mark.parametrize(
    ("side", "pages"), [("612", 1), ("14000", 1), ("842", 10), ("842", 30), ("0.001", 1)]
)
def test_all_pages_together_have_no_more_points_than_the_largest_picture(side: str, pages: int) -> None:
    drawn = list(images(pdf(side, side, pages)))
    assert len(drawn) == min(pages, MOST_PAGES)
    assert sum(image.size for image in drawn) <= LARGEST


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1)])
def test_a_line_of_points_is_a_picture_without_a_code(shape: tuple[int, int]) -> None:
    assert read_codes(png(np.zeros(shape, "u1"))) == ()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match="nowhere"):
        read_codes_of_file(tmp_path / "nowhere.png")
