"""What every way of answering has in common: a value, a mark, and the way on with Enter."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from desktop.look.parts import restyle
from forms.engine.answers import Value
from forms.engine.problem import Problem

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Editor(QWidget):
    """A widget that holds one answer.

    `edited` comes with every change by the clerk, `left` when the focus goes, `onward` with Enter.
    `moved` comes with the part that the keyboard has gone to within an answer of several.
    """

    edited = Signal()
    left = Signal()
    onward = Signal()
    moved = Signal(object)

    def __init__(self, core: QWidget) -> None:
        super().__init__()
        self.core = core
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(core, 1)
        self.setFocusProxy(core)

    def value(self) -> Value:
        """Give the answer as it stands, None where there is none."""
        raise AssertionError(self)

    def put(self, value: Value) -> None:
        """Show an answer; `edited` is not sent."""
        raise AssertionError(self, value)

    def name(self, label: str, hint: str) -> None:
        """Tell the reader of the screen what is asked, and what is wrong or helpful."""
        self.core.setAccessibleName(label)
        self.core.setAccessibleDescription(hint)

    def mark(self, state: str) -> None:
        """Mark the field as `problem`, or as plain again with an empty text."""
        restyle(self.core, state=state)

    def point(self, problems: Sequence[Problem], *, everything: bool) -> Sequence[Problem]:
        """Show problems at the parts that they are about; give those of the answer as a whole.

        Without `everything` only parts that were left are told of. One line has no parts.
        """
        del everything
        return problems

    def seek(self, problem: Problem) -> None:
        """Put the keyboard where a problem can be mended."""
        del problem
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def part_left(self) -> None:
        """Send `left` unless the focus only went to another part of this answer."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        if self.isVisible() and not inside:
            self.left.emit()

    def lock(self, *, locked: bool) -> None:
        """Have the answer be read only, as a computed one is."""
        self.core.setEnabled(not locked)


class Line(QLineEdit):
    """A line of text that says when Enter was pressed and when it was left."""

    entered = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter for the way on; everything else is typing."""
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select everything when the keyboard comes here, so that typing replaces it."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the line was left, unless only a list of ours opened above it."""
        super().focusOutEvent(event)
        # A line that is being deleted loses the focus as well; nobody is there to be told.
        if self.isVisible() and event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.left.emit()
