"""Something that can be done: its words, its key, its icon; found by button, key and palette."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from forms.engine.words import say


def deed(owner: QWidget, code: str, key: str, glyph: str, do: Callable[[], None]) -> QAction:
    """Make an action of a page: its words by code, its key while the page is open, its icon."""
    action = QAction(say(code).replace("&", "&&"), owner)
    action.setProperty("glyph", glyph)
    if key:
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _checked=False: do())
    owner.addAction(action)
    return action
