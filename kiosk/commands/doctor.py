"""`kiosk doctor`: says in one page what works and what is missing on this machine."""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import msgspec

from kiosk import __version__
from kiosk.commands import counted
from kiosk.errors import KioskError
from kiosk.model.fields.dates import BEIJING
from kiosk.settings import Settings, fonts_folder, load_settings, sample_pack_folder, settings_file

OLDEST_SQLITE = (3, 51, 3)  # older ones can lose committed writes when a WAL is reset
FONTS = {
    f"{family}-{weight}.ttf": word
    for family, word in {"NotoSans": "Name", "NotoSansSC": "服务中心", "NotoSansMyanmar": "မြန်မာ"}.items()
    for weight in ("Regular", "SemiBold")
}
KEEPERS = {
    "file": "in a file that only its owner reads",
    "keyring": "in the system's keyring",
    "credential": "in a systemd credential",
}
LEAST_FREE = 1_000_000_000  # bytes; a year of cases with their papers is about half of it


class Line(msgspec.Struct, frozen=True):
    """One line of the page. `missing` makes the exit status 1; `absent` is something one can work without."""

    what: str
    state: Literal["works", "absent", "missing"]
    words: str


def add_to(subparsers: Any) -> None:
    parser = subparsers.add_parser("doctor", help="say what works and what is missing on this machine")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    settings = load_settings()
    lines = [line for check in CHECKS for line in looked_at(check, settings)]
    for line in lines:
        print(f"{line.state:8}{line.what:10}{line.words}")
    missing = sum(line.state == "missing" for line in lines)
    print(f"\n{missing} missing." if missing else "\nReady to work.")
    return 1 if missing else 0


def looked_at(check: Callable[[Settings], Iterator[Line]], settings: Settings) -> Iterator[Line]:
    """What one check found; a check that breaks is a finding too, and the page goes on."""
    try:
        yield from check(settings)
    except KioskError as error:
        yield Line(check.__name__, "missing", str(error))
    except Exception as error:
        yield Line(check.__name__, "missing", f"{type(error).__name__}: {error}")


def versions(_settings: Settings) -> Iterator[Line]:
    yield Line(
        "program", "works", f"kiosk {__version__}, Python {platform.python_version()}, {platform.platform()}"
    )
    names = ("PySide6-Essentials", "SQLAlchemy", "opencv-python", "reportlab", "uharfbuzz", "cryptography")
    yield Line("libraries", "works", ", ".join(f"{name} {version(name)}" for name in names))


def settings_read(_settings: Settings) -> Iterator[Line]:
    file = settings_file()
    yield Line("settings", "works", f"{file}" if file.exists() else f"the defaults; {file} would change them")


def pack(settings: Settings) -> Iterator[Line]:
    from kiosk.bootstrap import is_new, pack_folder
    from kiosk.definitions import read_pack

    if not is_new(settings):
        yield from packs_of_store(settings)
        return
    folder = pack_folder(settings) if settings.pack else sample_pack_folder()
    name = "office pack" if settings.pack else "sample office pack"
    yield Line("pack", "works", f"{name} “{read_pack(folder).office.name}” in {folder}")


def packs_of_store(settings: Settings) -> Iterator[Line]:
    """What this terminal works by, and what of the central system's packs it does not work by."""
    from kiosk.actions.packs import told
    from kiosk.bootstrap import open_store, pack_folder, pack_of

    today = datetime.now(BEIJING).date()
    with open_store(settings, read_only=True) as opened:
        own, packs = pack_of(settings, opened, today)
        where = "from the central system" if packs.followed else f"in {pack_folder(settings)}"
        office = own.office
        yield Line("pack", "works", f"office pack “{office.name}”, version {office.version}, {where}")
        too_new = {one.offer.version for one in packs.known(today) if one.is_too_new}
        for version, text in told(packs, own, today).items():
            yield Line("pack", "missing" if version in too_new else "absent", str(text))


