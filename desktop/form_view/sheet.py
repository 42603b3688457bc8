"""Lays rows out in sections and columns; decides places only, never what is asked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QSizePolicy, QSpacerItem

from desktop.form_view import kinds
from desktop.form_view.editors.row import Row
from forms.engine.words import say

_BETWEEN = 6  # More room above a section's title than between its rows, in pixels.
_SUMMED = 3  # Answers that a folded section shows of itself.


class Section(QPushButton):
    """A section's title; pressed, it folds its rows away and shows the first answers instead."""

    folded = Signal()

    def __init__(self, title: str, rows: list[Row]) -> None:
        super().__init__()
        self.rows = rows
        self.is_folded = False
        self._title = title
        self._full = title
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("role", "section")
        self.setAutoDefault(False)
        self.clicked.connect(self._turn)
        self.say_title()

    def fold(self, *, folded: bool) -> None:
        """Fold the rows away, or show them again."""
        self.is_folded = folded
        self.say_title()

    def say_title(self) -> None:
        """Write the title, with the first answers while they can't be seen."""
        told = [row.shown_text for row in self.rows if row.asked and row.shown_text]
        summary = " · ".join([self._title, *told[:_SUMMED]]) if self.is_folded else self._title
        sign = "▸" if self.is_folded else "▾"
        self._full = f"{sign}  {summary}"
        self._elide()
        state = say("field.folded") if self.is_folded else say("field.unfolded")
        self.setAccessibleName(f"{summary}, {state}")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt calls it
        """Show as much of the first answers as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width() - 2 * _BETWEEN, 0)
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))

    def _turn(self) -> None:
        self.fold(folded=not self.is_folded)
        self.folded.emit()


class Sheet(QFrame):
    """The rows of a form in one, two or three columns; hidden rows leave no hole."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._columns = 1
        self.sections: list[Section] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(2, 0, 8, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        for unit in range(kinds.UNITS):
            self._grid.setColumnStretch(unit, 1)

    def add(self, title: str, rows: list[Row]) -> Section:
        """Add a section; call `settle` when all are there."""
        section = Section(title, rows)
        section.setParent(self)  # Shown without a parent it would be a window.
        section.folded.connect(self.settle)
        self.sections.append(section)
        return section

    def asked(self) -> list[Row]:
        """List the rows that can be answered now, in the order that is seen."""
        return [
            row
            for section in self.sections
            if not section.is_folded
            for row in section.rows
            if row.asked
        ]

    def unfold(self, row: Row) -> None:
        """Show the section that a row stands in."""
        for section in self.sections:
            if section.is_folded and row in section.rows:
                section.fold(folded=False)
                self.settle()

    def stand_in(self, columns: int) -> None:
        """Use so many columns from now on."""
        if columns != self._columns:
            self._columns = columns
            self.settle()

    def settle(self) -> None:
        """Put every row that is asked now in its place."""
        for shown in (part for s in self.sections for part in (s, *s.rows)):
            self._grid.removeWidget(shown)  # Taken out by takeAt, it would keep its old height.
        while self._grid.takeAt(0) is not None:
            pass
        for line in range(self._grid.rowCount()):
            self._grid.setRowStretch(line, 0)
        at = 0
        for section in self.sections:
            asked = [row for row in section.rows if row.asked]
            section.setVisible(bool(asked))
            for row in section.rows:
                row.setVisible(row.asked and not section.is_folded)
            if not asked:
                continue
            if at:
                self._grid.addItem(QSpacerItem(0, _BETWEEN), at, 0)
                at += 1
            self._grid.addWidget(section, at, 0, 1, kinds.UNITS)
            at = at + 1 if section.is_folded else self._place(asked, at + 1)
        self._grid.setRowStretch(at, 1)

    def _place(self, rows: list[Row], at: int) -> int:
        unit = 0
        for row in rows:
            taken = kinds.width(row.field, self._columns)
            if unit + taken > kinds.UNITS:
                at, unit = at + 1, 0
            self._grid.addWidget(row, at, unit, 1, taken)
            unit += taken
        return at + 1
