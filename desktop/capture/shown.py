"""What is about to be attached: a small picture of it, its name and size, and how far it is."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar

from desktop.capture.source import Ready
from desktop.look.parts import column, line, words
from forms.engine.words import say

_KILO = 1000
_LONG = re.compile(r"\S{13,}")  # a telephone names its files in one long word
_RUN = 12


class InHand(QFrame):
    """Shows one file from the moment it is read until it is attached or put away."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._small = QLabel()
        self._small.setAccessibleName(say("capture.small"))
        self._said = words("", "strong", wraps=True)
        self._about = words("", "muted", wraps=True)
        self._progress = QProgressBar()
        self._progress.setAccessibleName(say("capture.progress"))
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 100)
        says = column(4)
        says.addWidget(self._said)
        says.addWidget(self._about)
        says.addWidget(self._progress)
        says.addWidget(words(say("capture.keys"), "muted", wraps=True))
        says.addStretch(1)
        inner = line(14, (14, 10, 14, 10))
        inner.addWidget(self._small, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(says, 1)
        self.setLayout(inner)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def begin(self, name: str, at: int, of: int) -> None:
        """Show that a file is being read, the `at`th of so many."""
        self._small.hide()
        said = name if of == 1 else say("capture.one_of", name=name, at=at, of=of)
        self._said.setText(_LONG.sub(_breaks, said))
        self.setAccessibleName(said)
        self._about.setText(say("capture.reading"))
        self.reach(0)
        self._progress.show()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)  # an Enter too many shall press nothing

    def reach(self, share: int) -> None:
        """Show how many of a hundred parts are done."""
        self._progress.setValue(share)

    def put(self, ready: Ready) -> None:
        """Show what was made of it."""
        self._progress.hide()
        self._small.setVisible(bool(ready.small))
        if ready.small:
            pixmap = QPixmap()
            pixmap.loadFromData(ready.small)
            self._small.setPixmap(pixmap)
        facts = {"size": _size(len(ready.content)), "before": _size(ready.before)}
        if ready.pages:
            self._about.setText(say("capture.pages", count=ready.pages, **facts))
        elif ready.before > len(ready.content):
            self._about.setText(say("capture.shrunk", **facts))
        else:
            self._about.setText(say("capture.size", **facts))


def _breaks(found: re.Match[str]) -> str:
    """Let a long word be parted where the line ends; the sign between is not seen."""
    word = found[0]
    return "\u200b".join(word[at : at + _RUN] for at in range(0, len(word), _RUN))


def _size(count: int) -> str:
    """Put bytes into words, as Indonesians write numbers."""
    if count < _KILO * _KILO:
        return f"{max(1, round(count / _KILO))} KB"
    return f"{count / _KILO / _KILO:.1f} MB".replace(".", ",")
