"""Reads the codes of a picture that anybody may have sent, in a process of its own.

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


class Found(msgspec.Struct, frozen=True):
    """What such a process says at its end."""

    codes: tuple[str, ...] = ()
    problem: Text | None = None


def read_codes_apart(source: bytes, seconds: float = SECONDS) -> tuple[str, ...]:
    """As `kiosk.capture.codes.read_codes`; none when the time is over before. Raises KioskError."""
    try:
        ended = subprocess.run(
            command(),
            input=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return ()
    except (OSError, subprocess.CalledProcessError) as error:
        log.error("picture", status=getattr(error, "returncode", None))
        raise KioskError(
            say("This picture cannot be read here. Paste the text of the code instead.")
        ) from error
    found = msgspec.json.decode(ended.stdout, type=Found)
    if found.problem is not None:
        raise KioskError(found.problem)
    return found.codes


def command() -> list[str]:
    """Runs this very file; nothing is imported from the folder where the program was started."""
    return [sys.executable, "-P", "-m", __name__, str(MEMORY)]


def main(memory: int) -> None:
    """What the process does, with so many bytes."""
    with suppress(ImportError, AttributeError):  # both are only in Unix
        import resource

        _, given = resource.getrlimit(resource.RLIMIT_DATA)
        most = memory if given == resource.RLIM_INFINITY else min(memory, given)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.nice(10)  # whoever works at a counter comes first
    from kiosk.capture.codes import read_codes

    try:
        found = Found(read_codes(sys.stdin.buffer.read()))
    except KioskError as error:
        found = Found(problem=error.text)
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
