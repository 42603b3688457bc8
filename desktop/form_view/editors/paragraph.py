"""Answers of several lines: Enter goes on, Shift+Enter begins a new line."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from desktop.form_view.editors.editor import ENTER, Editor
from forms.engine.answers import Value

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

# Letters; more than any answer may have, so that the form says of the rest that it is too long.
_PASTED_MAX = 32_767
_LINES_MIN, _LINES_MAX = 2, 6  # It grows with its text, and scrolls when it would fill the page.


class _Paper(QPlainTextEdit):
    entered = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.document().blockCountChanged.connect(self.updateGeometry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in ENTER and plain:
            self.entered.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Take what is pasted as plain words, and no more of it than can be judged at once."""
        self.insertPlainText(source.text()[:_PASTED_MAX])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():  # Not while it is being deleted: nobody is there to be told.
            self.left.emit()

    def sizeHint(self) -> QSize:
        lines = max(_LINES_MIN, min(self.document().lineCount(), _LINES_MAX))
        height = lines * self.fontMetrics().lineSpacing() + 2 * self.fontMetrics().ascent()
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())


class ParagraphEditor(Editor):
    """A few lines of text that grow with what is written."""

    def __init__(self, placeholder: str = "") -> None:
        self._paper = _Paper()
        super().__init__(self._paper)
        self._quiet = False
        self._paper.setPlaceholderText(placeholder)
        self._paper.setMaximumHeight(self._paper.fontMetrics().lineSpacing() * (_LINES_MAX + 2))
        self._paper.textChanged.connect(self._changed)
        self._paper.entered.connect(self.onward)
        self._paper.left.connect(self.left)

    def value(self) -> Value:
        """Give the text without blanks at its ends."""
        return self._paper.toPlainText().strip() or None

    def put(self, value: Value) -> None:
        """Show the text, unless it stands there already as typed."""
        if self.value() == value:
            return
        self._quiet = True
        self._paper.setPlainText("" if value is None else str(value))
        self._quiet = False

    def lock(self, *, locked: bool) -> None:
        """Keep the text readable and copyable, only not typed into."""
        self._paper.setReadOnly(locked)

    def _changed(self) -> None:
        if not self._quiet:
            self.edited.emit()
