"""What stood in a line before a sign was typed into it, to be put back exactly."""

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from shiboken6 import isValid


class Typed:
    """Remembers a line's text, cursor and selection."""

    def __init__(self, line: QLineEdit | QPlainTextEdit) -> None:
        self._line = line
        self._was = self._state()

    def put_back(self) -> None:
        """Take back what was typed since; undo goes on from there as if nothing had been."""
        if not isValid(self._line):
            return
        text, anchor, at = self._was
        self._line.undo()
        if self._state() == self._was:
            return
        # Undo goes back over all that was typed in one go: what a person had typed is typed anew.
        before, first, second = self._state()
        start, end = min(first, second), max(first, second)
        grown = len(text) - (len(before) - (end - start))
        added = text[start : start + grown] if grown > 0 else ""
        if anchor == at == start + grown and before[:start] + added + before[end:] == text:
            self.replace(added)
        elif before != text:
            self._line.selectAll()
            self.replace(text)
        self._select(anchor, at)

    def replace(self, text: str) -> None:
        """Type a text in the place of what is selected."""
        if isinstance(self._line, QLineEdit):
            self._line.insert(text)
        else:
            self._line.insertPlainText(text)

    def _state(self) -> tuple[str, int, int]:
        line = self._line
        if isinstance(line, QPlainTextEdit):
            cursor = line.textCursor()
            return line.toPlainText(), cursor.anchor(), cursor.position()
        at = line.cursorPosition()
        if not line.hasSelectedText():
            return line.text(), at, at
        start, end = line.selectionStart(), line.selectionEnd()
        return line.text(), end if at == start else start, at

    def _select(self, anchor: int, at: int) -> None:
        line = self._line
        if isinstance(line, QPlainTextEdit):
            cursor = line.textCursor()
            cursor.setPosition(anchor)
            cursor.setPosition(at, QTextCursor.MoveMode.KeepAnchor)
            line.setTextCursor(cursor)
        elif anchor != at:
            line.setSelection(anchor, at - anchor)
        elif line.cursorPosition() != at or line.hasSelectedText():
            line.setCursorPosition(at)
