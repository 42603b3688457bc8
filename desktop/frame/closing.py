"""What the window says when it is closed: safe to switch off, or what is only here.

It never blocks closing and never deletes: every answer but going back closes.
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from desktop.look.parts import Button, Glyph, column, line, words
from forms.engine.words import say

if TYPE_CHECKING:  # SQL is not loaded before anybody has signed in
    from sync.store.status import Status


class Answer(IntEnum):
    """What the clerk chose."""

    STAY = 0
    CLOSE = 1
    SEND = 2
    COPY = 3


_LEADS = {
    "closing.safe": "closing.safe_lead",
    "closing.files_here": "closing.only_here_lead",
    "closing.elsewhere": "closing.elsewhere_lead",
    "closing.only_here": "closing.only_here_lead",
}


def sentence(standing: "Status") -> str:
    """Say that it is safe to switch off, or what is only here; what lies on a stick is not."""
    only = standing.pending - standing.carried
    return say(_code(standing), count=only or standing.pending, files=standing.files)


def _code(standing: "Status") -> str:
    if standing.safe_to_close:
        return "closing.safe"
    if not standing.pending:
        return "closing.files_here"
    # Files that are only here are told of before what is under way elsewhere.
    if standing.carried < standing.pending:
        return "closing.only_here"
    return "closing.files_here" if standing.files else "closing.elsewhere"


class ClosingDialog(QDialog):
    """Shows what is only on this laptop; Enter closes, Esc goes back.

    Without `by_line` this desk speaks to its city by stick alone.
    """

    def __init__(self, parent: QWidget, standing: "Status", *, by_line: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(say("closing.title"))
        safe = standing.safe_to_close
        around = column(14, (26, 24, 26, 20))
        head = line(14)
        head.addWidget(
            Glyph("check-circle" if safe else "hard-drives", 34, tone="ok" if safe else "wait")
        )
        says = column(4)
        says.addWidget(words(sentence(standing), "title"))
        lead = words(say(_LEADS[_code(standing)]), "muted", wraps=True)
        lead.setMinimumWidth(360)
        says.addWidget(lead)
        head.addLayout(says, 1)
        around.addLayout(head)
        buttons = line(8)
        buttons.addWidget(self._button("closing.stay", Answer.STAY, "quiet"))
        buttons.addStretch(1)
        if not safe:
            buttons.addWidget(self._button("closing.copy", Answer.COPY, "plain", "usb"))
        if not safe and by_line:
            buttons.addWidget(
                self._button("closing.send", Answer.SEND, "plain", "paper-plane-right")
            )
        last = self._button(
            "closing.close" if safe else "closing.close_anyway", Answer.CLOSE, "primary"
        )
        buttons.addWidget(last)
        around.addLayout(buttons)
        self.setLayout(around)
        last.setFocus()

    def _button(self, code: str, answer: Answer, role: str, glyph: str = "") -> Button:
        action = QAction(say(code), self)
        action.setProperty("glyph", glyph)
        action.triggered.connect(lambda: self.done(answer))
        button = Button(action, role)
        button.setAutoDefault(role == "primary")
        button.setDefault(role == "primary")
        return button
