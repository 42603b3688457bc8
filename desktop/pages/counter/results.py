"""What was found while typing: the best first, whom it is about beside it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import acts, rows
from desktop.desk import Desk
from desktop.look.lists import Entry, EntryList
from desktop.look.parts import card, column, held, words
from desktop.panes.facts import Facts, told_of
from desktop.panes.pane import Pane
from desktop.tasks import Latest
from forms.engine.words import say, worded
from sync.store import read
from sync.store.read import Record

# ruff: noqa: N802 - Qt names the methods that it calls in camelCase

FOUND_MAX = 40  # More is not read; another letter narrows it.
_BESIDE = 820  # With less room the list alone is shown.


class ResultsPane(Pane):
    """Searches as it is asked and lists the hits; the last row begins a new citizen.

    `picked` comes with the record of a hit, or None for the new citizen.
    """

    picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._finding = Latest(desk.tasks, self)
        self._asked = ""
        self._waits = self._hurried = self._opens = False
        self.hits = EntryList(desk.look, say("counter.results"))
        self.hits.setProperty("role", "plain")
        self.hits.is_steered = True
        self.hits.picked.connect(lambda entry: self.picked.emit(entry.value))
        self.hits.moved.connect(lambda entry: self._show_facts(entry.value))
        self._none = words("", "muted", wraps=True)
        none = column(0, (14, 8, 14, 6))
        none.addWidget(self._none)
        self._nobody = card(none, role="bare")
        inner = column(0, (1, 6, 1, 6))
        inner.addWidget(self._nobody)
        inner.addWidget(self.hits, 1)
        self._title = words("", "lead", wraps=True)
        self._told = words("", "muted", wraps=True)
        self._facts = Facts()
        beside = column(12, (18, 16, 18, 16))
        beside.addWidget(self._title)
        beside.addWidget(self._told)
        beside.addWidget(self._facts)
        beside.addStretch(1)
        self._beside = card(held(beside))
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(14)
        around.addWidget(card(inner), 5)
        around.addWidget(self._beside, 4)

    def ask(self, text: str, *, opens: bool = False) -> None:
        """Search for a text; what is shown stays until the answer, `opens` takes an only hit."""
        self._asked, self._waits, self._hurried, self._opens = text.strip(), True, False, opens
        work = partial(read.find, self._desk.store, text, limit=FOUND_MAX)
        self._finding.ask(work, partial(self._put, text.strip()))

    def enter(self) -> None:
        """Take the chosen hit; what is shown may still be of an earlier text, then of this one."""
        if self._waits:
            self._hurried = True
        else:
            self.hits.pick()

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys that steer the list from the search box."""
        return [("↑ ↓", say("hint.choose")), ("Enter", say("hint.open"))]

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self.hits]

    def drop(self) -> None:
        """Forget a search that is still under way."""
        self._waits = self._hurried = self._opens = False
        self._finding.drop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the facts where there is room for them."""
        super().resizeEvent(event)
        self._beside.setVisible(self.width() >= _BESIDE)

    def _put(self, text: str, found: list[Record]) -> None:
        store = self._desk.store
        hits = []
        for record in found:
            form = store.catalogue.form(record.service)
            person = acts.is_person(form)
            hits.append(rows.person(record) if person else rows.case(record, form, store.now()))
        if store.takes(store.catalogue.form(acts.PEOPLE)):
            said = say("counter.new_citizen_with", text=text)
            detail = say("counter.new_citizen_detail")
            hits.append(Entry(None, said, detail=detail, glyph="user-plus", aside="Ctrl+N"))
        self._none.setText(say("counter.nobody", text=text))
        self._nobody.setVisible(not found)
        self.hits.put(hits)
        self.hits.choose(0)
        if text == self._asked:
            picks = self._hurried or (self._opens and len(found) == 1)
            self._waits = self._hurried = self._opens = False
            if picks:
                self.hits.pick()

    def _show_facts(self, record: Record | None) -> None:
        if record is None:
            self._title.setText(say("counter.new_citizen"))
            self._facts.put([])
            self._told.setText(say("counter.new_citizen_detail"))
            self._told.show()
            return
        self._told.hide()
        store = self._desk.store
        form = store.catalogue.form(record.service)
        self._title.setText(rows.title(record) or worded(form.title))
        told = told_of(form, record.answers, store.region.areas)
        self._facts.put(told, scale=self._desk.look.tokens.scale)
