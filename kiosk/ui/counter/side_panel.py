"""The right side of a case: the next step and why it is closed, the papers, the history, the actions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from kiosk.model.case import ActionView, CaseView, StageView
from kiosk.model.office import Office
from kiosk.model.text import Text, say
from kiosk.model.workflow import TrackDefinition
from kiosk.ui import icons, theme
from kiosk.ui.counter.history_view import HistoryView
from kiosk.ui.counter.papers import PaperList
from kiosk.ui.parts import Button, clear, column, label, prose, row, scrolled
from kiosk.ui.prose import broken, natural_width
from kiosk.ui.translations import Translations

WIDTH, MARGIN = 336, 16
PADDING = 25  # px of a main button, at either side of its text
LETTERS = {"return": "R", "refuse": "F", "undo": "T"}  # with Alt, by the kind of action, at every stage


def letters(track: TrackDefinition, stage: str) -> dict[tuple[str, str], str]:
    """The letter of each action of a stage and of the whole case, whichever of them may be taken now."""
    actions = [("", action) for action in track.case_actions]
    actions += [(stage, action) for action in track.stage(stage).actions]
    found: dict[tuple[str, str], str] = {}
    for where, action in actions:
        taken = {*found.values(), *LETTERS.values()}
        free = (letter for letter in action.label.upper() if letter.isalpha() and letter not in taken)
        found[(where, action.key)] = LETTERS.get(action.kind) or next(free, "")
    return found


class ActionButton(Button):
    """An action; a closed one can have the focus too, and F1 says why it is closed."""

    why = Signal(object)  # ActionView

    def __init__(self, action: ActionView, letter: str) -> None:
        super().__init__(letter)
        self.action = action
        self.setObjectName(f"action.{action.key}")

    def say(self, text: str) -> None:
        """In two lines where one has no room: what is about to be done is never cut off."""
        super().say(text)
        self.ensurePolished()
        room = WIDTH - 2 * MARGIN - 2 * PADDING
        if natural_width(self.text().replace("&", ""), self.font()) > room:
            self.setText("\n".join(broken(self.text(), self.font(), room)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F1:
            self.why.emit(self.action)
        else:
            super().keyPressEvent(event)


class SidePanel(QFrame):
    """What may be done now stands at the bottom, the main action last and largest."""

    wanted = Signal(object)  # ActionView
    explained = Signal(object)  # ActionView

    def __init__(self, words: Translations, office: Office) -> None:
        super().__init__()
        self._words, self._office = words, office
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._step = prose(words, "", "lead")
        self._holder = prose(words, "", "second")
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(4)
        self.papers = PaperList(words)
        self.history = HistoryView(words)
        self._others = QGridLayout()
        self._others.setSpacing(theme.GRID)
        self._main = QVBoxLayout()
        self._seen = False
        self._letters: dict[tuple[str, str], str] = {}
        self.main: ActionButton | None = None
        self.buttons: list[ActionButton] = []
        inside = QWidget()
        inside.setLayout(
            column(
                self._step, self._holder, self._reasons, 8, self.papers, 8,
                label(words, say("History"), "strong"), self.history, None,
                margins=(MARGIN, MARGIN, MARGIN, MARGIN), spacing=8,
            )
        )  # fmt: skip
        self._scroll: QScrollArea = scrolled(inside, theme.SURFACE)
        foot = column(self._others, self._main, margins=(MARGIN, 8, MARGIN, MARGIN))
        self.setLayout(column(self._scroll, foot, spacing=0))

    def show_stage(
        self,
        view: CaseView,
        stage: StageView,
        main: ActionView | None,
        *,
        seen: bool = False,
        settles: bool = False,
    ) -> None:
        """The chosen stage's actions; `main` is the one that Ctrl+Enter takes.

        With `seen` it also says that the originals were seen. Who `settles` has something to do here, though
        there is no action for him.
        """
        self._seen = seen
        self._letters = letters(view.track, stage.key)
        self._show_step(view, stage, main, settles)
        mine = [action for action in view.actions if action.stage == stage.key and action is not main]
        others = [action for action in mine if stage.state in action.definition.from_]
        others += [action for action in view.actions if not action.stage and view.status == "open"]
        self._show_actions(main, [action for action in others if action.definition.roles != ("applicant",)])
        self.history.show_lines(view.history)

    def _show_step(self, view: CaseView, stage: StageView, main: ActionView | None, settles: bool) -> None:
        words = self._words
        clear(self._reasons)
        step = self._said(main, main=False) if main is not None else Text(stage.state_label)
        words.put(self._step.setText, step)
        role = self._office.roles.get(stage.holder)
        holder = say("Now with: {role}", role=Text(role)) if role else None
        self._holder.setVisible(holder is not None)
        if holder is not None:
            words.put(self._holder.setText, holder)
        if stage.shaken:
            self._reason(
                say("What this rests on has changed elsewhere. A supervisor settles it."), "contested"
            )
        elif stage.contested:
            self._reason(
                say("Desks that were apart wrote unlike values. A supervisor settles it."), "contested"
            )
        for reason in main.closed if main is not None else ():
            self._reason(reason, "warning")
        if main is None and not settles and view.status == "open":
            self._reason(say("Nothing to do here for you."), "")

    def _reason(self, text: Text, state: str) -> None:
        line = QWidget()
        sign = label(self._words)
        colour = {"warning": theme.RETURNED, "contested": theme.CONTESTED}.get(state, theme.SECOND)
        sign.setPixmap(icons.pixmap("warning" if state else "info", colour, 18, self.devicePixelRatioF()))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        said = prose(self._words, text)
        said.setProperty("state", state)
        made = row(sign, said)
        made.setStretch(1, 1)
        line.setLayout(made)
        self._reasons.addWidget(line)
        line.show()  # at once: what is under it finds its place by it

    def _show_actions(self, main: ActionView | None, others: Sequence[ActionView]) -> None:
        """The same buttons stay while the same actions may be taken: they keep the focus."""
        wanted = [*others, *([main] if main is not None else ())]
        shown = [one.action for one in self.buttons]
        same = [(a.stage, a.key) for a in wanted] == [(a.stage, a.key) for a in shown]
        if not same or (main is None) != (self.main is None):
            self._make_buttons(main, others)
        for one, action in zip(self.buttons, wanted, strict=True):
            self._say_action(one, action)

    def _make_buttons(self, main: ActionView | None, others: Sequence[ActionView]) -> None:
        clear(self._others)
        clear(self._main)
        self.buttons, self.main = [], None
        for action in others:
            self._button(action, "danger" if action.definition.kind == "refuse" else "")
        self._lay_out_others()
        if main is not None:
            self.main = self._button(main, "primary")
            self.main.setProperty("measure", "main")
            self._main.addWidget(self.main)
        for one in self.buttons:
            one.show()  # at once: what is not yet shown cannot have the focus

    def _say_action(self, one: ActionButton, action: ActionView) -> None:
        """What the button says now, and whether it is closed."""
        one.action = action
        self._words.put(one.say, self._said(action, main=one is self.main))
        one.setIcon(icons.icon("lock") if action.closed else QIcon())
        tip = say("Closed. F1 says why.") if action.closed else Text("Ctrl+Enter" if one is self.main else "")
        self._words.put(one.setToolTip, tip)
        theme.mark(one, closed=bool(action.closed))

    def _said(self, action: ActionView, *, main: bool) -> Text:
        if action.definition.roles == ("applicant",):
            return say("Ask the person on their own screen")
        if main and self._seen and not action.closed:
            return say("Originals seen: {action}", action=Text(action.label))
        return Text(action.label)

    def _lay_out_others(self) -> None:
        """Two in a row where both words fit, else one."""
        half = (WIDTH - 5 * theme.GRID) // 2
        narrow = [one.sizeHint().width() <= half for one in self.buttons]
        place = line = 0
        while place < len(self.buttons):
            pair = all(narrow[place : place + 2]) and place + 1 < len(self.buttons)
            self._others.addWidget(self.buttons[place], line, 0, 1, 1 if pair else 2)
            if pair:
                self._others.addWidget(self.buttons[place + 1], line, 1)
            place, line = place + 1 + pair, line + 1

    def _button(self, action: ActionView, kind: str) -> ActionButton:
        one = ActionButton(action, self._letters[(action.stage, action.key)])
        one.setProperty("kind", kind)
        self._words.put(one.say, Text(action.label))
        one.clicked.connect(lambda: self.wanted.emit(one.action))
        one.why.connect(self.explained)
        self.buttons.append(one)
        return one
