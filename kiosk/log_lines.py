"""How a line of the log is made: which keys and values may stand in it, and the file that takes it."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from kiosk.logs import SINK

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


def log_file(folder: Path | None) -> logging.Handler:
    """Takes lines. A folder that cannot be written stops the log, not the work; None takes none."""
    if folder is None:
        return logging.NullHandler()
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


@cache
def structured() -> FilteringBoundLogger:
    """The logger itself."""
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
