"""Answers that are ticked: several of a list, and papers that were seen."""

from collections.abc import Sequence

from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.form_view.editors.editor import ENTER, Editor, Line
from desktop.form_view.matching import Option
from desktop.look.parts import Check, column, line
from forms.engine.answers import Value

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase


class TicksEditor(Editor):
    """Any number of options, one below the other; the blank key ticks, Enter goes on."""

    def __init__(self, options: Sequence[Option]) -> None:
        around = QWidget()
        super().__init__(around)
        self._options = options
        self._boxes = [_Box(self, option.label) for option in options]
        inner = column(0)
        around.setLayout(inner)
        for box in self._boxes:
            inner.addWidget(box)
            box.clicked.connect(self.edited)
        if self._boxes:
            self.setFocusProxy(self._boxes[0])

    def name(self, label: str, hint: str) -> None:
        """Name every box by question and option."""
        for box in self._boxes:
            box.setAccessibleName(f"{label}: {box.text()}")
            box.setAccessibleDescription(hint)

    def value(self) -> Value:
        """List the ticked values, None for none of them."""
        pairs = zip(self._options, self._boxes, strict=True)
        return [option.value for option, box in pairs if box.isChecked()] or None

    def put(self, value: Value) -> None:
        """Tick these values and no others."""
        chosen = value if isinstance(value, list) else []
        for option, box in zip(self._options, self._boxes, strict=True):
            box.setChecked(option.value in chosen)


class AttachmentEditor(Editor):
    """A paper of the checklist: seen, or the number that it bears; a scan stays with it."""

    def __init__(self, seen: str, number: str) -> None:
        around = QWidget()
        super().__init__(around)
        self._box = _Box(self, seen)
        self._number = Line()
        self._number.setPlaceholderText(number)
        self._numbered = number
        self._file: Value = None
        inner = line(10)
        around.setLayout(inner)
        inner.addWidget(self._box)
        inner.addWidget(self._number, 1)
        self._box.clicked.connect(self.edited)
        self._number.textEdited.connect(self.edited)
        self._number.entered.connect(self.onward)
        self._number.left.connect(self.part_left)
        self.setFocusProxy(self._box)

    def name(self, label: str, hint: str) -> None:
        """Name the box after the paper, the line after its number."""
        self._box.setAccessibleName(f"{label}: {self._box.text()}")
        self._number.setAccessibleName(f"{label}: {self._numbered}")
        self._box.setAccessibleDescription(hint)

    def value(self) -> Value:
        """Give the number where one is typed, else the scan, or whether the paper was seen."""
        number = self._number.text().strip()
        if number:
            return {"number": number}
        return (self._file or {"seen": True}) if self._box.isChecked() else None

    def put(self, value: Value) -> None:
        """Show what was noted of the paper."""
        if self.value() == value:
            return
        noted = value if isinstance(value, dict) else {}
        self._file = value if "file" in noted else None
        self._box.setChecked(bool(noted))
        self._number.setText(str(noted.get("number", "")))


class _Box(Check):
    def __init__(self, editor: Editor, label: str) -> None:
        super().__init__(label)
        self._editor = editor

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._editor.onward.emit()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._editor.part_left()