def sqlite(_settings: Settings) -> Iterator[Line]:
    from sqlcipher3 import dbapi2

    with closing(dbapi2.connect(":memory:")) as connection:
        (found,) = connection.execute("SELECT sqlite_version()").fetchone()
        (cipher,) = connection.execute("PRAGMA cipher_version").fetchone()
    enough = tuple(int(part) for part in found.split(".")) >= OLDEST_SQLITE
    words = f"{found} in SQLCipher {cipher}"
    if enough:
        yield Line("sqlite", "works", words)
    else:
        yield Line("sqlite", "missing", f"{words}; {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed")


def keys(settings: Settings) -> Iterator[Line]:
    """Asks for the machine's secret; who keeps it says why he cannot."""
    from kiosk.store.keys import provider_of

    there = provider_of(settings.keys, settings.data).read() is not None
    words = f"{KEEPERS[settings.keys]}" + ("" if there else "; no key yet, the first start makes it")
    yield Line("keys", "works", words)


def store(settings: Settings) -> Iterator[Line]:
    from kiosk.bootstrap import is_new, open_store
    from kiosk.store.database import check_pages

    if is_new(settings):
        yield Line("store", "absent", f"none yet in {settings.data}; the first start makes it")
    else:
        with open_store(settings, read_only=True) as opened, opened.read() as connection:
            check_pages(connection)
        yield Line("store", "works", f"opens, and every page verifies, in {settings.data}")


def central(settings: Settings) -> Iterator[Line]:
    """Whether the exchange with the central system goes on, as far as this terminal knows."""
    from kiosk.bootstrap import is_new, open_store
    from kiosk.commands.sync import stored_status
    from kiosk.store.exchange import known

    if is_new(settings):
        return
    with open_store(settings, read_only=True) as opened, opened.read() as connection:
        url = (known(connection, "centre/url") or b"").decode()
    if not url:
        yield Line("central", "absent", "this terminal has joined no central system")
        return
    status = stored_status(settings)
    last = f"last exchange {status.last:%Y-%m-%d %H:%M}" if status.last else "no exchange yet"
    yield Line(
        "central", "works", f"{url}; {last}; to be sent: {counted(status.waiting, 'entry', 'entries')}"
    )
    if status.reason:
        yield Line("central", "missing", str(status.reason))
    if status.clock:
        yield Line("central", "missing", str(status.clock))
    if status.set_aside:
        held = counted(len(status.set_aside), "entry", "entries")
        yield Line("central", "missing", f"{held} held back there: kiosk sync --status")
    if status.doubled:
        numbers = ", ".join(status.doubled)
        yield Line("central", "missing", f"given by a copy of this terminal, too: {numbers}")


def fonts(_settings: Settings) -> Iterator[Line]:
    bad = [f"{name} {trouble}" for name, word in FONTS.items() if (trouble := font_trouble(name, word))]
    for words in bad:
        yield Line("fonts", "missing", words)
    if not bad:
        yield Line("fonts", "works", f"draw {', '.join(dict.fromkeys(FONTS.values()))}, in {fonts_folder()}")


def font_trouble(name: str, word: str) -> str:
    """Shapes a word: a font that is there but broken would print boxes. Empty when all is well."""
    import uharfbuzz

    path = fonts_folder() / name
    if not path.is_file():
        return f"is not in {fonts_folder()}"
    text = uharfbuzz.Buffer()
    text.add_str(word)
    text.guess_segment_properties()
    uharfbuzz.shape(uharfbuzz.Font(uharfbuzz.Face(path.read_bytes())), text)
    known = text.glyph_infos and all(glyph.codepoint for glyph in text.glyph_infos)
    return "" if known else f"does not know “{word}”"


def window(_settings: Settings) -> Iterator[Line]:
    from kiosk.commands.run import has_screen

    if has_screen(os.environ):
        opened = python("from kiosk.ui.messages import application; application()")
        if opened.returncode:
            yield Line("window", "missing", opened.stderr.removeprefix("kiosk: ").partition(" `kiosk")[0])
        else:
            yield Line("window", "works", "Qt opens windows here")
    elif lacking := library_lacking():
        yield Line("window", "absent", f"no screen in this session, and on one Qt could not draw: {lacking}")
    else:
        yield Line("window", "absent", "no screen in this session; on one Qt has all that it needs")


