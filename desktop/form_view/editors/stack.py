"""The rows of a list above each other: one open in its cells, the others as a line each."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.look.parts import column, words

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

# What a closed row says and what is wrong with it; None is the place of the open one.
Told: TypeAlias = tuple[str, str] | None


class Stack:
    """Shows the rows in their order; `go` is called with the place of a line that is clicked."""

    def __init__(
        self, around: QWidget, opened: QWidget, below: QWidget, go: Callable[[int], None]
    ) -> None:
        self._around = around
        self._open = opened
        self._below = below
        self._go = go
        self._lines: list[QWidget] = []
        self._shown: list[Told] = []
        self._column = column(2)
        around.setLayout(self._column)

    def show(self, rows: Sequence[Told]) -> bool:
        """Show the rows; False if they stand there already."""
        if list(rows) == self._shown:
            return False
        self._shown = list(rows)
        for old in (*self._lines, self._open, self._below):
            self._column.removeWidget(old)
        for old in self._lines:
            old.hide()
            old.deleteLater()
        self._lines = []
        for at, told in enumerate(rows):
            if told is None:
                self._column.addWidget(self._open)
            else:
                self._add(at, *told)
        self._column.addWidget(self._below)
        return True

    def _add(self, at: int, told: str, wrong: str) -> None:
        shown = _Line(f"{at + 1}   {told}", self._around)
        shown.clicked.connect(partial(self._clicked, at))
        below = words(wrong, "problem", wraps=True)
        below.setParent(self._around)
        self._lines += [shown, below]
        self._column.addWidget(shown)
        self._column.addWidget(below)
        shown.show()
        below.setVisible(bool(wrong))

    def _clicked(self, at: int, _checked: object = None) -> None:
        self._go(at)


class _Line(QPushButton):
    """A row that is not open, in one line; Ctrl+Up and Ctrl+Down reach it, or a click."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._full = text
        self.setProperty("role", "row")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        room = self.width() - 16
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
