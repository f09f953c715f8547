"""A log that cannot betray anybody: it holds ids, kinds and timings, never what a person typed.

Only keys of `ALLOWED` are written, and only when their value looks as the key demands; everything else
is dropped. An exception is written as its type and the places it came through, never its message,
for messages quote what was typed. One JSON object a line, in a file that rotates.

    from kiosk.logs import log
    log.info("act", act=act_id, kind="decided", ms=12)
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import traceback
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{64}")
NAME = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9]*([_.-][a-z0-9]+)*")  # the program's and the pack's own names
NUMBER = re.compile(r"-?\d{1,12}(\.\d+)?")  # and a number by its type: what is typed is a text

ALLOWED = {
    # ids
    "act": ID, "case": ID, "entry": ID, "person": ID, "print": ID, "subject": ID, "terminal": ID,
    # kinds: words of the program and of the office pack
    "action": NAME, "command": NAME, "kind": NAME, "language": NAME, "role": NAME, "screen": NAME,
    "slip": NAME, "stage": NAME, "state": NAME, "stream": NAME, "track": NAME,
    # timings and counts
    "bytes": NUMBER, "count": NUMBER, "ms": NUMBER, "status": NUMBER,
}  # fmt: skip

KEPT_FILES, FILE_BYTES = 5, 1_000_000


class Sink:
    """Where finished lines go: nowhere until `configure` names a folder."""

    handler: logging.Handler = logging.NullHandler()

    def line(self, line: str) -> None:
        self.handler.handle(logging.makeLogRecord({"msg": line}))

    info = warning = error = critical = line


def configure(folder: Path) -> None:
    """Write the log to `folder`/kiosk.log. A folder that cannot be written stops the log, not the work."""
    SINK.handler.close()
    SINK.handler = log_file(folder)
    sys.excepthook = log_crash


def log_file(folder: Path) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return QuietFile(folder / "kiosk.log", maxBytes=FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError:
        return logging.NullHandler()


class QuietFile(RotatingFileHandler):
    """A full disk stops the log, not the work, and leaves no line of it on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        del record


def only_allowed(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Drop every key that is not allowed and every value that does not look as its key demands."""
    named = event.get("event")
    kept: dict[str, Any] = {
        "level": event.get("level"),
        "event": named if isinstance(named, str) and NAME.fullmatch(named) else "unnamed",
    }
    kept.update((key, value) for key, value in event.items() if key in ALLOWED and looks_right(key, value))
    kept.update(error_facts(event.get("exc_info")))
    return kept


def looks_right(key: str, value: object) -> bool:
    shape = ALLOWED[key]
    right_type = isinstance(value, (int, float)) if shape is NUMBER else isinstance(value, str)
    return right_type and shape.fullmatch(str(value)) is not None


def error_facts(exception: object) -> dict[str, str]:
    """The type of an exception and the places it came through, innermost last."""
    if exception is True:
        exception = sys.exc_info()[1]
    elif isinstance(exception, tuple):
        exception = exception[1]
    if not isinstance(exception, BaseException):
        return {}
    frames = traceback.extract_tb(exception.__traceback__)[-8:]
    where = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    return {"error": type(exception).__qualname__, "where": where}


def log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None, /
) -> None:  # the shape of sys.excepthook
    """Log what nobody caught, then show it as Python would, where a developer sees it."""
    with contextlib.suppress(Exception):
        log.critical("crash", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


SINK = Sink()


@cache
def structured() -> FilteringBoundLogger:
    """The logger itself; structlog takes as long to import as all of the store, so the first line does it."""
    import structlog

    logger: FilteringBoundLogger = structlog.wrap_logger(
        SINK,
        processors=[
            structlog.processors.add_log_level,
            only_allowed,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return logger


class Log:
    """`log.info("act", …)` and the other levels."""

    def __getattr__(self, level: str) -> Any:
        return getattr(structured(), level)


log = Log()
