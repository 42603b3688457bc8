"""F1: the keys that work here, as a list to read and close again."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QScrollArea, QWidget

from desktop.look.parts import Button, column, key_text, plain, words
from forms.engine.words import say

_BAR = 16  # What the bar at the side of the list takes.
_FORM_KEYS = ("Enter", "Shift+Enter", "Ctrl+D", "Alt+…", "F6")


def form_keys() -> dict[str, str]:
    """Say what the keys do that move about in a form; they are no actions."""
    return {key: say(f"keys.{n}") for n, key in enumerate(_FORM_KEYS)}


class KeysSheet(QDialog):
    """Lists every action that has a key, and the keys of a form."""

    def __init__(self, parent: QWidget, actions: Sequence[QAction]) -> None:
        super().__init__(parent)
        self.setWindowTitle(say("desk.do_keys"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = form_keys()
        for action in actions:
            key = key_text(action)
            if key and action.text():
                rows.setdefault(key, plain(action.text()))
        for row, (key, text) in enumerate(rows.items()):
            grid.addWidget(words(key, "key"), row, 0)
            grid.addWidget(words(text), row, 1)
        inside = QFrame()
        inside.setProperty("role", "bare")
        inside.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setMinimumWidth(inside.sizeHint().width() + _BAR)
        scroll.setProperty("role", "read")
        scroll.setAccessibleName(say("desk.do_keys"))
        close = QAction(say("desk.close"), self)
        close.setShortcut("Esc")
        close.triggered.connect(self.accept)
        around = column(12, (20, 18, 20, 16))
        around.addWidget(words(say("desk.do_keys"), "title"))
        around.addWidget(scroll, 1)
        around.addWidget(Button(close), 0, Qt.AlignmentFlag.AlignRight)
        self.setLayout(around)
        self.resize(460, max(520, self.sizeHint().height()))
