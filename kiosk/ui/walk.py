"""How the focus walks through a form: Enter, Shift+Enter, and fields that go on by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from kiosk.ui.fields.field import FieldWidget


class FormWalk(QObject):
    """Walks over the fields that are asked now.

    A field whose answer is whole goes on by itself. A hand that is used to Enter gives it all the same:
    that Enter neither skips an empty question nor leaves the form, where it would press a button.
    """

    finished = Signal(int)  # past the last field (+1), before the first (-1)

    def __init__(self, parent: QObject, asked: Callable[[], Sequence[FieldWidget]]) -> None:
        super().__init__(parent)
        self._asked = asked
        self._spare = False  # an Enter may come that was meant for a field that went on by itself

    def watch(self, field: FieldWidget) -> None:
        field.moved.connect(lambda _key, step: self._moved(field, step))
        field.whole.connect(lambda _key: self._whole(field))
        field.typed.connect(lambda _key: self._typed(field))

    def begin(self) -> None:
        """Another case stands in the form."""
        self._spare = False

    def fields(self) -> list[FieldWidget]:
        return [field for field in self._asked() if field.editable]

    def _next(self, field: FieldWidget, step: int) -> FieldWidget | None:
        fields = self.fields()
        place = (fields.index(field) if field in fields else -1) + step
        return fields[place] if 0 <= place < len(fields) else None

    def _typed(self, field: FieldWidget) -> None:
        if field.being_typed:  # else a proposal was taken: by an Enter, which may be the one too many
            self._spare = False

    def _moved(self, field: FieldWidget, step: int) -> None:
        following = self._next(field, step)
        if self._spare and step > 0 and (following is None or not field.raw().strip()):
            self._spare = False
        elif following is not None:
            following.focus()
        else:
            self.finished.emit(step)

    def _whole(self, field: FieldWidget) -> None:
        """On to the next field, unless something is wrong, or somebody asks something else meanwhile."""
        if self._next(field, 1) is None:
            return
        field.commit()
        following = self._next(field, 1)  # the answer may have opened other questions
        if following is not None and field.problem is None and field.holds_focus():
            following.focus()
            self._spare = True
