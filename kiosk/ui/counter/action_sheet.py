"""What an action asks before it is taken: marks, a reason, a small form, a note, a second person.

Which of these a sheet has, the workflow says: the program knows no action by name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kiosk.actions.act import Operator
from kiosk.actions.staff import CHOOSE_FIRST
from kiosk.model.answers import shown
from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, Mark
from kiosk.model.entries import Json
from kiosk.model.office import CodeList
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.mark_list import Markable, MarkList
from kiosk.ui.counter.passphrase import must_change
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.counter.sign_in import Credentials
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.line import LineInput
from kiosk.ui.fields.toggles import Toggles
from kiosk.ui.forms import FormPage
from kiosk.ui.parts import button, column, label, prose
from kiosk.ui.translations import Translations

MARK, REASON, NOTE = "mark:", "reason:", "note:"  # keys of the draft beside those of the form's fields


class ReasonList(Toggles):
    """The reasons of a code list under one another; a digit chooses."""

    kind = "option"

    def __init__(self, words: Translations, codes: CodeList) -> None:
        super().__init__(theme.COUNTER, columns=1)
        self._codes, self._words = codes, words
        self.setObjectName("reasons")
        self._say()
        words.changed.connect(self._say)

    def _say(self, _language: str = "") -> None:
        options = [
            Option(key, f"{number}   {self._words(Text(code.label))}")
            for number, (key, code) in enumerate(self._codes.items(), start=1)
        ]
        self.set_options(lambda: options)


class ActionSheet(Sheet):
    """Asks for everything one action needs."""

    def __init__(
        self,
        host: QWidget,
        seat: Seat,
        view: CaseView,
        action: ActionView,
        definitions: Definitions,
        *,
        remedy: Text | None = None,
    ) -> None:
        definition = action.definition
        returning = definition.kind == "return"
        super().__init__(
            host,
            seat.words,
            Text(action.label),
            width=960 if returning else 720,
            accept=Text(action.label),
            danger=definition.kind == "refuse",
        )
        self._seat, self.view, self.action = seat, view, action
        self.second: Operator | None = None
        self.marks: MarkList | None = None
        self.reasons: ReasonList | None = None
        self.page: FormPage | None = None
        self.note: LineInput | None = None
        self._draft = seat.desk.draft(seat.operator, self.draft_key)
        if returning:
            self._add_marks(markables(view, definitions, action.stage))
        if definition.reasons:
            self._add_reasons(definitions.codes.get(definition.reasons, {}), remedy)
        if definition.form:
            self._add_form(definitions, definition.form)
        if returning or definition.reasons:
            self._add_note()
        if definition.kind == "undo" or not (returning or definition.reasons or definition.form):
            self.body.addWidget(prose(seat.words, say("This is written into the history for ever.")))
        self._supervisor = button(
            seat.words, say("A supervisor signs in…"), kind="quiet", name="sheet.second"
        )
        self._supervisor.clicked.connect(self._ask_second)
        self.extra.addWidget(self._supervisor)
        self._supervisor.setVisible(definition.second)

    def _add_marks(self, things: Sequence[Markable]) -> None:
        text = say("Mark everything that is missing or wrong: the person gets one complete list.")
        self.body.addWidget(prose(self.words, text, "second"))
        before = [
            Mark(key.removeprefix(MARK), why) for key, why in self._draft.items() if key.startswith(MARK)
        ]
        self.marks = MarkList(self.words, things, before)
        self.marks.setMinimumHeight(max(200, self._host.height() - 368))
        self.body.addWidget(self.marks)
        self._count = label(self.words, "", "strong")
        self._count.setObjectName("marks.count")
        self.body.addWidget(self._count)
        self.marks.changed.connect(self._say_count)
        self.marks.changed.connect(self._keep)
        self._say_count()

    def _say_count(self) -> None:
        assert self.marks is not None
        self.words.put(self._count.setText, say("On the list: {count}", count=len(self.marks.marks())))

    def _add_reasons(self, codes: CodeList, remedy: Text | None) -> None:
        self.reasons = ReasonList(self.words, codes)
        self.reasons.set_raw(self._draft.get(REASON, ""))
        self.body.addWidget(self.reasons)
        self._ground = prose(self.words, "", "second")
        self.body.addWidget(self._ground)

        def show_ground() -> None:
            code = codes.get(self.reason())
            ground = code.more.get("ground") if code is not None else None
            self._ground.setVisible(bool(ground))
            if ground:
                self.words.put(self._ground.setText, say("Legal ground: {ground}", ground=Text(str(ground))))

        show_ground()
        self.reasons.changed.connect(show_ground)
        self.reasons.changed.connect(self._keep)
        if remedy is not None:
            named = say("Remedy named on the paper: {remedy}", remedy=remedy)
            self.body.addWidget(prose(self.words, named, "small"))
            officer = say("Officer named on the paper: {name}", name=self._seat.operator.name)
            self.body.addWidget(prose(self.words, officer, "small"))

    def _add_form(self, definitions: Definitions, key: str) -> None:
        form = definitions.forms[key]
        self.page = FormPage(form, definitions.codes, self._seat.desk.today(), self.words)
        self.page.load(self.view.facts, standing=self.view.standing, draft=self._draft)
        self._propose()
        self.page.changed.connect(lambda _key: self._propose())
        self.page.typed.connect(self._keep)
        self.page.finished.connect(lambda step: self.accept.setFocus() if step > 0 else None)
        self.body.addWidget(self.page)

    @property
    def draft_key(self) -> str:
        return f"{self.view.case}/{self.action.stage}.{self.action.key}"

    def _keep(self) -> None:
        """All that was marked, chosen or typed stays for when this is opened again; why it could not be done
        was said of what stood here before."""
        self.show_error(None)
        kept = self.page.raws() if self.page is not None else {}
        kept |= {MARK + mark.key: mark.why for mark in self.items()}
        kept |= {key: said for key, said in ((REASON, self.reason()), (NOTE, self.said())) if said}
        self._seat.desk.save_draft(self._seat.operator, self.draft_key, kept)

    def forget(self) -> None:
        """It is done: the draft goes."""
        self._seat.desk.drop_draft(self._seat.operator, self.draft_key)

    def _propose(self) -> None:
        assert self.page is not None
        found = self._seat.desk.proposals(self._seat.operator, self.view.case, self.page.answers())
        self.page.propose(found)  # nothing of the case before: this asks for one person's answers

    def _add_note(self) -> None:
        self.note = LineInput(theme.COUNTER, "zh")
        self.note.setObjectName("sheet.note")
        self.note.set_raw(self._draft.get(NOTE, ""))
        self.note.changed.connect(self._keep)
        self.note.moved.connect(lambda step: (self.accept if step > 0 else self).setFocus())
        said = label(self.words, say("Note, printed as it is written"), "label")
        self.body.addLayout(column(said, self.note, spacing=4))

    # Answers ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Opens with the focus where something is asked first."""
        first: QWidget | None = self.marks or self.reasons or None
        self.open_sheet(first if self.page is None else self.accept)
        if self.page is not None:
            self.page.focus_first()

    def reason(self) -> str:
        return self.reasons.raw() if self.reasons is not None else ""

    def said(self) -> str:
        return self.note.raw().strip() if self.note is not None else ""

    def items(self) -> tuple[Mark, ...]:
        return self.marks.marks() if self.marks is not None else ()

    def answers(self) -> dict[str, Json]:
        return self.page.answers() if self.page is not None else {}

    def seen(self) -> dict[str, Collection[str]]:
        return self.page.seen() if self.page is not None else {}

    def is_right(self) -> bool:
        """Whether the small form is complete; shows what is not."""
        return self.page is None or not self.page.show_problems(self.page.problems())

    # A second person --------------------------------------------------------------------------------

    def offer_second(self) -> None:
        """Shows the door for a supervisor, where the action was refused for want of one."""
        self._supervisor.show()

    def _ask_second(self) -> None:
        sheet = SecondSheet(self._host, self._seat, say("A second person signs in"))
        sheet.signed_in.connect(self._signed_in)
        sheet.open_sheet(sheet.credentials.number)

    def _signed_in(self, operator: Operator) -> None:
        self.second = operator
        self.words.put(self._supervisor.say, say("Signed in: {name}", name=operator.name))
        self.accepted.emit()


