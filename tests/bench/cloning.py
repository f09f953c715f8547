"""One case lived through by the real desk, written down again and again for other people on other days.

The journal bytes of a template case are cut at everything that differs between two cases (ids, numbers,
names, dates, times); a clone is the same bytes with other values there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby

from kiosk.actions.terminal import uuid7
from kiosk.model.entries import ACCESS, Entry, decode
from kiosk.model.numbers import check_character
from tests.bench.people import name_of
from tests.office import EMPLOYER, PERSON, Office

DAY_MS = 86_400_000
OFFICE_HOURS_MS = 6 * 3_600_000
DIFFERS = re.compile(
    r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})"
    r'|(?<="time":)(?P<time>\d+)'
    r"|(?P<date>20\d\d-\d\d-\d\d)"
    r"|(?P<number>[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z]\d{6}-[0-9A-Z*])"
    r'|(?<="document_number":{"value":")(?P<document>\w+)'
    r'|(?<="terminal":")(?P<terminal>[A-Z0-9]{4})'
    r'|(?<="laboratory_number":{"value":")(?P<tube>\w+)'
    r"|(?P<latin>MA MA SAN)|(?P<native>မမစံ)|(?P<han>麻麻散)"
    r'|(?P<digest>[0-9a-f]{64}|(?<= )[0-9a-f]{32}(?="))'  # of pictures and definitions; of seals
    r"|(?P<phone>\+8613800138000)"
    r"|(?P<uscc>91533102MA0000015C)|(?P<firm>瑞丽样本木业有限公司)"
)
assert all(
    DIFFERS.fullmatch(str(value))
    for value in (
        PERSON["person.name"], PERSON["person.name_native"], PERSON["person.name_zh"], PERSON["person.phone"],
        EMPLOYER["guarantor.uscc"], EMPLOYER["guarantor.name"],
    )
)  # fmt: skip

Piece = tuple[str, str]  # (kind of DIFFERS, what stood there); kind "" is kept as it is


@dataclass(frozen=True)
class Template:
    """The acts of one case: for each entry the pieces of its bytes; `began` is the day of the first."""

    acts: tuple[tuple[tuple[Piece, ...], ...], ...]
    began: date

    def kept(self) -> str:
        """What every clone has in common: another one means that the desk writes other entries now."""
        return "".join(
            piece[1] if not piece[0] else f"<{piece[0]}>" for act in self.acts for e in act for piece in e
        )


def template(bodies: Sequence[bytes]) -> Template:
    """Cuts entries, in their order, into acts and pieces."""
    entries = [(entry, body.decode()) for body in bodies if (entry := decode(body)).stream != ACCESS]
    acts = [
        tuple(tuple(_pieces(text)) for _, text in act)
        for _, act in groupby(entries, lambda pair: pair[0].act)
    ]
    return Template(tuple(acts), datetime.fromisoformat(entries[0][0].wall).date())


def _pieces(text: str) -> list[Piece]:
    found, end = [], 0
    for match in DIFFERS.finditer(text):
        kind = match.lastgroup or ""
        at = match.start(kind)
        found += [("", text[end:at]), (kind, match[kind])]
        end = match.end(kind)
    return [*found, ("", text[end:])]


class Numbers:
    """Slip numbers of one terminal, counted on; `counts` is what its next numbers go on from."""

    def __init__(self, office: Office) -> None:
        self.terminal = office.desk.terminal.code
        self.head = f"{office.desk.terminal.office}-{self.terminal}"
        self.counts: dict[str, int] = {}

    def next(self, letter: str) -> str:
        count = self.counts[letter] = self.counts.get(letter, 0) + 1
        head = f"{self.head}-{letter}{count:06d}"
        return f"{head}-{check_character(head.replace('-', ''))}"

    def keep(self, office: Office) -> None:
        with office.store.write() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO identity (key, value) VALUES (?, ?)",
                [(f"counter.{letter}", str(count).encode()) for letter, count in self.counts.items()],
            )


@dataclass(frozen=True)
class Firm:
    """An employer known from before: `ids` says which ids he has in place of the template's."""

    number: int
    ids: Mapping[str, str] = field(default_factory=dict)


class Values:
    """What stands in one clone where the template has something else: person `number`, from `begins` on."""

    def __init__(self, began: date, begins: date, number: int, firm: Firm, numbers: Numbers) -> None:
        self.days = (begins - began).days
        self.later = self.days * DAY_MS + number * 6_007 % OFFICE_HOURS_MS
        self.numbers = numbers
        name = name_of(number)
        self.fixed = {
            "document": f"MM{2_000_000 + number}",
            "phone": f"+86139{number:08d}",
            "tube": f"{number:07d}",
            "terminal": numbers.terminal,
            "latin": name.latin,
            "native": name.native,
            "han": name.han,
            "uscc": f"91533102MA{firm.number:07d}C",  # nothing checks the last digit in the journal
            "firm": f"瑞丽{name_of(firm.number).han}木业有限公司",
        }
        self.made = {("id", old): new for old, new in firm.ids.items()}

    def of(self, piece: Piece) -> str:
        """The same piece has the same value throughout one clone."""
        if piece not in self.made:
            self.made[piece] = self._make(*piece)
        return self.made[piece]

    def _make(self, kind: str, old: str) -> str:
        if kind == "id":
            milliseconds, counter = int(old[:8] + old[9:13], 16), int(old[15:18], 16)
            return uuid7((milliseconds + self.later) << 16 | counter << 4)
        if kind == "time":
            return str(int(old) + (self.later << 16))
        if kind == "date":
            return _days_later(old, self.days)
        if kind == "number":
            return self.numbers.next(old[10])
        return self.fixed.get(kind, old)

    def ids(self) -> dict[str, str]:
        return {old: new for (kind, old), new in self.made.items() if kind == "id"}


def clone(template: Template, values: Values) -> list[list[Entry]]:
    """The acts of a template with other values."""
    return [
        [
            decode("".join(values.of(piece) if piece[0] else piece[1] for piece in pieces).encode())
            for pieces in act
        ]
        for act in template.acts
    ]


@cache
def _days_later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days)).isoformat()
