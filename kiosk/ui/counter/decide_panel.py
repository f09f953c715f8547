"""Deciding: the portrait beside the document, exceptions, who checked what, and the dates proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from kiosk.model.answers import problems
from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, StageView
from kiosk.model.days import day_of
from kiosk.model.telling import disputes
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.counter.drafts import DraftKeeper
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.strip import Strip
from kiosk.ui.forms import FormPage
from kiosk.ui.icons import LightMark
from kiosk.ui.parts import clear, column, frame, label, prose, row, scrolled, short

PORTRAIT, DOCUMENT = (108, 144), (204, 144)


class DecidePanel(QWidget):
    """Stands in place of the forms where a stage has only a decision to make."""

    walked_off = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._words = seat, seat.words
        self._keeper = DraftKeeper(seat, self)
        self._view: CaseView | None = None
        self.strip = Strip(self._words)
        self._portrait, self._document = self._frame(PORTRAIT), self._frame(DOCUMENT)
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(2)
        self._facts.setHorizontalSpacing(theme.GRID)
        self._exceptions, self._checks = QVBoxLayout(), QGridLayout()
        self._exceptions.setSpacing(theme.GRID)
        self._checks.setHorizontalSpacing(3 * theme.GRID)
        self._checks.setVerticalSpacing(0)
        self._bound = prose(self._words, "", "second")
        self._bound.setObjectName("decide.bound")
        self._form = QVBoxLayout()
        self.page: FormPage | None = None
        facts = QWidget()
        facts.setLayout(column(self._facts, None))
        pictures = row(self._portrait, self._document, facts, spacing=16)
        pictures.setStretch(2, 1)
        inside = QWidget()
        inside.setLayout(
            column(
                self._exceptions, self._checks, self._form, None,
                margins=(0, 0, 8, 0), spacing=12,
            )
        )  # fmt: skip
        # What is compared, and the bound, stay in sight however much stands between them.
        self._scroll = scrolled(inside)
        whole = column(self.strip, pictures, self._scroll, self._bound, margins=(16, 0, 8, 8))
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _frame(self, size: tuple[int, int]) -> QLabel:
        made = QLabel()
        made.setFixedSize(*size)
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setStyleSheet(
            f"background: {theme.SURFACE}; border: 1px solid {theme.HAIRLINE}; border-radius: 4px;"
        )
        return made

    def show_case(
        self, view: CaseView, stage: StageView, action: ActionView, definitions: Definitions
    ) -> None:
        self._view = view
        self._show_pictures(view)
        self._show_facts(view, definitions)
        self._show_exceptions(view, action, definitions)
        self._show_checks([each for each in view.stages if each.key != stage.key], stage)
        self._show_form(view, action, definitions)

    def _show_pictures(self, view: CaseView) -> None:
        portrait = view.facts.get("case.portrait")
        copies = [p.copy for p in view.papers if p.copy and str(p.copy.get("type", "")).startswith("image/")]
        for place, reference, empty in (
            (self._portrait, portrait, "person"),
            (self._document, copies[0] if copies else None, "paper"),
        ):
            picture = QPixmap()
            data = self._seat.desk.blob(reference) if reference else None
            if data is not None and picture.loadFromData(data):
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                picture = picture.scaled(place.size(), keep, smooth)
            else:
                picture = icons.pixmap(empty, theme.BORDER, 48, self.devicePixelRatioF())
            place.setPixmap(picture)
        self._document.setVisible(bool(copies))  # an empty frame says less than none

    def _show_facts(self, view: CaseView, definitions: Definitions) -> None:
        """What the officer compares with the pictures."""
        clear(self._facts)
        fields = {f.key: f for form in definitions.forms.values() for f in form.fields}
        for key in COMPARED:
            value = view.facts.get(key)
            if value is None or key not in fields:
                continue
            said = self._seat.shown(fields[key], value, definitions)
            line, name = self._facts.rowCount(), short(self._words, Text(fields[key].label), "small")
            for place, each in enumerate((name, short(self._words, said, "strong"))):
                self._facts.addWidget(each, line, place)
                each.show()  # at once: what is under it finds its place by it
        self._facts.setColumnStretch(1, 1)

    def _show_exceptions(self, view: CaseView, action: ActionView, definitions: Definitions) -> None:
        clear(self._exceptions)
        for text, state in exceptions(view, action, definitions, self._seat.desk.today()):
            box = frame("notice")
            theme.mark(box, state=state)
            sign = label(self._words)
            colour = theme.CONTESTED if state == "contested" else theme.RETURNED
            sign.setPixmap(icons.pixmap("warning", colour, 20, self.devicePixelRatioF()))
            made = row(sign, prose(self._words, text), margins=(12, 8, 12, 8), spacing=12)
            made.setStretch(1, 1)
            box.setLayout(made)
            self._exceptions.addWidget(box)
            box.show()

    def _show_checks(self, stages: Sequence[StageView], own: StageView) -> None:
        """Who did what before, by name."""
        clear(self._checks)
        for place, stage in enumerate((*stages, own)):
            light = LightMark(20)
            light.show_light(stage.light.shape, stage.light.count)
            name = short(self._words, Text(stage.label), "strong")
            who = (
                say("{name}, {day}", name=stage.holder_name, day=stage.since.date()) if stage.since else None
            )
            done = short(self._words, who or Text(stage.state_label), "small")
            box = QWidget()
            line = row(light, column(name, done, spacing=0), spacing=12)
            line.setStretch(1, 1)
            box.setLayout(line)
            self._checks.addWidget(box, place // 2, place % 2)
            box.show()

    def _show_form(self, view: CaseView, action: ActionView, definitions: Definitions) -> None:
        form = definitions.forms[action.definition.form]
        if self.page is None or self.page.form is not form:
            clear(self._form)
            self.page = FormPage(form, definitions.codes, self._seat.desk.today(), self._words)
            self.page.changed.connect(lambda _key: self._propose())
            self.page.finished.connect(lambda step: self.walked_off.emit() if step > 0 else None)
            self._form.addWidget(self.page)
        draft = self._keeper.watch(self.page, f"{view.case}/{action.stage}.{action.key}")
        self.page.load(view.facts, standing=view.standing, draft=draft)
        self._propose()

    def _propose(self) -> None:
        """Offers what the rules propose, and names the bound that limits the last day."""
        if self.page is None or self._view is None:
            return
        seat, case = self._seat, self._view.case
        typed = self.page.answers()
        offered = seat.desk.proposals(seat.operator, case, typed)  # nothing of the case before
        self.page.propose(offered)
        start = typed.get("permit.valid_from") or offered.get("permit.valid_from")
        begin = day_of(start) or seat.desk.today()
        last, bound = seat.desk.permit_bound(seat.operator, case, begin)
        self._words.put(self._bound.setText, say("Until {day} at most: {bound}", day=last, bound=bound))

    def focus_first(self) -> None:
        """To the first question without an answer; the exceptions stay in sight, to be read before it."""
        if self.page is not None:
            self.page.focus_first()
        self._scroll.show_top()

    def recorded(self) -> None:
        if self.page is not None:
            self._keeper.forget(self.page)

    def flush(self) -> None:
        self._keeper.flush()


COMPARED = (
    "person.name",
    "person.document_number",
    "person.document_expiry",
    "person.birth_date",
    "person.sex",
)


def exceptions(
    view: CaseView, action: ActionView, definitions: Definitions, today: date
) -> list[tuple[Text, str]]:
    """What an officer must look at before he decides, most serious first: text and state."""
    labels = {f.key: Text(f.label) for form in definitions.forms.values() for f in form.fields}
    found = [(text, "contested") for text in disputes(view, definitions)]
    found += [(reason, "warning") for reason in action.closed]
    for form in definitions.forms.values():
        if not any(view.facts.get(field.key) is not None for field in form.fields):
            continue
        for problem in problems(form, view.facts, today=today, codes=definitions.codes):
            if problem.severity == "warning":
                told = say("{field}: {reason}", field=labels[problem.key], reason=problem.text)
                found.append((told, "warning"))
    found += [
        (say("{field} was corrected by {name}.", field=labels[key], name=old[-1].by), "warning")
        for key, old in view.changes.items()
        if key in labels
    ]
    return found
