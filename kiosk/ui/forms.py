"""A form on the screen: a form definition and facts become widgets in two columns.

A form page knows nothing of its neighbours: it says that something was typed, that Enter walked past its
last field, and what stands in it. Who records, keeps drafts or goes on to the next form is not its business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.model.answers import Problem, problems, shown
from kiosk.model.case import Mark, OldValue, Standing
from kiosk.model.entries import Json
from kiosk.model.fields import Context
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.office import CodeList
from kiosk.model.telling import stands
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.fields.field import FieldWidget
from kiosk.ui.fields.inputs import make_field
from kiosk.ui.fields.picture import PictureInput
from kiosk.ui.form_grid import FieldGrid
from kiosk.ui.parts import button, label
from kiosk.ui.translations import Translations
from kiosk.ui.walk import FormWalk

SEEN = "seen:"  # in the key of a draft: the entries that stood in a field when it was typed in
NEEDED = say("This is needed.")
MARK_WORDS = {
    "missing": say("missing"),
    "unclear": say("unclear"),
    "differs": say("differs"),
    "expired": say("expired"),
}


class FormPage(QWidget):
    """One form. Fields of the main path come first; the others stand under "More"."""

    typed = Signal()
    changed = Signal(str)  # the key of a field that was left with another value
    finished = Signal(int)  # Enter past the last field (+1), Shift+Enter before the first (-1)
    picture_wanted = Signal(str)

    def __init__(
        self,
        form: FormDefinition,
        codes: Mapping[str, CodeList],
        today: date,
        words: Translations,
        density: theme.Density = theme.COUNTER,
        columns: int = 2,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.form, self._codes, self._today, self._words = form, codes, today, words
        self._density = density
        self._facts: dict[str, Json] = {}
        self._standing: dict[str, Standing] = {}
        self._stood: dict[str, Collection[str]] = {}  # what was shown of a field before it was typed in
        self._touched: set[str] = set()
        self._shown: list[FieldWidget] | None = None  # before the first layout
        self._more_open = False
        self.setObjectName(f"form.{form.key}")
        self._seen: dict[str, Json] = {}  # proposals that stood on the screen when Ctrl+Enter was pressed
        self._walk = FormWalk(self, lambda: self._shown or ())
        self._walk.finished.connect(self.finished)
        self.fields = {field.key: self._field(field) for field in form.fields}
        self._headings = [self._heading(section.title) for section in form.sections]
        self._more = button(words, None, kind="quiet", name=f"form.{form.key}.more")
        self._more.setParent(self)
        self._more.clicked.connect(lambda: self.show_more(not self._more_open))
        self._grid = FieldGrid(self, density, columns if density is theme.COUNTER else 1)
        self._place()

    def _field(self, field: FieldDefinition) -> FieldWidget:
        context = Context(self._today, self._codes.get(field.codes, {}), field.options)
        widget = make_field(field, context, self._words, self._density)
        widget.setParent(self)
        widget.typed.connect(self._typed)
        widget.committed.connect(self._committed)
        self._walk.watch(widget)
        if isinstance(widget.input, PictureInput):
            widget.input.wanted.connect(lambda key=field.key: self.picture_wanted.emit(key))
        return widget

    def _heading(self, title: str) -> QLabel:
        made = label(self._words, Text(title), "strong")
        made.setParent(self)
        made.setFixedHeight(28)
        made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return made

    # What stands in the form ------------------------------------------------------------------------

    def load(
        self,
        facts: Mapping[str, Json],
        *,
        standing: Mapping[str, Standing] | None = None,
        draft: Mapping[str, str] | None = None,
        may_edit: Callable[[FieldDefinition], bool] = lambda field: True,
    ) -> None:
        """Shows recorded facts (of the whole case: conditions may ask for any), then the draft over them.

        A field in which the draft is being typed at this moment is left alone. `standing` says by which
        entries the facts stand. The draft tells what stood when it was typed; one that does not has seen
        nothing.
        """
        draft = draft or {}
        self._facts, self._touched, self._seen = dict(facts), set(), {}
        self._standing = dict(standing or {})
        self._stood = {key: one.entries for key, one in self._standing.items()}
        self._walk.begin()
        for key, widget in self.fields.items():
            widget.set_editable(may_edit(widget.definition))
            if self._is_typed_in(widget, draft):
                continue
            widget.set_masked(not widget.editable and widget.definition.privacy in ("P2", "P3"))
            widget.load(facts.get(key))
        for key, raw in draft.items():
            if key in self.fields and self.fields[key].editable:
                self._stood[key] = draft.get(SEEN + key, "").split()
                if not self.fields[key].being_typed:
                    self.fields[key].put_raw(raw)
                    self._touched.add(key)
        self._place()
        self._check()

    def _is_typed_in(self, widget: FieldWidget, draft: Mapping[str, str]) -> bool:
        typed = widget.being_typed and widget.editable and widget.holds_focus()
        return typed and widget.raw() == draft.get(widget.definition.key)

    def fill(self, answers: Mapping[str, Json]) -> None:
        """Puts in what a machine read, tinted until `confirm_fresh`."""
        for key, value in answers.items():
            widget = self.fields.get(key)
            if widget is not None and widget.editable:
                widget.put_value(value)
                widget.set_fresh(True)
                self._touched.add(key)
        self._place()
        self._check()
        self.typed.emit()

    def confirm_fresh(self) -> None:
        """A person has compared what was read with the document."""
        for widget in self.fields.values():
            widget.set_fresh(False)

    def propose(self, proposals: Mapping[str, Json]) -> None:
        for key, widget in self.fields.items():
            widget.propose(proposals.get(key))

    def offers(self) -> dict[str, Json]:
        """What is proposed and waits to be taken."""
        found = {widget.definition.key: widget.offer for widget in self._shown or ()}
        return {key: value for key, value in found.items() if value is not None}

    def take_proposals(self) -> bool:
        """Ctrl+Enter takes what is proposed, once nothing else is missing and all of it was on the screen.

        False when something has to be looked at first; it has the focus then.
        """
        offers = self.offers()
        if any(problem.key not in offers and not problem.overridable for problem in self.problems()):
            return True  # nothing is taken: what is missing comes first
        self._seen |= {key: value for key, value in offers.items() if self.fields[key].in_sight}
        for key, value in offers.items():
            if self._seen.get(key) != value:
                self.focus_field(key)
                return False
        focus = self.window().focusWidget()
        for key in offers:
            self.fields[key].take_proposal()
        return self.window().focusWidget() is focus  # else an answer led to a question

    def facts(self) -> dict[str, Json]:
        """The recorded facts with what stands in the form laid over them."""
        mine = {key: widget.value for key, widget in self.fields.items() if widget.dirty}
        return {key: value for key, value in {**self._facts, **mine}.items() if value is not None}

    def answers(self) -> dict[str, Json]:
        """What was typed here, differs from what is recorded, and is asked; None takes an answer away."""
        known = self.facts()
        return {
            key: widget.value
            for key, widget in self.fields.items()
            if widget.dirty
            and widget.value != self._facts.get(key)
            and not widget.is_wrong
            and shown(widget.definition, known)
        } | {key: value for key, value in self.overridable().items() if self.fields[key].dirty}

    def overridable(self) -> dict[str, Json]:
        """Values whose check digit fails, in normal form: a supervisor may let them pass."""
        found = {key: widget.overridable for key, widget in self.fields.items()}
        return {key: value for key, value in found.items() if value is not None}

    def seen(self) -> dict[str, Collection[str]]:
        """By which entries each field stood before it was typed in."""
        return {key: self._stood.get(key, ()) for key, widget in self.fields.items() if widget.dirty}

    def raws(self, *, wrong: bool = False) -> dict[str, str]:
        """The draft: what was typed and is not recorded, as it stands (or only what is wrong), and what had
        been seen before."""
        typed = {
            key: widget.raw()
            for key, widget in self.fields.items()
            if widget.dirty and (widget.is_wrong or not wrong)
        }
        return typed | {SEEN + key: " ".join(self._stood[key]) for key in typed if self._stood.get(key)}

    @property
    def is_dirty(self) -> bool:
        return any(widget.dirty for widget in self.fields.values())

    # Problems, marks, old and contested values --------------------------------------------------------

    def commit(self) -> None:
        """Reads what is being typed at this moment."""
        for widget in self.fields.values():
            widget.commit()

    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong or missing, in the order of the form; what waits to be taken only at last."""
        self.commit()
        found = {p.key: p for p in self._form_problems() if p.severity == "error"}
        for key, widget in self.fields.items():
            if widget.problem is not None and widget.is_wrong and shown(widget.definition, self.facts()):
                found[key] = Problem(key, widget.problem, overridable=widget.overridable is not None)
        wrong = [key for key in self.fields if key in found]
        offers = self.offers()
        return tuple(found[key] for key in [key for key in wrong if key not in offers] or wrong)

    def _form_problems(self) -> Sequence[Problem]:
        return problems(self.form, self.facts(), today=self._today, codes=self._codes)

    def show_problems(self, found: Sequence[Problem]) -> bool:
        """Shows problems beside their fields and goes to the first; False when none is of this form."""
        mine = [problem for problem in found if problem.key in self.fields]
        for problem in mine:
            self.fields[problem.key].show_problem(problem.text, problem.severity)
        if mine:
            self._touched.update(problem.key for problem in mine)
            self.focus_field(mine[0].key)
        return bool(mine)

    def _check(self) -> None:
        """Compares fields with one another; says of touched ones what is wrong."""
        found: dict[str, Problem] = {}
        for problem in self._form_problems():
            if problem.text.template != NEEDED.template:  # said when the person goes on, not before
                found.setdefault(problem.key, problem)
        for key in self._touched:
            widget = self.fields[key]
            if widget.parse_problem is not None:
                continue
            if key in found:
                widget.show_problem(found[key].text, found[key].severity)
            else:
                widget.show_problem(widget.parse_warning, "warning")

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """What the last return asked for."""
        why = {mark.key: mark.why for mark in marks}
        for key, widget in self.fields.items():
            widget.show_mark(MARK_WORDS.get(why[key], Text(why[key])) if key in why else None)

    def show_changes(
        self, changes: Mapping[str, Sequence[OldValue]], contested: Mapping[str, Sequence[Json]]
    ) -> None:
        """Old values stay to be seen; unlike ones stand side by side until a person settles them.

        Where something is typed, what stands is told instead.
        """
        for key, widget in self.fields.items():
            widget.show_contested(contested.get(key, ()))
            old = changes.get(key)
            if widget.dirty and key in self._standing:
                widget.show_old(stands(self._standing[key], widget.shown))
                continue
            if not old:
                widget.show_old(None)
                continue
            last = old[-1]
            value = "••••" if widget.masked else widget.shown(last.value)
            widget.show_old(say("Before: {value} ({name}, {day})", value=value, name=last.by, day=last.until))

    def show_standing(self, standing: Mapping[str, Standing]) -> None:
        """What came meanwhile stands beside what is typed: now it was seen."""
        for key in standing.keys() & self.fields.keys():
            self._standing[key], self._stood[key] = standing[key], standing[key].entries
            self.fields[key].show_old(stands(standing[key], self.fields[key].shown))
        self.typed.emit()

    # Where the fields stand ---------------------------------------------------------------------------

    def _place(self) -> None:
        """Lays out what is asked now; anew only where that changed."""
        known = self.facts()
        asked = [widget for widget in self.fields.values() if shown(widget.definition, known)]
        main = [widget for widget in asked if widget.definition.main]
        aside = [widget for widget in asked if not widget.definition.main]
        self._say_more(len(aside))
        visible = main + (aside if self._more_open else [])
        if visible == self._shown:
            return
        self._shown = visible
        for widget in self.fields.values():
            widget.setVisible(widget in visible)
        sections = [
            (heading, [widget for widget in main if widget.definition in section.fields])
            for heading, section in zip(self._headings, self.form.sections, strict=True)
        ]
        self._grid.arrange(sections, self._more, aside if self._more_open else [])

    def _say_more(self, count: int) -> None:
        self._more.setVisible(count > 0)
        self._more.setIcon(icons.icon("up" if self._more_open else "down"))
        text = say("Less") if self._more_open else say("More ({count})", count=count)
        self._words.put(self._more.say, text)

    def show_more(self, more: bool) -> None:
        """Shows or hides the fields that are off the main path."""
        self._more_open = more
        self._place()

    # Keys -------------------------------------------------------------------------------------------

    def _typed(self, _key: str) -> None:
        self.typed.emit()

    def _committed(self, key: str) -> None:
        self._touched.add(key)
        self._place()
        self._check()
        self.changed.emit(key)

    def show_numbers(self, on: bool) -> None:
        """Alt and a digit lead to the first nine fields; while Alt is held each says its digit."""
        for place, widget in enumerate((self._shown or [])[:9], start=1):
            widget.show_number(place if on else 0)

    def focus_number(self, number: int) -> None:
        for widget in (self._shown or [])[number - 1 : number]:
            widget.focus()

    def focus_field(self, key: str) -> None:
        """Goes to a field, opening "More" where it stands there."""
        widget = self.fields[key]
        if not widget.definition.main and not self._more_open:
            self.show_more(True)
        widget.focus()

    def focus_first(self) -> bool:
        """Goes to the first field that has to be answered, else the first; False when none can be typed."""
        known = self.facts()
        walk = self._walk.fields()
        open_ = [w for w in walk if w.definition.required and known.get(w.definition.key) is None]
        for widget in (*open_, *walk)[:1]:
            widget.focus()
        return bool(walk)
