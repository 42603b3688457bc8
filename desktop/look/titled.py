"""A sheet with a title and a list below, which says in words when there is nothing in it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from desktop.look.lists import Entry, EntryList
from desktop.look.look import Look
from desktop.look.parts import Glyph, column, line, words
from forms.engine.words import say


class TitledList(QFrame):
    """`title` and `empty` are codes of words; the list itself is `rows`."""

    def __init__(self, look: Look, title: str, glyph: str, empty: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.rows = EntryList(look, say(title))
        self.rows.setProperty("role", "plain")
        self._empty = words(say(empty), "muted", wraps=True)
        self._empty.setContentsMargins(14, 2, 14, 12)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = line(8, (14, 11, 14, 8))
        head.addWidget(Glyph(glyph, tone="accent"))
        head.addWidget(words(say(title), "section"))
        head.addStretch(1)
        inner = column(0, (1, 1, 1, 6))
        inner.addLayout(head)
        inner.addWidget(self._empty, 1)
        inner.addWidget(self.rows, 1)
        self.setLayout(inner)
        self.setFocusProxy(self.rows)
        self.put(())

    def put(self, rows: Sequence[Entry]) -> None:
        """Show these rows, or the words for none."""
        self.rows.put(rows)
        self.rows.setVisible(bool(rows))
        self._empty.setVisible(not rows)
