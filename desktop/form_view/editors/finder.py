"""A line that finds residents while a name or number is typed into it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QListView

from desktop.form_view.editors.editor import Editor, Line
from desktop.form_view.notation import Notation
from desktop.form_view.residents import Resident, Residents
from forms.engine.answers import Value
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

_LETTERS_MIN = 2  # One letter is borne by half the register.
_LISTED_WIDTH = 52  # Letters of the list: a name, a NIK and a birthday.


class Finder(Line):
    """Says who was meant: `chosen` with a Resident, or `stranger` with the text as typed.

    `passed` comes with Enter where nothing is to be decided, `cleared` with Ctrl+Delete.
    """

    chosen = Signal(object)
    stranger = Signal(str)
    passed = Signal()
    cleared = Signal()

    def __init__(self, residents: Residents | None, *, strangers: bool) -> None:
        super().__init__()
        self._residents = residents
        self._strangers = strangers
        self._found: Sequence[Resident] = ()
        self._open = self._waits = self._hurried = False
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(9)
        self.popup = QListView()
        self.popup.setProperty("role", "popup")
        self.popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.popup.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._completer.setPopup(self.popup)
        self._completer.setWidget(self)
        self._completer.activated.connect(lambda _: self._take(self.popup.currentIndex().row()))
        self.textEdited.connect(self._typed)
        self.entered.connect(self._enter)
        self.left.connect(self._leave)

    @property
    def is_open(self) -> bool:
        """Tell whether something is typed of which nobody has said yet whom it means."""
        return self._open and bool(self.text().strip())

    def settle(self, text: str) -> None:
        """Show whom was meant; nothing is open any more."""
        self._open = self._waits = self._hurried = False
        self.popup.hide()
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Ctrl+Delete for emptying the whole person or row."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Delete:
            self.popup.hide()
            self.cleared.emit()
            return
        super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        self._open, self._hurried = True, False
        self._waits = self._residents is not None and len(text.strip()) >= _LETTERS_MIN
        if self._waits and self._residents is not None:
            self._residents.find(text, partial(self._offer, text))
        else:
            self._found = ()
            self.popup.hide()

    def _offer(self, text: str, found: Sequence[Resident]) -> None:
        if not self._open or text != self.text() or not self.isVisible():
            return
        self._waits, self._found = False, found
        if self._hurried:
            self._take(self._meant())
            return
        lines = [f"{one.name}   {one.detail}".rstrip() for one in found]
        if self._strangers:
            lines.append(say("field.stranger", text=text.strip()))
        self._model.setStringList(lines)
        if lines:
            wide = max(self.width(), self.fontMetrics().averageCharWidth() * _LISTED_WIDTH)
            self._completer.complete(QRect(0, 0, min(wide, self.window().width()), self.height()))
            self.popup.setCurrentIndex(self._completer.completionModel().index(self._meant(), 0))
        else:
            self.popup.hide()

    def _meant(self) -> int:
        """Propose the best hit, unless it only resembles what was typed."""
        near = self._found and not self._found[0].bears(self.text())
        return len(self._found) if self._strangers and (near or not self._found) else 0

    def _enter(self) -> None:
        if not self.is_open:
            self.passed.emit()
        elif self._waits:
            self._hurried = True  # Taken when the answer comes.
        else:
            self._take(self._pointed())

    def _leave(self) -> None:
        if not self.is_open:
            return
        if self.popup.isVisible():
            self._take(self._pointed())
        else:
            self._say_stranger()

    def _pointed(self) -> int:
        return self.popup.currentIndex().row() if self.popup.isVisible() else len(self._found)

    def _take(self, row: int) -> None:
        self.popup.hide()
        if 0 <= row < len(self._found):
            self._open = False
            self.chosen.emit(self._found[row])
        else:
            self._say_stranger()

    def _say_stranger(self) -> None:
        self._open = self._waits = self._hurried = False
        self.stranger.emit(self.text().strip())


class FinderEditor(Editor):
    """A cell of a row of persons that finds residents; its text is its answer all the same."""

    def __init__(self, notation: Notation, residents: Residents | None, *, strangers: bool) -> None:
        self.finder = Finder(residents, strangers=strangers)
        super().__init__(self.finder)
        self._notation = notation
        self.finder.textEdited.connect(self.edited)
        self.finder.passed.connect(self.onward)
        self.finder.left.connect(self.left)

    def name(self, label: str, hint: str) -> None:
        """Name the list that opens as well."""
        super().name(label, hint)
        self.finder.popup.setAccessibleName(label)

    def value(self) -> Value:
        """Read what is typed."""
        return self._notation.read(self.finder.text())

    def put(self, value: Value) -> None:
        """Show the value, unless it stands there already as typed."""
        if self.finder.is_open and self.value() == value:
            return
        self.finder.settle(self._notation.show(value))
