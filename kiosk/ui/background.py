"""The only way off the UI thread: whatever may take more than 50 ms goes through here.

Rendering a slip, checking a passphrase and talking to a printer would freeze the window; they run in a
pool, and what they give (or the error they raise) comes back to the UI thread by a signal.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, QThreadPool, Signal
from shiboken6 import isValid

from kiosk.errors import KioskError

Result = TypeVar("Result")


class Background(QObject):
    """A pool of threads. Made on the UI thread; `done` and `failed` are called there."""

    _finished = Signal(object, object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Callable[[KioskError], None] | None = None,
    ) -> None:
        """Calls `work()` off the UI thread, then `done(result)` or `failed(error)` on it.

        A callback that is a method of a widget closed in the meantime is not called. An error that
        is not one of ours is a bug: it is raised on the UI thread, where the exception hook sees it.
        """

        def job() -> None:
            try:
                result, error = work(), None
            except Exception as caught:  # delivered to the UI thread, whatever it is
                result, error = None, caught
            with suppress(RuntimeError):  # the window is gone: nobody waits for it any more
                self._finished.emit((done, failed), (result, error))

        self._pool.start(job)

    def _deliver(self, callbacks: tuple[Any, Any], outcome: tuple[Any, Exception | None]) -> None:
        assert on_ui_thread()
        (done, failed), (result, error) = callbacks, outcome
        callback, argument = (done, result) if error is None else (failed, error)
        if error is not None and (failed is None or not isinstance(error, KioskError)):
            raise error
        owner = getattr(callback, "__self__", None)
        if not isinstance(owner, QObject) or isValid(owner):
            callback(argument)

    def wait(self) -> None:
        """Until all work is done; before the program ends."""
        self._pool.waitForDone()


def on_ui_thread() -> bool:
    """True on the thread that paints."""
    app = QCoreApplication.instance()
    return app is not None and QThread.currentThread() is app.thread()
