"""Where the fields of a form stand: rows of one or two, under the headings of their sections."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.ui import theme
from kiosk.ui.fields.field import FieldWidget

WIDE = ("address", "long_text", "choices")  # field types that take the whole width


class FieldGrid(QGridLayout):
    def __init__(self, parent: QWidget, density: theme.Density, columns: int) -> None:
        super().__init__(parent)
        self._columns = columns
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(density.gap)
        self.setVerticalSpacing(0)
        for column in range(columns):
            self.setColumnStretch(column, 1)

    def arrange(
        self,
        sections: Sequence[tuple[QWidget, Sequence[FieldWidget]]],
        more: QWidget,
        aside: Sequence[FieldWidget],
    ) -> None:
        """Each heading over its fields, where it has any; then the button for more, and what it opened."""
        while self.count():
            self.takeAt(0)
        row = 0
        for heading, widgets in sections:
            heading.setVisible(bool(widgets))
            if widgets:
                self.addWidget(heading, row, 0, 1, self._columns)
                row = self._rows(widgets, row + 1)
        self.addWidget(more, row, 0, 1, self._columns, Qt.AlignmentFlag.AlignLeft)
        row = self._rows(aside, row + 1)
        for earlier in range(self.rowCount()):
            self.setRowStretch(earlier, int(earlier == row))

    def _rows(self, widgets: Sequence[FieldWidget], row: int) -> int:
        """Puts widgets side by side from `row` on; returns the row after them."""
        column = 0
        for widget in widgets:
            wide = widget.definition.type in WIDE
            if wide and column:
                row, column = row + 1, 0
            self.addWidget(widget, row, column, 1, self._columns if wide else 1)
            column = 0 if wide else (column + 1) % self._columns
            row += column == 0
        return row + (column > 0)
