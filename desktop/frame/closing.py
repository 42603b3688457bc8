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


class ClosingDialog(QDialog):
    """Shows what is only on this laptop; Enter closes, Esc goes back."""

    def __init__(self, parent: QWidget, standing: "Status") -> None:
        super().__init__(parent)
        self.setWindowTitle(say("closing.title"))
        safe = standing.safe_to_close
        around = column(14, (26, 24, 26, 20))
        head = line(14)
        head.addWidget(
            Glyph("check-circle" if safe else "hard-drives", 34, tone="ok" if safe else "wait")
        )
        says = column(4)
        code = "closing.safe" if safe else "closing.only_here"
        if standing.files and not standing.pending:
            code = "closing.files_here"
        said = say(code, count=standing.pending, files=standing.files)
        says.addWidget(words(said, "title"))
        lead = words(
            say("closing.safe_lead" if safe else "closing.only_here_lead"), "muted", wraps=True
        )
        lead.setMinimumWidth(360)
        says.addWidget(lead)
        head.addLayout(says, 1)
        around.addLayout(head)
        buttons = line(8)
        buttons.addWidget(self._button("closing.stay", Answer.STAY, "quiet"))
        buttons.addStretch(1)
        if not safe:
            buttons.addWidget(
                self._button("closing.send", Answer.SEND, "plain", "paper-plane-right")
            )
        last = self._button("closing.close", Answer.CLOSE, "primary")
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
