"""The left side of a case: the forms of the chosen stage, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.model.ask import Definitions
from kiosk.model.case import CaseView, StageView
from kiosk.model.entries import Json
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.roles import is_only_doctor
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.drafts import DraftKeeper
from kiosk.ui.counter.employer_picker import EmployerPicker
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.strip import Strip
from kiosk.ui.forms import FormPage
from kiosk.ui.parts import Button, clear, column, prose, row, scrolled

DECIDED = ("approved", "active", "void", "cancelled")


class StagePanel(QWidget):
    """Form pages are made once for each form and filled anew for each case: a case opens at once."""

    walked_off = Signal()  # Enter past the last field of the stage
    changed = Signal(str)  # a field was left with another value
    turned = Signal()  # another form of the stage stands on the screen
    picture_wanted = Signal(str)
    employer_picked = Signal(str)  # a guarantor known from before

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._words = seat, seat.words
        self._pages: dict[tuple[int, date], FormPage] = {}
        self.pages: list[FormPage] = []  # of the chosen stage
        self.page: FormPage | None = None
        self._keeper = DraftKeeper(seat, self)
        self._view: CaseView | None = None
        self.strip = Strip(self._words)
        self._tabs = QHBoxLayout()
        self._tabs.setSpacing(theme.GRID)
        self._tabbed: list[FormPage] = []
        self._tab_buttons: list[Button] = []
        self._empty = prose(self._words, "", "second")
        self._inside = QWidget()
        self._stack = QVBoxLayout(self._inside)
        self._stack.setContentsMargins(0, 0, 8, 0)
        self.employer = EmployerPicker(seat)
        self.employer.picked.connect(self.employer_picked)
        self._stack.addWidget(self.employer)
        self._stack.addWidget(self._empty)
        self._stack.addStretch(1)
        self._scroll = scrolled(self._inside)
        tabs = row(self._tabs, None)
        self.setLayout(column(self.strip, tabs, self._scroll, margins=(16, 0, 8, 8), spacing=4))

    # What is shown ----------------------------------------------------------------------------------

    def show_stage(self, view: CaseView, stage: StageView, definitions: Definitions) -> None:
        """The forms of a stage; for a stage without any, what was said in the earlier ones, to be read."""
        again = self._view is not None and self._view.case == view.case
        self._view = view
        own = [definitions.forms[key] for key in stage.forms if self._may_see(view, stage, key, definitions)]
        forms = own or self._earlier(view, stage, definitions)
        keep = self.page.form.key if again and self.page is not None else ""
        if not again:  # another case begins in front
            self.page = None
        self.pages = [self._page(form, definitions) for form in forms]
        for page in self._pages.values():
            if page not in self.pages:  # hiding a page takes the focus from it
                page.hide()
        for page in self.pages:
            self._load(page, view, own=bool(own))
        self.employer.setVisible(bool(own) and self._asks_for_employer(view))
        self._make_tabs()
        place = next((i for i, page in enumerate(self.pages) if page.form.key == keep), 0)
        self.choose(place)
        self._empty.setVisible(not self.pages)
        if not self.pages:
            self._words.put(
                self._empty.setText, say("What is done here is seen by its own department alone.")
            )

    def _asks_for_employer(self, view: CaseView) -> bool:
        """While the form asks for an employer and none is tied to the case."""
        asked = any(field.subject == "guarantor" for page in self.pages for field in page.form.fields)
        return asked and view.status == "open" and view.facts.get("guarantor.name") is None

    def _may_see(self, _view: CaseView, stage: StageView, key: str, definitions: Definitions) -> bool:
        roles = self._seat.operator.roles
        subjects = {field.subject for field in definitions.forms[key].fields}
        if "health" in subjects and stage.department == "health_post":
            return "doctor" in roles
        return not (subjects & {"guarantor", "guarantee"} and is_only_doctor(roles))

    def _earlier(self, view: CaseView, stage: StageView, definitions: Definitions) -> list[FormDefinition]:
        if stage.forms:
            return []
        return [
            definitions.forms[key]
            for earlier in view.stages
            if earlier.key != stage.key
            for key in earlier.forms
            if self._may_see(view, earlier, key, definitions)
            and "health" not in {field.subject for field in definitions.forms[key].fields}
        ]

    def _page(self, form: FormDefinition, definitions: Definitions) -> FormPage:
        today = self._seat.desk.today()
        page = self._pages.get((id(form), today))
        if page is None:
            page = FormPage(form, definitions.codes, today, self._words)
            page.finished.connect(self._walked)
            page.changed.connect(self.changed)
            page.picture_wanted.connect(self.picture_wanted)
            self._pages[id(form), today] = page
            self._stack.insertWidget(self._stack.count() - 1, page)
        return page

    def prepare(self, definitions: Definitions) -> None:
        """Makes the pages of all forms of a track, one at a time between the events of the window."""
        wanted = [form for form in definitions.forms.values() if self._is_missing(form)]
        if wanted:
            self._page(wanted[0], definitions).hide()
            QTimer.singleShot(0, self, lambda: self.prepare(definitions))

    def _is_missing(self, form: FormDefinition) -> bool:
        return (id(form), self._seat.desk.today()) not in self._pages

    def _load(self, page: FormPage, view: CaseView, *, own: bool) -> None:
        may_edit = self._may_edit(view) if own else (lambda _field: False)
        key = f"{view.case}/{page.form.key}"
        draft = self._keeper.watch(page, key) if own else {}
        page.load(view.facts, standing=view.standing, draft=draft, may_edit=may_edit)
        page.show_marks(view.items)
        page.show_changes(view.changes, view.contested)

    def _may_edit(self, view: CaseView) -> Callable[[FieldDefinition], bool]:
        roles = set(self._seat.operator.roles)
        decided = view.facts.get("permit.status") in DECIDED
        closed = view.read_only or view.status != "open"

        def may(field: FieldDefinition) -> bool:
            if "supervisor" in roles:
                return not view.read_only
            if closed or decided:
                return False
            if field.by in roles:
                return True
            return view.facts.get(field.key) is None and field.subject not in ("health", "guarantor")

        return may

    # Tabs -------------------------------------------------------------------------------------------

    def _make_tabs(self) -> None:
        """The same ones stay over the same forms: they keep their place and the focus."""
        pages = self.pages if len(self.pages) > 1 else []
        if pages == self._tabbed:
            return
        clear(self._tabs)
        self._tabbed, self._tab_buttons = pages, []
        for place, page in enumerate(pages):
            one = Button()
            self._words.put(one.say, Text(page.form.title))
            one.setProperty("kind", "quiet")
            one.setCheckable(True)
            one.setObjectName(f"tab.{page.form.key}")
            one.setToolTip("Ctrl+PgDn")
            one.clicked.connect(lambda _checked=False, place=place: self._turn_to(place))
            self._tabs.addWidget(one)
            self._tab_buttons.append(one)

    def choose(self, place: int) -> None:
        """Shows one form of the stage."""
        if not self.pages:
            self.page = None
            return
        before, self.page = self.page, self.pages[place % len(self.pages)]
        for page in self.pages:
            page.setVisible(page is self.page)
        for number, one in enumerate(self._tab_buttons):
            one.setChecked(number == place % len(self.pages))
        if self.page is not before:
            self._scroll.show_top()

    def turn(self, step: int) -> None:
        """The next form of the stage, or the one before."""
        if self.page is not None:
            self._turn_to(self.pages.index(self.page) + step)
            self.page.focus_first()

    def _turn_to(self, place: int) -> None:
        self.choose(place)
        self.turned.emit()

    def _walked(self, step: int) -> None:
        if step > 0:
            self.walked_off.emit()

    # Answers ----------------------------------------------------------------------------------------

    def answers(self) -> dict[str, Json]:
        """Everything typed on this stage that is right and not yet recorded; of the rest it says why not."""
        for page in self.pages:
            page.commit()
        return self.answers_so_far()

    def answers_so_far(self) -> dict[str, Json]:
        """The same while it is being typed."""
        found: dict[str, Json] = {}
        for page in self.pages:
            found |= page.answers()
        return found

    def seen(self) -> dict[str, Collection[str]]:
        """By which entries each field of the stage stood before it was typed in."""
        return {key: entries for page in self.pages for key, entries in page.seen().items()}

    def offers(self) -> dict[str, Json]:
        """What is proposed on the form that stands on the screen."""
        return self.page.offers() if self.page is not None else {}

    def form(self, key: str) -> FormPage | None:
        return next((page for page in self.pages if page.form.key == key), None)

    def propose(self, proposals: Mapping[str, Json]) -> None:
        for page in self.pages:
            page.propose({**proposals, **self._seat.last_answers(page.form)})

    def recorded(self) -> None:
        """What was typed is in the journal: the drafts go."""
        for page in self.pages:
            self._seat.keep_last(page.form, page.facts())
            self._keeper.forget(page)

    def flush(self) -> None:
        """Writes what was typed a moment ago into the drafts."""
        self._keeper.flush()

    def show_problems(self, found: Sequence[object]) -> bool:
        """Goes to the first problem, on whichever form it stands."""
        for page in self.pages:
            mine = [problem for problem in found if getattr(problem, "key", "") in page.fields]
            if mine:
                self.choose(self.pages.index(page))
                return page.show_problems(mine)  # type: ignore[arg-type]
        return False

    def focus_field(self, key: str) -> None:
        """Goes to a field, on whichever form of the stage it stands."""
        page = next((page for page in self.pages if key in page.fields), None)
        if page is not None:
            self._turn_to(self.pages.index(page))
            page.focus_field(key)

    def focus_first(self) -> bool:
        """Goes to the first question without an answer; False when nothing can be typed here."""
        return self.page is not None and self.page.focus_first()
