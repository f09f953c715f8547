"""An office pack in one piece, as it travels: the texts of its files, as JSON, named by their SHA-256.

The same files give the same bytes on every machine. What is no part of the procedure (fonts, the demo's
staff) stays behind.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import msgspec

from kiosk.definitions import read_pack
from kiosk.errors import PackError
from kiosk.model.office import OfficePack
from kiosk.model.text import say

FORMAT = "kiosk-pack/1"
LARGEST = 20_000_000  # bytes of one pack; the sample has half a million
PARTS = (
    "workflows/*.yaml", "forms/*.yaml", "assets/*.yaml", "assets/codes/*.yaml", "assets/calendars/*.yaml",
    "assets/translations/*.po",
)  # fmt: skip
NAME = re.compile(
    r"(workflows|forms|assets|assets/codes|assets/calendars)/\w[\w.-]*\.yaml|assets/translations/\w[\w.-]*\.po"
)


class Bundle(msgspec.Struct, frozen=True):
    """`files`: path within the pack -> text."""

    format: str
    files: Mapping[str, str]


def bundle(folder: Path) -> bytes:
    """The pack in a folder, in one piece. The folder was read before: its files are text."""
    found = {path.relative_to(folder).as_posix(): path for part in PARTS for path in folder.glob(part)}
    files = {name: found[name].read_text("utf-8") for name in sorted(found) if NAME.fullmatch(name)}
    return msgspec.json.encode(Bundle(FORMAT, files))


def digest_of(content: bytes) -> str:
    """The name of a bundle, and of any pinned definitions."""
    return hashlib.sha256(content).hexdigest()


def read_bundle(content: bytes) -> OfficePack:
    """Raises PackError for what this program cannot read."""
    with unpacked(content) as folder:
        return read_pack(folder)


@contextmanager
def unpacked(content: bytes) -> Iterator[Path]:
    """The pack as a folder for a while. Raises PackError for what is no bundle of this program."""
    with TemporaryDirectory(prefix="office-pack-") as name:
        unpack(content, Path(name))
        yield Path(name)


def unpack(content: bytes, folder: Path) -> None:
    """Writes the files of a pack into a folder. Raises PackError."""
    try:
        files = msgspec.json.decode(content, type=Bundle)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PackError(say("This is no office pack.")) from error
    if files.format != FORMAT or not all(NAME.fullmatch(name) for name in files.files):
        raise PackError(say("This is no office pack."))
    for name, text in files.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def is_part(name: str) -> bool:
    """Whether a file of a zip file belongs to the pack, in whatever folder that stands; fonts do not."""
    return any(PurePosixPath(name).match(part) for part in PARTS)


def refuse_large(size: int) -> None:
    """Raises PackError for a pack of more bytes than travel."""
    if size > LARGEST:
        text = say(
            "This office pack is too large: {size} MB. At most {most} MB.",
            size=f"{size / 1e6:.1f}",
            most=LARGEST // 1_000_000,
        )
        raise PackError(text)


@contextmanager
def folder_of(path: Path) -> Iterator[Path]:
    """The folder of a pack that is given as one, or as a zip file of one. Raises PackError."""
    import zipfile  # only the centre's administrator needs it

    if not path.is_file():
        yield path
        return
    with TemporaryDirectory(prefix="office-pack-") as name:
        try:
            with zipfile.ZipFile(path) as archive:
                taken = [one for one in archive.infolist() if is_part(one.filename)]
                refuse_large(sum(one.file_size for one in taken))
                archive.extractall(name, taken)
        except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
            raise PackError(say("{file} is no zip file of an office pack.", file=path.name)) from error
        found = next(Path(name).rglob("assets/office.yaml"), None)
        yield found.parents[1] if found else Path(name)
