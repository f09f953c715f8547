"""Every error this program raises on purpose.

KioskError                     anything we raise; carries a `Text` for the person at the screen
├── Refused                    an action that may not happen now; says why
│   ├── NotAllowed             the operator's role or lease does not cover it
│   └── Overtaken              what would be replaced was not shown to its author; holds what stands
├── InvalidInput               something entered is wrong; lists each problem with its field
├── PackError                  an office pack that cannot be used; lists findings with file and line
├── StoreError                 the encrypted store
│   ├── WrongKey               the key does not open this store
│   ├── ForeignStore           not a store of this program, or a truncated one
│   ├── StoreBusy              another program holds the store
│   ├── StoreUnwritable        disk full or folder read-only
│   └── BrokenJournal          a chain or a commitment does not verify
├── SealError                  a seal that cannot be made
└── PrintError                 a printer that did not print
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.model.text import Text


class KioskError(Exception):
    """Anything this program raises on purpose; `text` can be said in the person's language."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class Refused(KioskError):
    """An action that may not happen now."""


class NotAllowed(Refused):
    """The operator may not do this."""


class Overtaken(Refused):
    """Something was written since the author looked; `standing` tells what, by field key.

    Once he has been told, he may write again, with its entries among those he has seen.
    """

    def __init__(self, text: Text, standing: Mapping[str, Any]) -> None:
        super().__init__(text)
        self.standing = dict(standing)


class InvalidInput(KioskError):
    """Something that was entered is wrong; `problems` names each field."""

    def __init__(self, text: Text, problems: Sequence[Any] = ()) -> None:
        super().__init__(text)
        self.problems = tuple(problems)


class PackError(KioskError):
    """An office pack that cannot be used; `findings` name file, line and mend."""

    def __init__(self, text: Text, findings: Sequence[Any] = ()) -> None:
        super().__init__(text)
        self.findings = tuple(findings)


class StoreError(KioskError):
    """The encrypted store."""


class WrongKey(StoreError):
    """The key does not open this store."""


class ForeignStore(StoreError):
    """Not a store of this program, or a truncated one."""


class StoreBusy(StoreError):
    """Another program holds the store."""


class StoreUnwritable(StoreError):
    """The disk is full or the folder is read-only."""


class BrokenJournal(StoreError):
    """A chain or a commitment does not verify."""


class SealError(KioskError):
    """A seal that cannot be made."""


class PrintError(KioskError):
    """A printer that did not print."""
