"""Answers as they are read: labels and values in columns that align, nothing to type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSpacerItem

from desktop.form_view.told import value_text
from desktop.look.parts import words
from forms.engine.answers import Value
from forms.engine.areas import Areas
from forms.engine.form import Form
from forms.engine.words import worded

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_ABOVE = 6  # More room above a part than between its lines.
_VALUE = 165  # What a value needs beside its label, in pixels of plain text: a whole NIK.
_LABEL = 190  # What a label is given at most; a longer one takes a second line.
_GAP = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A titled part of what is told; without a title it stands alone."""

    title: str
    told: tuple[tuple[str, str], ...]


def told_of(form: Form, answers: Mapping[str, Value], areas: Areas) -> list[Part]:
    """Put every answer beside its label, section by section; empty ones are left out."""
    parts = []
    for section in form.sections:
        told = tuple(
            (worded(field.label), value_text(field, answers[field.key], areas))
            for field in section.fields
            if answers.get(field.key) is not None
        )
        if told:
            parts.append(Part(worded(section.title), told))
    return parts


class Facts(QFrame):
    """Parts with a title each, their labels and values in as many columns as fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._columns = 1
        self._scale = 1.0
        self._blocks: list[tuple[QLabel | None, list[tuple[QLabel, QLabel]]]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(5)

    def put(self, parts: Sequence[Part], *, scale: float = 1.0) -> None:
        """Show these parts in place of all before."""
        self._scale = scale
        for title, cells in self._blocks:
            for shown in (title, *(cell for pair in cells for cell in pair)):
                if shown is not None:
                    shown.hide()
                    shown.deleteLater()
        self._blocks = [
            (
                self._shown(part.title, "section") if part.title else None,
                [(self._label(said), self._value(value)) for said, value in part.told],
            )
            for part in parts
        ]
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one, two or three columns, or values below their labels, as there is room."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._place()

    def _shown(self, text: str, role: str) -> QLabel:
        made = words(text, role)
        made.setParent(self)
        return made

    def _label(self, text: str) -> QLabel:
        made = self._shown(text, "muted")
        made.ensurePolished()
        room = round(_LABEL * self._scale)
        if made.sizeHint().width() > room:
            made.setWordWrap(True)
            made.setMinimumWidth(room)
        made.setAlignment(Qt.AlignmentFlag.AlignTop)
        return made

    def _value(self, text: str) -> QLabel:
        made = words(text, "fact", wraps=True)
        made.setParent(self)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        made.setAlignment(Qt.AlignmentFlag.AlignTop)
        return made

    def _fitting(self) -> int:
        room = round(_LABEL * self._scale)
        labels = [
            room if label.wordWrap() else label.sizeHint().width()
            for _, cells in self._blocks
            for label, _ in cells
        ]
        pair = max(labels, default=0) + round(_VALUE * self._scale) + 2 * _GAP
        return min(3, self.width() // pair)

    def _place(self) -> None:
        self._columns = self._fitting()
        while self._grid.takeAt(0) is not None:
            pass
        for column in range(2 * 3):
            wide = (column < 2 * self._columns and column % 2) or (not self._columns and not column)
            self._grid.setColumnStretch(column, 1 if wide else 0)
        top = 0
        for title, cells in self._blocks:
            if title is not None:
                self._grid.addItem(QSpacerItem(0, _ABOVE if top else 0), top, 0)
                self._grid.addWidget(title, top + 1, 0, 1, max(2 * self._columns, 1))
                title.show()
                top += 2
            top = self._place_cells(cells, top)

    def _place_cells(self, cells: list[tuple[QLabel, QLabel]], top: int) -> int:
        if not self._columns:
            for at, (label, value) in enumerate(cells):
                self._grid.addWidget(label, top + 2 * at, 0)
                self._grid.addWidget(value, top + 2 * at + 1, 0)
                label.show()
                value.show()
            return top + 2 * len(cells)
        down = -(-len(cells) // self._columns)
        for at, (label, value) in enumerate(cells):
            column, row = divmod(at, max(down, 1))
            self._grid.addWidget(label, top + row, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, top + row, 2 * column + 1)
            label.show()
            value.show()
        return top + down
