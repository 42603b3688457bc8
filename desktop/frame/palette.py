"""Ctrl+K: everything that can be done here, found by typing a part of its name."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

from desktop.form_view.editors.editor import Line
from desktop.form_view.matching import Option, ranked
from desktop.look.lists import Entry, EntryList
from desktop.look.look import Look
from desktop.look.parts import column, key_text, plain
from forms.engine.words import say

_LISTED_MAX = 40  # What a page and the window can do together stays below.
_WIDTH, _HEIGHT = 520, 420  # In pixels of plain text.
_STEPS: dict[int, int] = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}


class Palette(QFrame):
    """A sheet over the window: a line to type in, the matching actions below.

    `searched` comes with text for which no action was meant but a search.
    """

    searched = Signal(str)

    def __init__(self, parent: QWidget, look: Look, offer: Callable[[], Sequence[QAction]]) -> None:
        super().__init__(parent)
        self._look = look
        self._before: QWidget | None = None
        self.setProperty("role", "palette")
        self._offer = offer
        self._actions: dict[str, QAction] = {}
        self._options: list[Option] = []
        self._line = Line()
        self._list = EntryList(look, "")
        self._list.setProperty("role", "plain")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.is_steered = True
        self._list.picked.connect(self._take)
        inner = column(8, (10, 10, 10, 10))
        inner.addWidget(self._line)
        inner.addWidget(self._list)
        self.setLayout(inner)
        self._line.textEdited.connect(self._narrow)
        self._line.entered.connect(self._list.pick)
        self._line.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show everything that can be done now, in the words of whoever is here."""
        self._line.setPlaceholderText(say("desk.palette_hint"))
        self._line.setAccessibleName(say("desk.palette"))
        self._list.setAccessibleName(say("desk.palette_list"))
        self._actions = {
            str(n): action
            for n, action in enumerate(self._offer())
            if action.isEnabled() and action.isVisible() and action.property("glyph")
        }
        self._options = [
            Option(value, plain(action.text()), key_text(action))
            for value, action in self._actions.items()
        ]
        window = self.window()
        scale = self._look.tokens.scale
        width = min(round(_WIDTH * scale), window.width() - 32)
        height = min(round(_HEIGHT * scale), window.height() - 88)
        self.setGeometry((window.width() - width) // 2, 56, width, height)
        self._before = QApplication.focusWidget()
        self._line.clear()
        self._narrow("")
        self.show()
        self.raise_()
        self._line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it
        """Arrows choose in the list, Esc closes, leaving closes."""
        if watched is self._line and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                return self._steer(event.key())
        elif watched is self._line and event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _steer(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self._leave()
        elif key in _STEPS:
            self._list.step(_STEPS[key])
        else:
            return False
        return True

    def _narrow(self, text: str) -> None:
        rows = [
            Entry(option.value, option.label, aside=option.code, glyph=self._glyph(option.value))
            for option in ranked(text, self._options, _LISTED_MAX)
        ]
        if text.strip():
            search = say("desk.palette_search", text=text.strip())
            rows.append(Entry(None, search, glyph="magnifying-glass"))
        self._list.put(rows)
        self._list.choose(0)

    def _glyph(self, value: str) -> str:
        return str(self._actions[value].property("glyph") or "caret-right")

    def _leave(self) -> None:
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()

    def _take(self, entry: Entry) -> None:
        text = self._line.text().strip()
        self._leave()
        if entry.value is not None:
            self._actions[entry.value].trigger()
        elif text:
            self.searched.emit(text)
