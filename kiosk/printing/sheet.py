"""Paper being drawn: from the top left corner, in points, with what did not fit remembered.

A sheet knows no slip. Layouts place text, rules, boxes and pictures on it; those that may run to a second
page use the cursor `y` and ask with `need` for room.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Literal

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk.model.text import Text, say
from kiosk.printing.fonts import LATIN, WEIGHTS, missing, width
from kiosk.printing.text import Line, Style, fitting, height, set_lines

rl_config.useA85 = 0  # pictures as they are, not as text: a fifth smaller and quicker

SIZES = {"A4": (210 * mm, 297 * mm), "A5": (148 * mm, 210 * mm), "A5L": (210 * mm, 148 * mm)}

# One scale of sizes and one set of colours, those of the screens.
INK, SECOND, HAIR, TINT, ACCENT, WARN = "#1B2326", "#56636A", "#B9C2C0", "#EEF3F2", "#0B5C6B", "#8A5300"
BODY = Style(12)
STRONG = Style(12, bold=True)
LABEL = Style(9, color=SECOND)
SMALL = Style(9)
HEADING = Style(13, bold=True, color=ACCENT)
TITLE = Style(20, bold=True)

Align = Literal["left", "center", "right"]


class Sheet:
    """One document. `findings` says what did not fit and which characters no font has."""

    def __init__(
        self,
        size: str,
        margin: float,
        *,
        title: str,
        subject: str,
        author: str,
        issued_at: datetime,
        scale: float = 1.0,
    ) -> None:
        self.width: float
        self.height: float
        self.width, self.height = SIZES[size]
        self.margin = margin
        self.scale = scale  # of all texts but the small ones
        self.y = margin
        self.bottom = self.height - margin  # how far down the flow may go; layouts keep room for a foot
        self.pages = 1
        self.findings: list[Text] = []
        self.on_page: Callable[[Sheet], None] = lambda _sheet: None  # draws what stands on every page
        self._bytes = BytesIO()
        # Invariant: the same slip gives the same bytes, whenever it is printed. The first font is one of
        # ours, else reportlab names Helvetica in a file that never uses it.
        self.canvas = Canvas(
            self._bytes,
            pagesize=(self.width, self.height),
            invariant=1,
            pageCompression=1,
            initialFontName=f"{LATIN}-{WEIGHTS[False]}",
            lang="zh-CN",
        )
        made = f"D:{issued_at:%Y%m%d%H%M%S%z}"
        self.canvas.setDateFormatter(lambda *_now: f"{made[:-2]}'{made[-2:]}'")
        self.canvas.setTitle(title)
        self.canvas.setSubject(subject)
        self.canvas.setAuthor(author)
        self.canvas.setCreator("kiosk")

    @property
    def left(self) -> float:
        return self.margin

    @property
    def right(self) -> float:
        return self.width - self.margin

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin

    def finish(self) -> bytes:
        """The PDF."""
        self.canvas.showPage()
        self.canvas.save()
        return self._bytes.getvalue()

    # The flow ----------------------------------------------------------------------------------

    def new_page(self) -> None:
        self.canvas.showPage()
        self.pages += 1
        self.y = self.margin
        self.on_page(self)

    def need(self, tall: float) -> None:
        """Goes on to a new page when `tall` points are not left on this one."""
        if self.y + tall > self.bottom:
            self.new_page()

    def flow(self, text: str, style: Style = BODY, *, indent: float = 0, after: float = 0) -> None:
        """A paragraph at the cursor, broken between pages where it must be."""
        style = self._scaled(style)
        for line in set_lines(text, style, self.room - indent):
            self.need(line.height * style.size)
            self._line(self.left + indent, self.y, line, style)
            self.y += line.height * style.size
        self._note_missing(text)
        self.y += after

    # Placing -----------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        room: float,
        text: str,
        style: Style = BODY,
        align: Align = "left",
        level: float = 0,
    ) -> float:
        """Text in a column `room` wide with its top at `y`; returns where it ends.

        With `level` the first baseline is put there, so that texts side by side stand on one line.
        """
        self._note_missing(text)
        style = self._scaled(style)
        lines = set_lines(text, style, room)
        if level:
            y = level - lines[0].baseline * style.size
        for line in lines:
            spare = room - line.width * style.size
            self._line(x + {"left": 0, "center": spare / 2, "right": spare}[align], y, line, style)
            y += line.height * style.size
        return y

    def fit(
        self, x: float, y: float, room: float, tall: float, text: str, style: Style, smallest: float = 8
    ) -> float:
        """Text in a box of `tall` points, set smaller where it must; what still does not fit is a finding."""
        style = fitting(text, style, room, tall, smallest)
        if height(set_lines(text, style, room), style) > tall + 0.01:
            self.findings.append(say("The text does not fit its box: {text}", text=text))
        return self.text(x, y, room, text, style)

    def level(self, y: float, text: str, style: Style, room: float) -> float:
        """Where the first baseline of a text lies whose top is at `y`."""
        style = self._scaled(style)
        return y + set_lines(text, style, room)[0].baseline * style.size

    def tall(self, text: str, style: Style, room: float) -> float:
        """How high a text will be."""
        style = self._scaled(style)
        return height(set_lines(text, style, room), style)

    def wide(self, text: str, style: Style) -> float:
        """How wide one line of text will be."""
        return width(text, style.bold) * self._scaled(style).size

    def rule(self, x: float, y: float, room: float, *, color: str = HAIR, thick: float = 0.5) -> None:
        """A level line."""
        self._pen(color, thick)
        self.canvas.line(x, self.height - y, x + room, self.height - y)

    def dashes(self, x1: float, y1: float, x2: float, y2: float, *, color: str = SECOND) -> None:
        """A line to fold or to tear along."""
        self._pen(color, 0.6)
        self.canvas.setDash(2, 3)
        self.canvas.line(x1, self.height - y1, x2, self.height - y2)
        self.canvas.setDash()

    def box(
        self,
        x: float,
        y: float,
        room: float,
        tall: float,
        *,
        fill: str = "",
        line: str = "",
        thick: float = 0.7,
    ) -> None:
        """A rectangle with slightly round corners."""
        self._pen(line or INK, thick)
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        self.canvas.roundRect(
            x, self.height - y - tall, room, tall, 3, stroke=int(bool(line)), fill=int(bool(fill))
        )

    def ring(self, x: float, y: float, across: float) -> None:
        """A dashed ring with its middle at x, y: the space for a round stamp."""
        self._pen(HAIR, 0.6)
        self.canvas.setDash(2, 2)
        self.canvas.circle(x, self.height - y, across / 2)
        self.canvas.setDash()

    def image(self, x: float, y: float, room: float, tall: float, jpeg: bytes) -> None:
        """A picture that fills the box; what of it stands over is cut evenly. What is none is left out."""
        try:
            picture = ImageReader(BytesIO(jpeg))
        except OSError:
            return
        across, down = picture.getSize()
        scale = max(room / across, tall / down)
        self.canvas.saveState()
        frame = self.canvas.beginPath()
        frame.rect(x, self.height - y - tall, room, tall)
        self.canvas.clipPath(frame, stroke=0)
        self.canvas.drawImage(
            picture,
            x - (across * scale - room) / 2,
            self.height - y - tall - (down * scale - tall) / 2,
            across * scale,
            down * scale,
        )
        self.canvas.restoreState()

    # ---------------------------------------------------------------------------------------------

    def _scaled(self, style: Style) -> Style:
        if self.scale == 1 or style.size <= SMALL.size:
            return style
        return style.at(max(style.size * self.scale, SMALL.size))

    def _line(self, x: float, y: float, line: Line, style: Style) -> None:
        canvas = self.canvas
        canvas.setFillColor(HexColor(style.color))
        baseline = self.height - y - line.baseline * style.size
        for run in line.runs:
            canvas.setFont(run.font, style.size)
            if run.source:  # so that what is copied or read aloud is the text, not the shaped glyphs
                actual = run.source.encode("utf-16-be").hex()
                canvas.addLiteral(f"/Span <</ActualText <FEFF{actual}>>> BDC")
            canvas.drawString(x, baseline, run.text)
            if run.source:
                canvas.addLiteral("EMC")
            x += run.width * style.size

    def _pen(self, color: str, thick: float) -> None:
        self.canvas.setStrokeColor(HexColor(color))
        self.canvas.setLineWidth(thick)

    def _note_missing(self, text: str) -> None:
        lost = missing(text.replace("\n", ""))
        if lost:
            codes = " ".join(f"U+{ord(character):04X}" for character in lost)
            self.findings.append(say("No font has {codes} of: {text}", codes=codes, text=text))
