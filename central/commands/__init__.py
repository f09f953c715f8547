"""One module for each command of `central`; each has `add_to(subparsers)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from central.registry import Member


def caution_ends(counters: Sequence[Member]) -> str:
    """How a restored centre is complete again, behind “until”; `counters` are those it awaits."""
    if not counters:
        return "you say so, for no counter is left that had joined before: central journal complete"
    named = ", ".join(f"{one.code} ({one.name})" for one in counters)
    return f"one of these counters has exchanged: {named}\nIf none will: central journal complete"
