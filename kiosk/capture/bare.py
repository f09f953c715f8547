"""A picture without what its camera or program noted in it: where it was taken, when, by which device, whose.

Nothing is decoded: the picture stays as it was to the last point, and none does harm here. What is not known
to be needed to show it is left out. Of the notes one is kept, made anew: which side is up.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from kiosk.errors import Refused
from kiosk.model.text import say

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
DAMAGED = say("This picture is damaged and cannot be read.")

MOST = 20_000  # segments of a JPEG, chunks of a PNG; a picture of ten megabytes has some thousand

# JPEG (ITU-T T.81): a marker with a segment; what restarts a scan belongs to the scan, TEM stands alone
MARKER = re.compile(rb"\xff([\x02-\xcf\xd8-\xfe])", re.DOTALL)
SCAN, END, NOTES, COMMENT = 0xDA, 0xD9, range(0xE0, 0xF0), 0xFE
JFIF, EXIF = b"JFIF\0", b"Exif\0\0"
JFIF_LENGTH = 12  # bytes, without the small copy that may follow
COLOURS = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # how such notes begin that colours need

CHUNKS = {  # of a PNG (W3C), that show it
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"bKGD", b"pHYs",
}  # fmt: skip
ORIENTATION = 0x0112  # the tag of TIFF; 1 to 8, as it stands where there is none


def bare(picture: bytes) -> bytes:
    """A JPEG or PNG without notes. Raises Refused for anything else, and for one that is damaged."""
    try:
        if picture.startswith(JPEG):
            return b"".join(_jpeg(picture))
        if picture.startswith(PNG):
            return b"".join(_png(picture))
    except struct.error as error:
        raise Refused(DAMAGED) from error
    raise Refused(DAMAGED)


def _jpeg(picture: bytes) -> Iterator[bytes]:
    """Ends with the picture: behind it telephones put other pictures, and films."""
    yield picture[:2]
    at, in_scan = 2, False
    for _ in range(MOST):
        found = MARKER.search(picture, at)
        if found is None:
            break
        if in_scan:
            yield picture[at : found.start()]
        code, begin = found[1][0], found.end()
        if code == END:
            yield bytes((0xFF, END))
            return
        (length,) = struct.unpack_from(">H", picture, begin)
        at, in_scan = begin + max(length, 2), code == SCAN
        segment = _segment(code, picture[begin + 2 : at])
        if segment is not None:
            yield struct.pack(">BBH", 0xFF, code, len(segment) + 2) + segment
    if found is not None or not in_scan:
        raise struct.error
    yield picture[at:]  # it was cut off, and is shown as far as it is here


def _segment(code: int, content: bytes) -> bytes | None:
    """What is kept of one."""
    if code == COMMENT:
        return None
    if code not in NOTES:
        return content
    if content.startswith(EXIF):
        upright = _upright(content.removeprefix(EXIF))
        return EXIF + upright if upright else None
    if content.startswith(JFIF):
        return content[:JFIF_LENGTH].ljust(JFIF_LENGTH + 2, b"\0")
    return content if code in COLOURS and content.startswith(COLOURS[code]) else None


def _png(picture: bytes) -> Iterator[bytes]:
    yield PNG
    at = len(PNG)
    for _ in range(MOST):
        length, name = struct.unpack_from(">I4s", picture, at)
        begin, at = at, at + length + 12
        struct.unpack_from(">I", picture, at - 4)  # all of it is here
        if name in CHUNKS:
            yield picture[begin:at]
        elif name == b"eXIf" and (upright := _upright(picture[begin + 8 : at - 4])):
            named = name + upright
            yield struct.pack(">I", len(upright)) + named + struct.pack(">I", zlib.crc32(named))
        if name == b"IEND":
            return
    raise struct.error


def _upright(notes: bytes) -> bytes:
    """Of notes as TIFF has them that alone which says which side is up; none where that is as it stands."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(notes[:4])
    if order is None:
        return b""
    with suppress(struct.error):
        (at,) = struct.unpack_from(f"{order}I", notes, 4)
        (count,) = struct.unpack_from(f"{order}H", notes, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", notes, entry)
            if tag == ORIENTATION and 2 <= value <= 8:
                return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, value, 0, 0)
    return b""
