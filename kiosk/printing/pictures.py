"""The pictures of the next step, drawn as strokes on a grid of 100 × 100 with y downward.

A picture is a list of strokes. `M x y` moves, `L x y` draws, `C` curves, `Z` closes, `O x y r` is a circle;
a stroke that begins with `#` is filled.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.lib.colors import HexColor

from kiosk.printing.sheet import ACCENT, Sheet

_PERSON = ("O 30 26 12", "M 10 78 L 10 66 C 10 50 18 44 30 44 C 42 44 50 50 50 66 L 50 78")
_PAPER = (
    "M 52 12 L 78 12 L 90 24 L 90 66 L 52 66 Z",
    "M 60 34 L 82 34",
    "M 60 44 L 82 44",
    "M 60 54 L 74 54",
)
_COUNTER = ("M 6 78 L 94 78", "M 14 78 L 14 92", "M 86 78 L 86 92")

PICTURES: dict[str, tuple[str, ...]] = {
    "sign": (
        "M 16 8 L 58 8 L 74 24 L 74 92 L 16 92 Z", "M 28 34 L 60 34", "M 28 48 L 60 48",
        "M 26 78 C 32 64 38 64 38 74 C 38 84 46 72 50 76", "M 56 74 L 86 40 L 94 48 L 64 81 L 54 84 Z",
    ),
    "health": (
        "M 14 16 L 86 16 L 86 92 L 14 92 Z", "M 36 8 L 64 8 L 64 24 L 36 24 Z",
        "# M 43 36 L 57 36 L 57 50 L 71 50 L 71 64 L 57 64 L 57 78 L 43 78 L 43 64 L 29 64 L 29 50 L 43 50 Z",
    ),
    "guarantee": (
        "O 22 22 11", "M 4 72 L 4 58 C 4 44 12 38 22 38 C 30 38 36 42 38 48",
        "O 78 22 11", "M 96 72 L 96 58 C 96 44 88 38 78 38 C 70 38 64 42 62 48",
        "M 34 54 L 66 54 L 66 92 L 34 92 Z", "M 42 66 L 58 66", "M 42 76 L 58 76",
    ),
    "work": (
        "M 4 92 L 4 50 L 26 36 L 26 50 L 48 36 L 48 50 L 70 36 L 70 92 Z", "M 78 92 L 78 18 L 90 18 L 90 92",
        "M 14 64 L 24 64 L 24 74 L 14 74 Z", "M 36 64 L 46 64 L 46 74 L 36 74 Z", "M 2 92 L 98 92",
    ),
    "window": (*_PERSON, *_COUNTER, "M 60 14 L 60 70", "M 60 14 L 92 14 L 92 70"),
    "wait": ("O 50 50 42", "M 50 22 L 50 50 L 70 62", "# O 50 50 4"),
    "collect": (
        "M 30 8 L 74 8 L 74 44 L 30 44 Z", "O 43 22 5", "M 36 36 C 36 28 50 28 50 36", "M 57 20 L 67 20",
        "M 57 30 L 67 30",
        "M 52 50 L 52 62", "M 46 57 L 52 63 L 58 57",
        "M 6 70 L 24 70 C 34 70 38 76 46 76 L 62 76 C 68 76 68 84 62 84 L 46 84",
        "M 66 82 L 86 70 C 92 68 94 74 90 78 L 66 94 L 30 94 L 22 90 L 6 90",
    ),
    "bring": (*_COUNTER, *_PAPER, "M 8 40 L 38 40", "M 28 30 L 38 40 L 28 50"),
    "carry": (
        "O 34 22 13", "M 8 92 L 8 66 C 8 50 18 42 34 42 C 44 42 52 46 56 52",
        "M 46 56 L 94 56 L 94 92 L 46 92 Z", "O 58 69 5", "M 51 84 C 51 75 65 75 65 84",
        "M 72 68 L 86 68", "M 72 79 L 86 79",
    ),
    "ask": (
        *_PERSON, "M 6 78 L 94 78", "M 56 10 L 94 10 L 94 50 L 76 50 L 66 60 L 66 50 L 56 50 Z",
        "M 68 24 C 68 15 82 15 82 24 C 82 30 75 30 75 36", "# O 75 43 2.4",
    ),
    "phone": (
        "M 20 10 L 36 6 L 46 28 L 36 36 C 42 50 50 58 64 64 L 72 54 L 94 64 L 90 80",
        "M 90 80 C 88 88 80 94 72 92 C 40 86 14 60 8 28 C 6 20 12 12 20 10",
    ),
}  # fmt: skip


def draw_picture(sheet: Sheet, name: str, x: float, y: float, size: float, color: str = ACCENT) -> None:
    """A picture `size` points across with its top left corner at x, y."""
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(x, sheet.height - y)
    canvas.scale(size / 100, -size / 100)
    canvas.setStrokeColor(HexColor(color))
    canvas.setFillColor(HexColor(color))
    canvas.setLineWidth(max(4, 90 / size))
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for stroke in PICTURES[name]:
        path = canvas.beginPath()
        for letter, numbers in _steps(stroke.removeprefix("# ")):
            if letter == "M":
                path.moveTo(*numbers)
            elif letter == "L":
                path.lineTo(*numbers)
            elif letter == "C":
                path.curveTo(*numbers)
            elif letter == "O":
                path.circle(*numbers)
            else:
                path.close()
        filled = stroke.startswith("#")
        canvas.drawPath(path, stroke=int(not filled), fill=int(filled))
    canvas.restoreState()


def _steps(stroke: str) -> Iterator[tuple[str, list[float]]]:
    """`M 1 2 L 3 4` as ("M", [1, 2]), ("L", [3, 4])."""
    letter, numbers = "", list[float]()
    for word in stroke.split():
        if word.isalpha():
            if letter:
                yield letter, numbers
            letter, numbers = word, []
        else:
            numbers.append(float(word))
    yield letter, numbers
