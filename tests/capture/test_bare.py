"""Pictures lose what their cameras noted, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from kiosk.capture.bare import JPEG, MOST, PNG, bare
from kiosk.errors import Refused

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
SECRET = "MADE AT HOME"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def notes(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[MAKER] = SECRET
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update({1: "N", 2: (24.0, 0.0, 41.5), 29: SECRET})
    return exif


def drawn(mode: str = "RGB") -> Image.Image:
    """With another colour in each corner, so that no two ways up are alike."""
    picture = Image.effect_noise((60, 40), 30).convert("RGB")
    for place, colour in {(0, 0): "red", (45, 0): "green", (0, 30): "blue"}.items():
        picture.paste(colour, (*place, place[0] + 15, place[1] + 10))
    return picture.convert(mode)


def saved(kind: str, mode: str = "RGB", orientation: int = 6, **options: Any) -> bytes:
    out = io.BytesIO()
    drawn(mode).save(out, kind, exif=notes(orientation), icc_profile=PROFILE, **options)
    return out.getvalue()


def with_more(jpeg: bytes) -> bytes:
    """Notes of other programs, and what telephones put behind a picture."""
    kept = SECRET.encode()
    more = [(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + kept), (0xED, b"Photoshop 3.0\0" + kept)]
    more += [(0xE2, b"FPXR\0" + kept), (0xFE, kept), (0xEF, kept)]
    segments = b"".join(struct.pack(">BBH", 0xFF, code, len(body) + 2) + body for code, body in more)
    small = b"JFIF\0\1\2\1\0\x48\0\x48\1\1" + kept[:3]
    jfif = struct.pack(">BBH", 0xFF, 0xE0, len(small) + 2) + small
    return jpeg[:2] + jfif + b"\xff\xff" + segments[1:] + jpeg[2:] + jpeg + kept


def points(picture: bytes) -> tuple[bytes, tuple[int, int]]:
    """As a viewer shows it, upright."""
    with Image.open(io.BytesIO(picture)) as opened:
        upright = ImageOps.exif_transpose(opened)
        return upright.tobytes(), upright.size


@pytest.mark.parametrize("orientation", [1, 3, 6])
@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGB", {}), ("RGB", {"progressive": True}), ("L", {"restart_marker_rows": 1}), ("CMYK", {})],
)
def test_a_jpeg_keeps_its_points_its_colours_and_which_side_is_up(
    mode: str, options: dict[str, Any], orientation: int
) -> None:
    taken = with_more(saved("JPEG", mode, orientation, comment=SECRET, **options))
    kept = bare(taken)
    assert points(kept) == points(taken)
    assert SECRET.encode() not in kept
    assert SECRET.encode()[:3] not in kept[:40]
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.info["icc_profile"] == PROFILE
        assert dict(opened.getexif()) == ({ORIENTATION: orientation} if orientation > 1 else {})
    assert bare(kept) == kept


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_png_does_too(mode: str, orientation: int) -> None:
    said = PngInfo()
    said.add_text("Author", SECRET)
    said.add_itxt("XML:com.adobe.xmp", SECRET, zip=True)
    taken = saved("PNG", mode, orientation, pnginfo=said) + SECRET.encode()
    kept = bare(taken)
    assert points(kept) == points(taken)
    assert SECRET.encode() not in kept
    assert zlib.compress(SECRET.encode()) not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert opened.info["icc_profile"] == PROFILE
        assert dict(opened.getexif()) == ({ORIENTATION: orientation} if orientation > 1 else {})
        assert not opened.text  # type: ignore[attr-defined]
    assert bare(kept) == kept


def test_a_mark_without_a_segment_takes_nothing_with_it() -> None:
    taken = saved("JPEG")
    assert bare(taken[:2] + b"\xff\x01" + taken[2:]) == bare(taken)


def test_a_picture_whose_end_is_missing_is_kept_as_far_as_it_is_here() -> None:
    taken = saved("JPEG", orientation=1)
    kept = bare(taken[:-200])
    assert bare(taken).startswith(kept)
    assert len(kept) > len(bare(taken)) - 202


MANY = (JPEG[:2] + b"\xff\xfe\0\2" * MOST, PNG + (struct.pack(">I", 0) + b"tEXt" + bytes(4)) * MOST)


BROKEN = [b"", b"%PDF-1.4", b"GIF89a", JPEG, PNG, saved("JPEG")[:60], saved("PNG")[:60], *MANY]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))  # a profile names the second it was made in
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="damaged"):
        bare(data)


@given(st.binary(max_size=60), st.sampled_from([saved("JPEG"), saved("PNG")]), st.integers(2, 600))
def test_whatever_stands_in_it_there_is_an_answer(garbage: bytes, picture: bytes, at: int) -> None:
    try:
        kept = bare(picture[:at] + garbage + picture[at + len(garbage) :])
    except Refused:
        return
    assert bare(kept) == kept
