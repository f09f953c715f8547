"""One writer process for one store, by an operating-system lock that dies with its process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kiosk.errors import StoreBusy
from kiosk.model.text import say

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Holds `path` (a file beside the store, never deleted) until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Raises StoreBusy when another program holds it, OSError when the folder cannot be written."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise StoreBusy(
                say("Another program on this computer is using the store. Close it, then start again.")
            ) from error

    def release(self) -> None:
        os.close(self._file)
