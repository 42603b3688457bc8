"""What the counter shows before anybody is searched: unfinished forms, and what was done last."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import acts, rows
from desktop.dates import when
from desktop.desk import Desk
from desktop.look.lists import Entry
from desktop.look.titled import TitledList
from desktop.panes.pane import Pane
from desktop.tasks import Lane, Latest
from forms.engine.words import say, worded

RECENT_MAX = 12  # As many as are seen at once; the rest is on the records page.


class StartPane(Pane):
    """Two lists side by side; picking a row goes on with it."""

    draft_picked = Signal(object)
    record_picked = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks, self, Lane.PAPER)
        look = desk.look
        self._drafts = TitledList(look, "counter.drafts", "note-pencil", "counter.no_drafts")
        self._recent = TitledList(
            look, "counter.recent", "clock-counter-clockwise", "counter.no_recent"
        )
        self._drafts.rows.picked.connect(lambda entry: self.draft_picked.emit(entry.value))
        self._recent.rows.picked.connect(lambda entry: self.record_picked.emit(entry.value))
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(14)
        around.addWidget(self._drafts, 4)
        around.addWidget(self._recent, 5)

    def refresh(self) -> None:
        """Fetch both lists; in a lane of its own, so that a search never waits for it."""
        self._reading.ask(partial(acts.beginning, self._desk.store, RECENT_MAX), self._put)

    def hints(self) -> list[tuple[str, str]]:
        """Name the keys of the lists."""
        return [("F6", say("hint.pane")), ("Enter", say("hint.open"))]

    def panes(self) -> list[QWidget]:
        """List the parts between which F6 goes."""
        return [self._drafts.rows, self._recent.rows]

    def _put(self, found: acts.Beginning) -> None:
        store = self._desk.store
        now = store.now()
        self._drafts.put(
            [
                Entry(
                    draft,
                    whom or say("counter.nameless"),
                    detail=worded(store.catalogue.form(draft.service).title),
                    glyph="note-pencil",
                    aside=when(draft.updated, now),
                )
                for draft, whom in found.drafts
                if store.form(draft.service) is not None
            ]
        )
        self._recent.put(
            [
                rows.case(record, store.catalogue.form(record.service), now)
                for record in found.recent
            ]
        )
