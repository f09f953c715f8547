"""What the program itself knows of roles; the others are words of a pack."""

from __future__ import annotations

from collections.abc import Iterable

DOCTOR = "doctor"


def is_only_doctor(roles: Iterable[str]) -> bool:
    """Whether somebody has the health post's part of a case before him, and nothing of the employer."""
    return tuple(roles) == (DOCTOR,)
