"""How many rows go in one batch, up or down: what is under way when a line is cut has to be sent again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from kiosk.sync.refusals import Unreachable

LEAST, FIRST, MOST = 25, 1_000, 2_000  # rows
QUICK, SLOW = 0.5, 5.0  # seconds

Answer = TypeVar("Answer")


class Pace:
    """Twice as many rows after a full batch that took no time, half as many after a slow or a cut one.

    So many rows share the fixed costs of a request and of a COMMIT where the line is good; and where it is
    cut again and again, some batch is at last small enough to get through.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.rows = FIRST
        self._seconds = seconds

    def measured(self, ask: Callable[[], Answer], is_full: Callable[[Answer], bool]) -> Answer:
        """The answer to one request. `is_full`: it brought as many rows as it might, and waited for none."""
        began = self._seconds()
        try:
            answer = ask()
        except Unreachable:
            self._halve()
            raise
        if is_full(answer):
            took = self._seconds() - began
            if took < QUICK:
                self.rows = min(self.rows * 2, MOST)
            elif took > SLOW:
                self._halve()
        return answer

    def _halve(self) -> None:
        self.rows = max(self.rows // 2, LEAST)
