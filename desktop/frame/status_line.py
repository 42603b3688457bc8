"""The line at the foot of the window: what is true of sync, the keys that matter, the clock."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QWidget

from desktop.dates import clock
from desktop.look.icons import icon
from desktop.look.look import Look
from desktop.look.parts import line, words
from desktop.tones import sync_line
from forms.engine.words import say

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

if TYPE_CHECKING:  # SQL is not loaded before anybody has signed in
    from sync.store.status import State


def sentence(told: "State") -> str:
    """Put a state of the sync line into words."""
    facts = dict(told.facts)
    if told.code == "all_received":
        at = facts["time"]
        return say("sync.all_received", time=clock(at)) if at else say("sync.nothing_yet")
    return say(f"sync.{told.code}", **facts)


class Hints(QFrame):
    """Keys and what they do: as many as there is room for, the first ones first."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hints: list[tuple[str, str]] = []
        self._pairs: list[QWidget] = []
        self._line = line(10)
        self._line.addStretch(1)
        self.setLayout(self._line)

    def put(self, hints: list[tuple[str, str]]) -> None:
        """Show these in place of all before."""
        if hints != self._hints:  # Asked with every move of the keyboard: mostly they stand there.
            for pair in self._pairs:
                self._line.removeWidget(pair)
                pair.hide()
                pair.deleteLater()
            self._hints = list(hints)
            self._pairs = [self._pair(key, text) for key, text in hints]
            for pair in self._pairs:
                self._line.addWidget(pair)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as fit now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        for pair in self._pairs:
            room -= pair.sizeHint().width() + self._line.spacing()
            pair.setVisible(room >= 0)

    def _pair(self, key: str, text: str) -> QWidget:
        pair = QFrame(self)
        inner = line(5)
        inner.addWidget(words(key, "key"), 0, Qt.AlignmentFlag.AlignVCenter)
        inner.addWidget(words(text, "muted"))
        pair.setLayout(inner)
        return pair


class StatusLine(QFrame):
    """Shows the sync line as a button that opens its page, then hints for the open page."""

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._look = look
        self._told: State | None = None
        self._sync = QPushButton()
        self._sync.setProperty("role", "status")
        self._sync.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._sync.clicked.connect(self.opened)
        self._place = words("", "muted")
        self._hints = Hints()
        inner = line(14, (8, 3, 14, 3))
        inner.addWidget(self._sync)
        inner.addWidget(self._hints, 1)
        inner.addWidget(self._place)
        self.setLayout(inner)
        look.changed.connect(self._dress)

    def show_sync(self, told: "State") -> None:
        """Show what is true now."""
        self._told = told
        self._sync.setText(sentence(told))
        self._sync.setAccessibleName(f"{say('sync.line')}: {sentence(told)}")
        self._dress()

    def show_place(self, text: str) -> None:
        """Show the office at the right."""
        self._place.setText(text)

    def show_hints(self, hints: list[tuple[str, str]]) -> None:
        """Show keys and what they do."""
        self._hints.put(hints)

    def _dress(self) -> None:
        if self._told is None:
            return
        size = self._look.tokens.measures.icon
        glyph, tone = sync_line(self._told)
        ink = getattr(self._look.tokens.colours, tone)
        self._sync.setIcon(icon(glyph, ink, size))
        self._sync.setIconSize(QSize(size, size))
        self._sync.updateGeometry()
