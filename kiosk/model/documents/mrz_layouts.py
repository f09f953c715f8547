"""Where things stand in a machine-readable zone: ICAO Doc 9303 parts 4 to 7, as data."""

from __future__ import annotations

import msgspec

Span = tuple[int, int, int]  # line, first column, column after the last; all counted from 0


class Layout(msgspec.Struct, frozen=True):
    """One format. The check digit of number, birth and expiry stands in the column after each."""

    kind: str
    lines: int
    width: int
    codes: str  # the letters a document code begins with
    name: Span
    number: Span
    nationality: Span
    birth: Span
    sex: Span
    expiry: Span
    optional: tuple[Span, ...]
    optional_checked: bool = False
    composite: tuple[Span, ...] = ()  # what the overall check digit covers
    composite_at: Span | None = None
    long_numbers: bool = False  # a number of more than nine goes on in the first optional field
    issuer: Span = (0, 2, 5)


def _two_lines(
    kind: str,
    width: int,
    codes: str,
    optional_end: int,
    *,
    optional_checked: bool = False,
    composite: tuple[Span, ...] = (),
    composite_at: Span | None = None,
    long_numbers: bool = False,
) -> Layout:
    """TD2, TD3 and the visas differ only after the expiry date."""
    return Layout(
        kind, 2, width, codes,
        name=(0, 5, width), number=(1, 0, 9), nationality=(1, 10, 13), birth=(1, 13, 19),
        sex=(1, 20, 21), expiry=(1, 21, 27), optional=((1, 28, optional_end),),
        optional_checked=optional_checked, composite=composite, composite_at=composite_at,
        long_numbers=long_numbers,
    )  # fmt: skip


TD3 = _two_lines(
    "TD3", 44, "P", 42, optional_checked=True,
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 43)), composite_at=(1, 43, 44),
)  # fmt: skip
TD2 = _two_lines(
    "TD2", 36, "ACI", 35, long_numbers=True,
    composite=((1, 0, 10), (1, 13, 20), (1, 21, 35)), composite_at=(1, 35, 36),
)  # fmt: skip
MRV_A = _two_lines("MRV-A", 44, "V", 44)
MRV_B = _two_lines("MRV-B", 36, "V", 36)
TD1 = Layout(
    "TD1", 3, 30, "ACI",
    number=(0, 5, 14), optional=((0, 15, 30), (1, 18, 29)), birth=(1, 0, 6), sex=(1, 7, 8),
    expiry=(1, 8, 14), nationality=(1, 15, 18), name=(2, 0, 30), long_numbers=True,
    composite=((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), composite_at=(1, 29, 30),
)  # fmt: skip


def layout_of(lines: tuple[str, ...]) -> Layout | None:
    """The format of lines of the right number and length; a V tells a visa from a passport or card."""
    widths = {len(line) for line in lines}
    if len(widths) != 1:
        return None
    visa = lines[0].startswith("V")
    return {
        (2, 44): MRV_A if visa else TD3,
        (2, 36): MRV_B if visa else TD2,
        (3, 30): TD1,
    }.get((len(lines), widths.pop()))  # fmt: skip
