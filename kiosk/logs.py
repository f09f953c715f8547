"""A log that cannot betray anybody: it holds ids, kinds and timings, never what a person typed.

Only keys of `log_lines.ALLOWED` are written, and only when their value looks as the key demands; all else
is dropped. An exception is written as its type and the places it came through, never its message,
for messages quote what was typed. One JSON object a line, in a file that rotates.

    from kiosk.logs import log
    log.info("act", act=act_id, kind="decided", ms=12)

What makes the lines, `kiosk.log_lines`, takes as long to import as all of the store: the first line does it.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import logging


class Sink:
    """Where finished lines go: into a file that the first one opens; without a folder nowhere."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._handler: logging.Handler | None = None
        self._lock = Lock()

    def open(self, folder: Path | None) -> None:
        with self._lock:
            if self._handler is not None:
                self._handler.close()
            self._folder, self._handler = folder, None

    def line(self, line: str) -> None:
        import logging

        from kiosk.log_lines import log_file

        with self._lock:
            if self._handler is None:
                self._handler = log_file(self._folder)
            self._handler.handle(logging.makeLogRecord({"msg": line}))

    info = warning = error = critical = line


SINK = Sink()


class Log:
    """`log.info("act", …)` and the other levels."""

    def __getattr__(self, level: str) -> Any:
        from kiosk.log_lines import structured

        return getattr(structured(), level)


log = Log()


def configure(folder: Path) -> None:
    """Write the log to `folder`/kiosk.log, and to it what nobody catches."""
    SINK.open(folder)
    sys.excepthook = log_crash


def log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None, /
) -> None:  # the shape of sys.excepthook
    """Log what nobody caught, then show it as Python would, where a developer sees it."""
    with contextlib.suppress(Exception):
        log.critical("crash", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)
