"""The strip above every page of a practice desk: the word, what it means, how far the day is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame

from desktop.look.parts import Glyph, line, words
from forms.engine.words import say


class Strip(QFrame):
    """Says LATIHAN at all times, in words; the frame around the window has its colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "practice_strip")
        self.setAccessibleName(say("practice.strip"))
        self._progress = words("", "practice_text")
        inner = line(12, (12, 4, 12, 5))
        inner.addWidget(Glyph("info", 20, tone="practice"), 0, Qt.AlignmentFlag.AlignVCenter)
        inner.addWidget(words(say("mark.practice"), "practice_word"))
        inner.addWidget(words(say("practice.strip"), "practice_text", wraps=True), 1)
        inner.addWidget(self._progress)
        self.setLayout(inner)

    def show_progress(self, done: int, count: int) -> None:
        """Say how many tasks of the first day are done."""
        self._progress.setText(say("practice.progress", done=done, count=count))
