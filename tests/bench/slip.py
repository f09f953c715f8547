"""The permit slip as PDF, against reportlab drawing the same page by hand.

By hand means: every text, line and picture is put where it stands on the slip by one call of reportlab's
canvas, with nothing to look up, translate, shape, break or fit. The calls are those of the slip itself,
written down once; that both give the same PDF, byte for byte, is checked.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import segno
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk.model.slip import Slip
from kiosk.printing import draw, render, sheet
from tests.bench.figures import Figure, Run, Spread, Target, in_turns, standing_in
from tests.bench.people import name_of
from tests.office import Office, sample_pack

SLIPS = 41
TARGET = Target("ratio", 1.3)


class Call(NamedTuple):
    """One call of a canvas: its method and what it was given."""

    method: str
    given: tuple[Any, ...]
    named: dict[str, Any]


DRAWING = (
    "addLiteral", "circle", "clipPath", "drawImage", "drawPath", "drawString", "line", "restoreState",
    "roundRect", "saveState", "scale", "setAuthor", "setCreator", "setDash", "setDateFormatter",
    "setFillColor", "setFont", "setLineCap", "setLineJoin", "setLineWidth", "setStrokeColor",
    "setSubject", "setTitle", "showPage", "translate",
)  # fmt: skip


class Noted(Canvas):  # type: ignore[misc]
    """A canvas that writes down what the slip asks of it."""

    def __init__(self, file: BytesIO, **options: Any) -> None:
        self.options, self.calls, self.inside = options, list[Call](), False
        super().__init__(file, **options)
        self.calls.clear()  # what a new canvas asks of itself


def _noting(method: str) -> Callable[..., Any]:
    drawn = getattr(Canvas, method)

    def call(canvas: Noted, *given: Any, **named: Any) -> Any:
        if canvas.inside:  # what reportlab asks of itself
            return drawn(canvas, *given, **named)
        canvas.calls.append(Call(method, given, named))
        canvas.inside = True
        try:
            return drawn(canvas, *given, **named)
        finally:
            canvas.inside = False

    return call


for name in DRAWING:
    setattr(Noted, name, _noting(name))


def measure() -> list[Figure]:
    """Permits of several people, each drawn once: what is the same on all permits is known by then."""
    first, *slips = _permits()
    pack = sample_pack()
    render(first, pack)

    def ours(number: int) -> Run:
        return lambda: render(slips[number], pack)

    def hand(number: int) -> Run:
        drawing = _by_hand(slips[number])
        if drawing() != render(slips[number], pack):
            raise AssertionError("what is drawn by hand is not the slip")
        return drawing

    spans, bare_spans = in_turns(len(slips), ours, hand)
    what = "the same calls of reportlab's canvas"
    return [Figure("permit slip to PDF", Spread.ms(spans), "ms", what, Spread.ms(bare_spans), TARGET)]


def _permits() -> list[Slip]:
    """Permits of invented workers, as an office has them at its printer."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        slips = []
        for number in range(SLIPS):
            name = name_of(number)
            names = {"person.name": name.latin, "person.name_native": name.native, "person.name_zh": name.han}
            case = office.worker("approved", **names)
            slips.append(office.desk.slip(office.reception, case, "permit"))
        office.close()
    return slips


def _by_hand(slip: Slip) -> Run:
    """The drawing of a slip as a list of calls that stand ready."""
    with standing_in(sheet, "Canvas", Noted):
        noted = draw(slip, sample_pack()).canvas
    portrait = slip.portrait or b""
    calls = [*noted.calls, Call("showPage", (), {})]

    def hand() -> bytes:
        file = BytesIO()
        canvas = Canvas(file, **noted.options)
        segno.make(slip.seal, error="m", boost_error=False)
        for method, given, named in calls:
            fresh = (ImageReader(BytesIO(portrait)) if isinstance(g, ImageReader) else g for g in given)
            getattr(canvas, method)(*fresh, **named)
        canvas.save()
        return file.getvalue()

    return hand
