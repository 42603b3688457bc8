"""One answer out of several: typed by code or beginning, or a row of segments for a few."""

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QCompleter,
    QFrame,
    QListView,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from desktop.form_view.editors.editor import ENTER, Editor, Line
from desktop.form_view.matching import Option, meant, ranked
from desktop.look.icons import picture
from desktop.look.parts import line
from forms.engine.answers import Value

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

SEGMENTS_MAX = 3  # More of them don't fit half a form's width at 200 percent text.
_CARET = 9  # From the sign of a list to the field's edge, in pixels.
_LISTED_MAX = 60  # A longer list isn't read; another letter shortens it.


class ChoiceEditor(Editor):
    """A line that knows its options: `1`, `isl` and `Islam` all say Islam."""

    def __init__(self, options: Sequence[Option], placeholder: str = "") -> None:
        self._line = _ChoiceLine()
        super().__init__(self._line)
        self._options = options
        self._listed: list[Option] = []
        self._value: Value = None
        self._line.setPlaceholderText(placeholder)
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(9)
        self._popup = QListView()
        self._popup.setProperty("role", "popup")
        self._completer.setPopup(self._popup)
        self._completer.setWidget(self._line)
        self._completer.activated.connect(self._picked)
        self._line.textEdited.connect(self._typed)
        self._line.entered.connect(self._go_on)
        self._line.left.connect(self._leave)
        self._line.opened.connect(self._open)

    def name(self, label: str, hint: str) -> None:
        """Name the list that opens as well."""
        super().name(label, hint)
        self._popup.setAccessibleName(label)

    def value(self) -> Value:
        """Give the chosen value, or the typed text where it means no option."""
        return self._value

    def put(self, value: Value) -> None:
        """Show the option of this value; a value that is none of them is shown as it is."""
        self._value = value
        known = next((o for o in self._options if o.value == value), None)
        text = known.label if known else ("" if value is None else str(value))
        if text != self._line.text() and not (self._line.hasFocus() and self._line.isModified()):
            self._line.setText(text)
            self._line.setCursorPosition(0)

    def lock(self, *, locked: bool) -> None:
        """Keep a computed answer readable, only not chosen."""
        self._line.setReadOnly(locked)

    def _typed(self, text: str) -> None:
        option = meant(text, self._options)
        self._value = option.value if option else (text.strip() or None)
        self._offer(text)
        self.edited.emit()

    def _open(self) -> None:
        self._offer("")

    def _offer(self, text: str) -> None:
        if self._line.isReadOnly():
            return
        self._listed = ranked(text, self._options, _LISTED_MAX)
        self._model.setStringList(
            [f"{o.code}   {o.label}" if o.code else o.label for o in self._listed]
        )
        if not self._listed:
            self._popup.hide()
            return
        self._completer.complete()
        self._popup.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def _picked(self, _text: str) -> None:
        self._take(self._popup.currentIndex().row())

    def _take(self, row: int) -> None:
        if not 0 <= row < len(self._listed):
            return
        self._line.setModified(False)
        self.put(self._listed[row].value)
        self._line.setText(self._listed[row].label)
        self.edited.emit()

    def _settle(self) -> None:
        if self._popup.isVisible():
            self._take(self._popup.currentIndex().row())
            self._popup.hide()
        elif self._line.isModified():
            close = ranked(self._line.text(), self._options, 1) if self._line.text() else []
            self._listed = close
            self._take(0)
        self._line.setModified(False)
        self.put(self._value)

    def _go_on(self) -> None:
        self._settle()
        self.onward.emit()

    def _leave(self) -> None:
        self._settle()
        self.left.emit()


class SegmentsEditor(Editor):
    """Two or three options side by side; arrows, their number or their first letter choose."""

    def __init__(self, options: Sequence[Option]) -> None:
        frame = QFrame()
        frame.setProperty("role", "segments")
        super().__init__(frame)
        self._options = options
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        inner = line(0, (1, 1, 1, 1))
        frame.setLayout(inner)
        self._buttons = [_Segment(self, option.label) for option in options]
        for at, button in enumerate(self._buttons):
            self._group.addButton(button, at)
            inner.addWidget(button, 1)
        self._group.idClicked.connect(lambda _: self.edited.emit())
        self.setFocusProxy(self._buttons[0])

    def name(self, label: str, hint: str) -> None:
        """Name every segment by question and option: a reader lands on one of them."""
        super().name(label, hint)
        for button, option in zip(self._buttons, self._options, strict=True):
            button.setAccessibleName(f"{label}: {option.label}")
            button.setAccessibleDescription(hint)

    def value(self) -> Value:
        """Give the chosen value; "true" and "false" are an answer of yes or no."""
        at = self._group.checkedId()
        return None if at < 0 else _value_of(self._options[at])

    def put(self, value: Value) -> None:
        """Choose the segment of this value, or none."""
        wanted = [_value_of(option) for option in self._options]
        self._group.setExclusive(False)
        for at, button in enumerate(self._buttons):
            button.setChecked(value is not None and wanted[at] == value)
        self._group.setExclusive(True)
        chosen = max(self._group.checkedId(), 0)
        self.setFocusProxy(self._buttons[chosen])

    def pick(self, text: str) -> bool:
        """Choose by number or first letter; False where no segment begins like it."""
        found = ranked(text, self._options, 1)
        if not text.strip() or not found or not self.core.isEnabled():
            return False
        button = self._buttons[self._options.index(found[0])]
        button.setChecked(True)
        button.setFocus()
        self.edited.emit()
        return True


class _ChoiceLine(Line):
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "choice")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign of a list at the right."""
        super().paintEvent(event)
        side = round(self.fontMetrics().height() * 0.9)
        ink = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        drawn = picture("caret-down", ink, side, self.devicePixelRatioF())
        at = self.width() - side - _CARET
        QPainter(self).drawPixmap(at, (self.height() - side) // 2, drawn)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.opened.emit()
            return
        super().keyPressEvent(event)


class _Segment(QRadioButton):
    def __init__(self, editor: SegmentsEditor, label: str) -> None:
        super().__init__(label)
        self._editor = editor

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words in the middle, where a radio button has them at the left."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text, option.text = option.text, ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_RadioButton, option)
        role = QPalette.ColorRole.Accent if self.isChecked() else QPalette.ColorRole.WindowText
        painter.setPen(self.palette().color(role))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect(), flags, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._editor.onward.emit()
            return
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.text().strip() and self._editor.pick(event.text()):
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._editor.part_left()


def _value_of(option: Option) -> Value:
    return {"true": True, "false": False}.get(option.value, option.value)
