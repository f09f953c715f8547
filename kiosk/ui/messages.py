"""What Qt itself prints: what no window can do that is drawn offscreen, and why no window can be opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qFormatLogMessage, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

# Said for each window that is drawn offscreen; all else that Qt says is worth reading.
OFFSCREEN = frozenset(
    f"This plugin does not support {what}"
    for what in ("propagateSizeHints()", "raise()", "grabbing the keyboard")
)
NO_WINDOW = "kiosk: Qt can open no window here: {reason}. `kiosk doctor` says what is missing."


@contextmanager
def without_offscreen_remarks() -> Iterator[None]:
    """Keeps those remarks from the terminal; whatever else Qt prints is printed."""

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if text not in OFFSCREEN:
            sys.stderr.write(f"{qFormatLogMessage(kind, context, text)}\n")

    before = qInstallMessageHandler(handle)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def application() -> QApplication:
    """Qt, at this session's display. Where none answers Qt would abort: a sentence and status 2 instead."""
    said: list[str] = []
    printed: list[str] = []

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        said.append(text)
        printed.append(qFormatLogMessage(kind, context, text))
        if kind == QtMsgType.QtFatalMsg:
            reason = said[0].strip().rstrip(".")  # what was wrong; the rest is advice for programmers
            sys.stderr.write(f"{NO_WINDOW.format(reason=reason)}\n")
            sys.stderr.flush()
            os._exit(2)  # a handler cannot raise, and Qt aborts when it returns

    before = qInstallMessageHandler(handle)
    try:
        made = QApplication(sys.argv[:1])
    finally:
        qInstallMessageHandler(before)
    sys.stderr.writelines(f"{line}\n" for line in printed)
    return made
