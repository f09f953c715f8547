"""A field on the screen: label, input and, beside it, what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context, Parsed
from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.line import LineInput
from kiosk.ui.fields.options import options_of
from kiosk.ui.prose import Prose
from kiosk.ui.translations import Translations


class Input(Protocol):
    """What the registry's inputs have in common, besides being QWidgets with four signals."""

    def raw(self) -> str: ...
    def set_raw(self, raw: str, shown: str = "") -> None: ...
    def setReadOnly(self, read_only: bool) -> None: ...


class FieldWidget(QWidget):
    """One question. It parses what is typed when it is left, and says beside the input what is wrong."""

    typed = Signal(str)  # key: something was typed
    committed = Signal(str)  # key: the field was left or a proposal was taken
    moved = Signal(str, int)  # key, +1 or -1: Enter or Shift+Enter
    whole = Signal(str)  # key: a key was typed, and nothing can follow what stands here now
    entered = Signal(str)

    def __init__(
        self,
        definition: FieldDefinition,
        made_input: QWidget,
        context: Context,
        words: Translations,
        density: theme.Density = theme.COUNTER,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.definition, self.context = definition, context
        self._words, self._density = words, density
        self._type = FIELD_TYPES[definition.type]
        self.editable = True
        self.dirty = False  # typed since the recorded value was shown
        self._value: Json = None
        self._proposal: Json = None
        self._masked = self._stay = self._pending = self._fresh = False
        self._read = Parsed()
        self._problem: Text | None = None
        self._severity = "error"
        self._number = 0
        self._mark: Text | None = None
        self._old: Text | None = None
        self._contested: tuple[Json, ...] = ()
        self.setObjectName(definition.key)
        self.input = made_input
        self.input.setObjectName(f"{definition.key}.input")
        self._build()
        self._connect()
        self.retranslate()
        words.changed.connect(self.retranslate)

    def _build(self) -> None:
        self._label = QLabel(self)
        self._label.setProperty("role", "label" if self._density is theme.COUNTER else "touch")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._hint = QLabel(self)
        self._hint.setProperty("role", "label")
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._message = Prose(self)
        self._message.setProperty("role", "message")
        self._message.hide()
        top = QHBoxLayout()
        top.setSpacing(theme.GRID)
        top.addWidget(self._label)
        top.addStretch(1)
        top.addWidget(self._hint)
        layout = QVBoxLayout(self)
        height = self._density.row - self._density.input - 4
        if self._density is theme.COUNTER:
            self._label.setFixedHeight(height)
            self._hint.setFixedHeight(height)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.input)
        layout.addWidget(self._message)
        layout.addStretch(1)
        self._label.setBuddy(self.input)
        self.input.setAccessibleName(self.definition.label)

    def _connect(self) -> None:
        signals: Any = self.input
        signals.changed.connect(self._typed)
        signals.moved.connect(self._move)
        signals.left.connect(self.commit)
        signals.entered.connect(lambda: self.entered.emit(self.definition.key))
        if isinstance(self.input, LineInput):
            self.input.whole.connect(lambda: self.whole.emit(self.definition.key))

    # Values -----------------------------------------------------------------------------------------

    @property
    def value(self) -> Json:
        """The normal form of what stands here; None when nothing does or it is wrong."""
        return self._value

    def raw(self) -> str:
        return self._ask.raw()

    @property
    def _ask(self) -> Input:
        return cast(Input, self.input)

    def load(self, value: Json) -> None:
        """Shows a recorded value."""
        self.dirty = self._pending = self._stay = self._fresh = False
        self._value, self._read = value, Parsed()
        self._show_value()
        self.show_problem(None)

    def put_raw(self, raw: str) -> None:
        """Puts text in as if it were typed: a draft, what a document's MRZ gave."""
        self.dirty, self._pending = True, False
        self._ask.set_raw(raw)
        self._parse()

    def put_value(self, value: Json) -> None:
        """Puts a value in as if it had been typed: what a document's zone gave."""
        self.put_raw(self._type.raw(value))

    @property
    def problem(self) -> Text | None:
        """What is wrong, as it is shown."""
        return self._problem

    @property
    def is_wrong(self) -> bool:
        """Whether what stands here is no answer; while it is typed that is not yet said."""
        return self.parse_problem is not None or (self._problem is not None and self._severity == "error")

    @property
    def parse_problem(self) -> Text | None:
        """What is wrong with the text itself, whatever stands in other fields."""
        return self._read.problem

    @property
    def parse_warning(self) -> Text | None:
        return self._read.warning

    @property
    def overridable(self) -> Json:
        """The value in normal form where only its check digit fails, else None."""
        if self._read.problem is None or not self._read.parts.get("overridable"):
            return None
        return self._read.parts.get("normal")

    @property
    def masked(self) -> bool:
        return self._masked

    def propose(self, value: Json) -> None:
        """Offers an answer that Enter takes; it is no answer until then."""
        self._proposal = value
        self._show_hint()

    def _typed(self) -> None:
        self.dirty, self._pending, self._stay = True, True, False
        self._read = self._parsed()
        self._value = self._read.value
        if self._problem is not None and self._read.problem is None:
            self.show_problem(None)
        self.typed.emit(self.definition.key)

    def _parsed(self) -> Parsed:
        return self._type.parse(self.raw(), self.context)

    def _parse(self) -> None:
        read = self._read = self._parsed()
        self._value = read.value
        if read.problem is None:
            self._show_value()
        self.show_problem(read.problem or read.warning, "error" if read.problem else "warning")

    def commit(self) -> None:
        """Reads what was typed; shows its normal form, or what is wrong with it."""
        if not self._pending:
            return
        self._pending = False
        self._parse()
        self.committed.emit(self.definition.key)

    @property
    def offer(self) -> Json:
        """The proposal that waits to be taken; None where something was typed."""
        return self._proposal if self.editable and not self.raw().strip() else None

    def take_proposal(self) -> bool:
        """Makes the proposal the answer where nothing was typed."""
        if self.offer is None:
            return False
        self.put_raw(self._type.raw(self.offer))
        self.typed.emit(self.definition.key)
        self.committed.emit(self.definition.key)
        return True

    def _move(self, step: int) -> None:
        """Enter: on to the next field, but a problem that is new is looked at once before going on."""
        if step < 0 or not self.take_proposal():
            self.commit()
        if step > 0 and self._problem is not None and self._severity == "error" and not self._stay:
            self._stay = True
            return
        if self.holds_focus():  # nobody asked something else meanwhile
            self.moved.emit(self.definition.key, step)

    def holds_focus(self) -> bool:
        focus = self.window().focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    @property
    def being_typed(self) -> bool:
        """Whether something was typed since the field was last read."""
        return self._pending

    @property
    def in_sight(self) -> bool:
        """Whether the middle of the input stands on the screen."""
        return self.input.visibleRegion().contains(self.input.rect().center())

    # What is shown ----------------------------------------------------------------------------------

    def _show_value(self) -> None:
        if self._value is None:
            if not self.dirty:
                self._ask.set_raw("")
            return
        shown = self._type.mask(self._value) if self._masked else self.shown(self._value)
        self._ask.set_raw(self._type.raw(self._value), shown)

    def shown(self, value: Json) -> str:
        """A value of this field's type, in the language of the screen."""
        return self._type.show(value, self._words.translator, self.context)

    def set_masked(self, masked: bool) -> None:
        """Shows the last four only, while nobody is typing here."""
        self._masked = masked
        self._show_value()

    def set_editable(self, editable: bool) -> None:
        self.editable = editable
        self._ask.setReadOnly(not editable)
        self._show_hint()

    def set_fresh(self, fresh: bool) -> None:
        """Tints what a machine read, until a person has compared it with the document."""
        self._fresh = fresh
        self._say()

    def show_problem(self, problem: Text | None, severity: str = "error") -> None:
        """What is wrong, in the language of the screen, under the input."""
        self._problem, self._severity = problem, severity
        self._say()

    def show_number(self, number: int) -> None:
        """The digit that leads here with Alt, while Alt is held; 0 takes it away."""
        self._number = number
        self._show_hint()

    def show_mark(self, why: Text | None) -> None:
        """What the last return list said of this field."""
        self._mark = why
        self._show_hint()

    def show_contested(self, values: Sequence[Json]) -> None:
        """Two unlike values stand; both are shown, a person settles which is right."""
        self._contested = tuple(values)
        self._say()

    def show_old(self, old: Text | None) -> None:
        """What stood here before it was corrected."""
        self._old = old
        self._say()

    def _say(self) -> None:
        text, state = self._old, ""
        if self._contested:
            values = " / ".join(map(self.shown, self._contested))
            text, state = say("Two values stand: {values}", values=values), "contested"
        if self._problem is not None:
            text, state = self._problem, self._severity
        if text is not None:
            self._words.put(self._message.setText, text)
        self._message.setVisible(text is not None)
        for widget in (self._message, self._label):
            theme.mark(widget, state=state)
        theme.mark(self.input, state=state or ("fresh" if self._fresh else ""))

    def _show_hint(self) -> None:
        text, state = Text(""), ""
        if self._number:
            text, state = Text("Alt+{number}", {"number": self._number}), "accent"
        elif self._mark is not None:
            text, state = self._mark, "warning"
        elif self._proposal is not None and self.editable and not self.raw():
            text = say("Enter takes it")
        elif not self.definition.required and self.editable:
            text = say("optional")
        theme.mark(self._hint, role="tag" if state else "label", state=state)
        self._words.put(self._hint.setText, text)
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        place = getattr(self.input, "setPlaceholderText", None)
        if place is None:
            return
        if self._proposal is not None and self.editable:
            self._words.put(place, self.shown(self._proposal))
        elif self.definition.help:
            self._words.put(place, Text(self.definition.help))
        else:
            self._words.put(place, "")

    def retranslate(self) -> None:
        """Says everything anew; what was typed stays."""
        set_options = getattr(self.input, "set_options", None)
        if (
            getattr(self.input, "script", "en") == "en"
        ):  # it reads what the language of the screen makes of it
            self.input.setFont(theme.font(self._words.language, self._density.text))
        if set_options is not None:
            set_options(self._options)
        self._words.put(self._label.setText, Text(self.definition.label))
        if self._problem is None and not self._has_focus():
            self._show_value()
        self._show_hint()
        self._say()

    def _options(self) -> list[Option]:
        return options_of(self.definition.type, self.context.codes, self._words)

    def _has_focus(self) -> bool:
        return bool(self.input.hasFocus())

    def focus(self) -> None:
        self.input.setFocus(Qt.FocusReason.TabFocusReason)
