"""Reads a picture or a PDF that a browser has sent, in a process of its own.

What decodes pictures is native code, and a picture can be made on which it takes minutes, or falls. Such a
process ends when its time is over, takes only so much memory, and falls alone. The picture goes there and the
texts come back through pipes: nothing of it is written to a disk, and no file can be.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import msgspec

from kiosk.errors import KioskError
from kiosk.logs import log
from kiosk.model.text import Text, say

SECONDS = 15  # that one picture may take
MEMORY = 2 << 30  # bytes
CODES, LOOK = "codes", "look"  # what such a process is asked to do


class Found(msgspec.Struct, frozen=True):
    """What such a process says at its end."""

    codes: tuple[str, ...] = ()
    problem: Text | None = None


def read_codes_apart(source: bytes) -> tuple[str, ...]:
    """As `kiosk.capture.codes.read_codes`; none when the time is over before. Raises KioskError."""
    fallen = say("This picture cannot be read here. Paste the text of the code instead.")
    found = _apart(CODES, source, fallen)
    return () if found is None else found.codes


def look_apart(source: bytes) -> None:
    """Raises KioskError for anything but a picture or a PDF that can be read here in time."""
    fallen = say("This file cannot be read here. Take another picture of the paper.")
    if _apart(LOOK, source, fallen) is None:
        raise KioskError(fallen)


def _apart(task: str, source: bytes, fallen: Text) -> Found | None:
    """What the process found; None when its time was over. Raises KioskError, with `fallen` when it fell."""
    try:
        ended = subprocess.run(
            command(task),
            input=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return None
    except (OSError, subprocess.CalledProcessError) as error:
        log.error("picture", status=getattr(error, "returncode", None))
        raise KioskError(fallen) from error
    found = msgspec.json.decode(ended.stdout, type=Found)
    if found.problem is not None:
        raise KioskError(found.problem)
    return found


def command(task: str = CODES) -> list[str]:
    """Runs this very file; nothing is imported from the folder where the program was started."""
    return [sys.executable, "-P", "-m", __name__, task, str(MEMORY)]


def main(task: str, memory: int) -> None:
    """What the process does, with so many bytes."""
    with suppress(ImportError, AttributeError):  # both are only in Unix
        import resource

        _, given = resource.getrlimit(resource.RLIMIT_DATA)
        most = memory if given == resource.RLIM_INFINITY else min(memory, given)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(10)  # whoever works at a counter comes first
    from kiosk.capture.codes import look, read_codes

    source = sys.stdin.buffer.read()
    try:
        if task == LOOK:
            look(source)
        found = Found(read_codes(source) if task == CODES else ())
    except KioskError as error:
        found = Found(problem=error.text)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
