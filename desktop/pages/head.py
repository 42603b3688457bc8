"""The head of a page: its title, a line below, and what can be done at the right."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame

from desktop.look.parts import Button, column, line, words
from forms.engine.words import say


class Head(QFrame):
    """Title and lead by their codes; the last action is the page's first."""

    def __init__(self, title: str, lead: str, *actions: QAction) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        told = column(2)
        told.addWidget(words(say(title), "title"))
        told.addWidget(words(say(lead), "muted", wraps=True))
        inner = line(8)
        inner.addLayout(told, 1)
        for at, action in enumerate(actions, 1):
            inner.addWidget(Button(action, "primary" if at == len(actions) else "plain"))
        self.setLayout(inner)