class SecondSheet(Sheet):
    """A second person's own sign-in, for what one alone may not do."""

    signed_in = Signal(object)  # Operator

    def __init__(self, host: QWidget, seat: Seat, title: Text, why: Text | None = None) -> None:
        super().__init__(host, seat.words, title, width=400)
        self._seat = seat
        if why is not None:
            self.body.addWidget(prose(seat.words, why, "second"))
        self.credentials = Credentials(seat.desk, seat.words, seat.background, say("Sign in"))
        self.credentials.signed_in.connect(self._done)
        self.body.addWidget(self.credentials)
        self.accept.hide()
        self.accepted.connect(self.credentials.submit)

    def _done(self, operator: Operator) -> None:
        if must_change(self._seat.desk, self._seat.exchange, operator):
            self.show_error(CHOOSE_FIRST)
            return
        self.close_sheet()
        self.signed_in.emit(operator)


def markables(view: CaseView, definitions: Definitions, stage: str) -> list[Markable]:
    """The papers that are asked, then the fields of the stage; of all stages when it has none of its own."""
    papers = [
        Markable(f"paper.{paper.stage}.{paper.key}", paper.label, paper=True)
        for paper in view.papers
        if paper.stage == stage or not definitions.track.stage(stage).forms
    ]
    own = definitions.track.stage(stage).forms
    keys = own or [key for each in definitions.track.stages if not each.private for key in each.forms]
    fields = [
        Markable(field.key, field.label)
        for key in keys
        for field in definitions.forms[key].fields
        if shown(field, view.facts) and field.type != "image"
    ]
    return papers + fields
