"""The way of a letter that came in: who was told to do what, until when, and what came of it."""

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.look.lists import Entry
from desktop.look.look import Look
from desktop.look.parts import column
from desktop.look.titled import TitledList
from desktop.pages.registers.period import show_day
from desktop.tones import state as state_words
from forms.engine.words import say
from sync.store.registers.disposition import OPEN, Link

# The height in pixels of plain text: two links and the heading, or one where the page is low; more
# are scrolled.
_HIGH, _LOW = 158, 104
_LOW_PAGE = 560


class Chain(QWidget):
    """Shows the links of one letter; `picked` comes with the record of one."""

    picked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._list = TitledList(look, "registers.chain", "paper-plane-right", "registers.no_chain")
        self.rows = self._list.rows
        self.rows.picked.connect(lambda entry: self.picked.emit(entry.value))
        inner = column(0)
        inner.addWidget(self._list)
        self.setLayout(inner)
        self.fit(0)

    def fit(self, page: int) -> None:
        """Take so much height as a page of this height can spare."""
        scale = self._look.tokens.scale
        high = _HIGH if page >= _LOW_PAGE * scale else _LOW
        self._list.setFixedHeight(round(high * scale))

    def put(self, links: Sequence[Link], today: dt.date) -> None:
        """Show the links of a letter, the newest first."""
        self._list.put([entry(link, today) for link in reversed(links)])


def entry(link: Link, today: dt.date) -> Entry:
    """Put a link into words: from whom to whom, what, and how it stands."""
    said, tone = state_words(link.state)
    days = (today - link.due).days if link.due else 0
    if link.is_overdue(today):
        said, tone = say("registers.overdue", count=days), "danger"
    elif link.state == OPEN and link.due is not None:
        said = say("registers.today") if not days else say("registers.due_in", count=-days)
        tone = "warn" if days >= -_SOON else "wait"
    detail = " · ".join(filter(None, (link.instruction, link.result)))
    return Entry(
        link.record,
        " → ".join(filter(None, (link.giver, link.receiver))),
        detail=detail,
        glyph="note-pencil",
        chip=said,
        tone=tone,
        aside=show_day(link.due) if link.due else "",
    )


_SOON = 2  # Days before its due day at which a link begins to warn.