def library_lacking() -> str:
    """Which library of the system Qt would miss at a screen; empty when none."""
    import PySide6

    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def printer(settings: Settings) -> Iterator[Line]:
    if shutil.which("lpstat") is None and not settings.printer:
        yield Line("printer", "absent", "no lpstat on this machine; slips are saved as PDF")
        return
    names = [line for line in command("lpstat", "-e").splitlines() if line]
    if settings.printer and settings.printer not in names:
        known = f"known are: {', '.join(names)}" if names else "no printer is known here"
        yield Line("printer", "missing", f"the settings name “{settings.printer}”; {known}")
    elif names:
        yield Line("printer", "works", settings.printer or ", ".join(names))
    else:
        yield Line("printer", "absent", "no printer is known here; slips are saved as PDF")


def camera(_settings: Settings) -> Iterator[Line]:
    # In a process of its own: importing cv2 points Qt at plugins and fonts of cv2's own.
    loaded = python("import cv2; from pyzbar import pyzbar")
    if loaded.returncode == 0:
        yield Line("pictures", "works", "OpenCV and zbar read pictures and QR codes")
    else:
        yield Line("pictures", "missing", loaded.stderr.strip().splitlines()[-1])
    found = sorted(str(path) for path in Path("/dev").glob("video*"))
    if found:
        yield Line("camera", "works", ", ".join(found))
    else:
        yield Line("camera", "absent", "none found; pictures come from files")


def clock(settings: Settings) -> Iterator[Line]:
    now = datetime.now(BEIJING)  # as the windows and slips say it
    said = f"{now:%Y-%m-%d %H:%M} in Beijing"
    newest = max((path.stat().st_mtime for path in settings.data.glob("*")), default=0.0)
    if newest > now.timestamp() + 60:
        written = datetime.fromtimestamp(newest, BEIJING)
        yield Line(
            "clock", "missing", f"{said}, but data was written at {written:%Y-%m-%d %H:%M}: set the clock"
        )
        return
    synchronised = command("timedatectl", "show", "--property=NTPSynchronized", "--value").strip() == "yes"
    words = said if synchronised else f"{said}; nothing keeps it right (no time server)"
    yield Line("clock", "works" if synchronised else "absent", words)


def disk(settings: Settings) -> Iterator[Line]:
    for what, folder in (("data", settings.data), ("logs", settings.logs), ("slips", settings.slips)):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        total, _used, free = shutil.disk_usage(there)
        if not (total and there.is_dir() and os.access(there, os.W_OK)):  # no disk is behind /proc
            yield Line("disk", "missing", f"{what}: {folder} cannot be written")
        elif free < LEAST_FREE:
            yield Line("disk", "missing", f"{what}: {folder} has only {free / 1e9:.1f} GB left")
        else:
            yield Line("disk", "works", f"{what}: {folder}, {free / 1e9:.0f} GB free")


def inbox(settings: Settings) -> Iterator[Line]:
    """Where copies of papers come from, when a scanner leaves them in a folder."""
    if settings.inbox is None:
        return
    if settings.inbox.is_dir() and os.access(settings.inbox, os.R_OK):
        yield Line("inbox", "works", f"copies of papers come from {settings.inbox}")
    else:
        yield Line("inbox", "missing", f"{settings.inbox} is not there, or may not be read")


def python(script: str) -> subprocess.CompletedProcess[str]:
    """Runs a script in a process of its own."""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def command(*words: str) -> str:
    """What a program of the system prints; nothing when it is not there or fails."""
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


CHECKS: tuple[Callable[[Settings], Iterator[Line]], ...] = (
    versions, settings_read, pack, sqlite, keys, store, central, disk, inbox, clock, fonts, window, printer,
    camera,
)  # fmt: skip
