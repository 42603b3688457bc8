"""Answers of one line: text, numbers, dates, NIKs; each kind in its own notation."""

from desktop.form_view.editors.editor import Editor, Line
from desktop.form_view.notation import Notation
from forms.engine.answers import Value


class LineEditor(Editor):
    """A line whose text is read by a notation, and tidied when it is left."""

    def __init__(self, notation: Notation, placeholder: str = "") -> None:
        self._line = Line()
        super().__init__(self._line)
        self._notation = notation
        self._line.setPlaceholderText(placeholder)
        self._line.textEdited.connect(self.edited)
        self._line.entered.connect(self._go_on)
        self._line.left.connect(self._leave)

    def value(self) -> Value:
        """Read what is typed."""
        return self._notation.read(self._line.text())

    def put(self, value: Value) -> None:
        """Show the value from its beginning, unless it stands there already as typed."""
        if self._line.hasFocus() and self.value() == value:
            return
        self._line.setText(self._notation.show(value))
        self._line.setCursorPosition(0)

    def lock(self, *, locked: bool) -> None:
        """Keep a computed answer readable and copyable, only not typed into."""
        self._line.setReadOnly(locked)

    def _tidy(self) -> None:
        tidy = self._notation.show(self.value())
        if tidy != self._line.text() and not self._line.isReadOnly():
            self._line.setText(tidy)

    def _go_on(self) -> None:
        self._tidy()
        self.onward.emit()

    def _leave(self) -> None:
        self._tidy()
        self._line.setCursorPosition(0)
        self.left.emit()
