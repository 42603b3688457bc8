"""Who stands at this counter, large, and what can be done with them."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout

from desktop.look.look import Look
from desktop.look.parts import Button, chip, column, line, restyle, words
from desktop.pages.queue import rows
from forms.engine.words import say
from sync.store.queue_board import Board

_LARGE = 1.3  # scale of text from which there is room for one button a line only
_TONES = {"called": "wait", "serving": "ok"}


def columns(look: Look) -> int:
    """Tell how many buttons stand side by side with this size of text."""
    return 1 if look.tokens.scale > _LARGE else 2


class AtCounter(QFrame):
    """The number, its group and state; below it the page's deeds, the first of them filled.

    The last one opens a citizen's page, and is there with a ticket that names one.
    """

    def __init__(self, look: Look, deeds: list[QAction]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._look = look
        self._number = words(say("queue.nobody"), "display")
        self._group = words("", "muted", wraps=True)
        self._state = chip("")
        self._state.hide()
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._buttons = [
            Button(action, "plain" if at else "primary") for at, action in enumerate(deeds)
        ]
        self._buttons[-1].hide()
        head = line(10)
        head.addWidget(self._number)
        head.addWidget(self._state)
        head.addStretch(1)
        inner = column(6, (14, 11, 14, 12))
        inner.addWidget(words(say("queue.counter"), "section"))
        inner.addLayout(head)
        inner.addWidget(self._group)
        inner.addLayout(self._grid)
        self.setLayout(inner)
        look.changed.connect(self._lay)
        self._lay()

    def put(self, board: Board) -> None:
        """Show who is here, or that nobody is."""
        here = board.present
        name = board.counter.name
        if here is None:
            self._number.setText(say("queue.nobody"))
            self._group.setText(name or say("queue.unnamed"))
            self._state.hide()
            self._buttons[-1].hide()
            return
        group = rows.group_name(board.plan, here.group)
        why = rows.reason(board.plan, here.priority) if here.priority else ""
        self._number.setText(here.number)
        self._group.setText(" · ".join(part for part in (group, why, name) if part))
        self._state.setText(rows.state(here))
        restyle(self._state, tone=_TONES.get(here.state, "plain"))
        self._state.show()
        self._buttons[-1].setVisible(bool(here.subject))

    def _lay(self) -> None:
        across = columns(self._look)
        for at, button in enumerate(self._buttons):
            self._grid.addWidget(button, at // across, at % across)
