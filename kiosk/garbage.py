"""Python's search for cycles of objects that nothing needs: not in the midst of a batch of rows."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """What is loaded stays and is not looked at again; two thousand rows are no reason to look for cycles.

    With Python's own thresholds a batch sets off dozens of searches, which find nothing.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
