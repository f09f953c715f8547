"""The head of a case: who it is about, and the stages as cells with their lights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QTextLayout
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from kiosk.actions.desk import Desk
from kiosk.model.case import CaseView, StageView
from kiosk.model.days import day_of
from kiosk.model.entries import Json
from kiosk.model.office import Office
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.parts import button, clear, column, label, row, short
from kiosk.ui.prose import WIDEST, laid_out, natural_width
from kiosk.ui.translations import OWN_NAMES, Translations

PORTRAIT = (60, 80)
# px: the height of a stage's cell at least; where its words begin; its width, where room is short, at most
CELL, BESIDE, LEAST = 64, 52, 236
Lines = tuple[list[QTextLayout], float]  # and the height of all
ENDS = {  # status of a case: its word, and how that looks
    "ended": (say("Ended"), "done"),
    "withdrawn": (say("Withdrawn"), ""),
    "refused": (say("Refused"), "error"),
}


class StageCell(QAbstractButton):
    """One stage: its light, its name, the word of its state, who has it and until when.

    Words that are longer than others' get more of the width; what has no room goes on in the next line.
    """

    def __init__(self, words: Translations, roles: Mapping[str, str], stage: StageView, number: int) -> None:
        super().__init__()
        self._words, self._roles = words, roles
        self.setCheckable(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setObjectName(f"stage.{stage.key}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._number = number
        self._laid: tuple[object, list[Lines]] = (None, [])
        self.show_stage(stage)
        words.changed.connect(self._retranslate)

    def _retranslate(self, _language: str) -> None:
        """In another language it needs another width."""
        self.updateGeometry()

    def show_stage(self, stage: StageView) -> None:
        self.stage = stage
        said = say("{stage}: {action}", stage=Text(stage.label), action=self._detail())
        self._words.put(self.setAccessibleName, said)
        self._words.put(self.setToolTip, say("{stage}  Ctrl+{number}", stage=said, number=self._number))
        self.updateGeometry()
        self.update()

    def _detail(self) -> Text:
        """Until when; else who must act next; else who has done it."""
        stage, state = self.stage, Text(self.stage.state_label)
        if stage.contested:
            return say("To be settled")
        if stage.until is not None:
            return say("{state}, until {day}", state=state, day=stage.until)
        if stage.holder in self._roles:
            return say("{state}, {name}", state=state, name=Text(self._roles[stage.holder]))
        if stage.holder_name and stage.since is not None:
            return say("{state}, {name}", state=state, name=stage.holder_name)
        return state

    def _lay_out(self, width: int) -> list[Lines]:
        """The name and under it the rest, each in the lines that it needs beside the light."""
        name, detail = self._words(Text(self.stage.label)), self._words(self._detail())
        language, room = self._words.language, max(1, width - BESIDE - 12)
        key = (name, detail, language, room)
        if self._laid[0] != key:
            left, small = Qt.AlignmentFlag.AlignLeft, theme.font(language, theme.SMALL)
            strong = theme.font(language, theme.BODY, theme.STRONG)
            self._laid = (key, [laid_out(name, strong, room, left), laid_out(detail, small, room, left)])
        return self._laid[1]

    def heightForWidth(self, width: int) -> int:
        return max(CELL, ceil(sum(height for _, height in self._lay_out(width))) + 11)

    def sizeHint(self) -> QSize:
        wide = max(line.lineAt(0).naturalTextWidth() for lines, _ in self._lay_out(WIDEST) for line in lines)
        width = BESIDE + ceil(wide) + 12
        return QSize(width, self.heightForWidth(self.width() if self.width() > 100 else width))

    def minimumSizeHint(self) -> QSize:
        """Where there is little room, names stay whole before the rest does."""
        name = theme.font(self._words.language, theme.BODY, theme.STRONG)
        wide = natural_width(self._words(Text(self.stage.label)), name)
        return QSize(min(LEAST, BESIDE + ceil(wide) + 12), CELL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen = self.isChecked()
        painter.setPen(QColor(theme.ACCENT if chosen or self.hasFocus() else theme.HAIRLINE))
        hovered = self.underMouse() and not chosen
        painter.setBrush(QColor(theme.ACCENT_SOFT if chosen else theme.HOVER if hovered else theme.SURFACE))
        painter.drawRoundedRect(box, 8, 8)
        shape = "contested" if self.stage.contested or self.stage.shaken else self.stage.light.shape
        middle = box.center().y()
        icons.paint_light(painter, shape, QRectF(14, middle - 12, 24, 24), self.stage.light.count)
        laid = self._lay_out(self.width())
        y = middle - sum(height for _, height in laid) / 2
        for (lines, height), colour in zip(laid, (theme.TEXT, theme.SECOND), strict=True):
            painter.setPen(QColor(colour))
            for line in lines:
                line.draw(painter, QPointF(BESIDE, y))
            y += height
        painter.end()


class CaseHead(QWidget):
    """Portrait, name, track and stay; under them the stages; at the right what keys do here."""

    stage_chosen = Signal(str)
    back = Signal()
    notice = Signal()
    portrait = Signal()
    slips = Signal()
    park = Signal()

    def __init__(self, words: Translations, office: Office) -> None:
        super().__init__()
        self._words, self._office = words, office
        self._portrait: tuple[Json, QPixmap | None] = (None, None)  # by its reference
        self._picture = QLabel()
        self._picture.setFixedSize(*PORTRAIT)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = short(words, "", "title")
        self._native = short(words, "", "second")
        self._native.setFont(theme.font("my", theme.LEAD))
        self._about = short(words, "", "second")
        self._tag = label(words, "", "tag")
        self._language = label(words, "", "tag")
        self._keys = self._buttons()
        names = row(self._name, self._native, self._language, self._tag, None, self._keys, spacing=12)
        back = button(words, None, kind="quiet", icon="back", name="case.back", tip=say("Back (Esc)"))
        back.clicked.connect(self.back)
        top = row(back, self._picture, column(None, names, self._about, None, spacing=4))
        top.setStretch(2, 1)
        self._cells = QHBoxLayout()
        self._cells.setSpacing(theme.GRID)
        self.setLayout(column(top, self._cells, margins=(16, 8, 16, 8), spacing=8))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.cells: list[StageCell] = []

    def _buttons(self) -> QWidget:
        """What may be done with any case, with its key."""
        box = QWidget()
        made = []
        for key, text, icon, signal in (
            ("F8", say("Notice"), "eye", self.notice),
            ("F6", say("Portrait"), "camera", self.portrait),
            ("F9", say("Print"), "printer", self.slips),
            ("F7", say("Park"), "park", self.park),
        ):
            said = Text("{text}  {key}", {"text": text, "key": key})
            one = button(self._words, said, kind="quiet", icon=icon, name=f"case.{key}")
            one.clicked.connect(signal)
            made.append(one)
        box.setLayout(row(*made, spacing=0))
        return box

    def show_case(self, view: CaseView, desk: Desk, *, doctor: bool) -> None:
        """`doctor` sees the laboratory's number in place of the case's."""
        words, row_, today = self._words, view.row, desk.today()
        portrait = self._portrait_of(view, desk)
        name = str(view.facts.get("person.name") or "")
        words.put(self._name.setText, name or say("Not yet known"))
        words.put(self._native.setText, " ".join(part for part in (row_.name_native, row_.name_zh) if part))
        self._native.setVisible(bool(self._native.text()))
        words.put(self._about.setText, self._sentence(view, today, doctor))
        self._show_tag(view)
        self._language.setText(OWN_NAMES.get(view.language, view.language))
        self._language.setFont(theme.font(view.language, theme.SMALL))
        if portrait is not None:
            self._picture.setPixmap(portrait)
        else:
            self._picture.setPixmap(icons.pixmap("person", theme.BORDER, 40, self.devicePixelRatioF()))
        self._picture.setStyleSheet(
            f"background: {theme.SURFACE}; border: 1px solid {theme.HAIRLINE}; border-radius: 4px;"
        )
        for one in self._keys.findChildren(QAbstractButton):
            one.setVisible(not doctor or one.objectName() in ("case.F9", "case.F7"))
        self._show_cells(view.stages)

    def _portrait_of(self, view: CaseView, desk: Desk) -> QPixmap | None:
        """The portrait in its size here; kept while the case is read again."""
        reference = view.facts.get("case.portrait")
        if not reference:
            return None
        if self._portrait[0] != reference:
            data, picture = desk.blob(reference), QPixmap()
            made = data is not None and picture.loadFromData(data)
            if made:
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                picture = picture.scaled(*PORTRAIT, keep, smooth)
            self._portrait = (reference, picture if made else None)
        return self._portrait[1]

    def _sentence(self, view: CaseView, today: date, doctor: bool) -> Text:
        number = view.row.laboratory_number if doctor and view.row.laboratory_number else view.number
        parts = [Text(view.track.label), Text("{number}", {"number": number})]
        day = day_of(view.facts.get("case.stay_until"))
        if day is not None and not doctor:
            left = (day - today).days
            parts.append(say("stay until {day} ({days} days)", day=day, days=left))
        made = parts[-1]
        for part in reversed(parts[:-1]):
            made = Text("{first}  ·  {rest}", {"first": part, "rest": made})
        return made

    def _show_tag(self, view: CaseView) -> None:
        words, state = None, ""
        if view.read_only:
            words, state = say("Can only be looked at"), "warning"
        elif view.status != "open":
            words, state = ENDS.get(view.status, (Text(view.status), ""))
        elif view.parked_by:
            words, state = say("Parked"), "accent"
        self._tag.setVisible(words is not None)
        if words is not None:
            self._words.put(self._tag.setText, words)
            theme.mark(self._tag, state=state)

    def _show_cells(self, stages: Sequence[StageView]) -> None:
        if [cell.stage.key for cell in self.cells] == [stage.key for stage in stages]:
            for cell, stage in zip(self.cells, stages, strict=True):
                cell.show_stage(stage)
            return
        clear(self._cells)
        self.cells = []
        for number, stage in enumerate(stages, start=1):
            cell = StageCell(self._words, self._office.roles, stage, number)
            cell.clicked.connect(lambda _checked=False, key=stage.key: self.stage_chosen.emit(key))
            self._cells.addWidget(cell)
            self.cells.append(cell)

    def choose(self, stage: str) -> None:
        for cell in self.cells:
            cell.setChecked(cell.stage.key == stage)
