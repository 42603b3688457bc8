"""What is done with an open record: its actions, and what is asked before or instead of one.

An act that needs a reason is asked for it, one that bears a date in doubt for the day; when that is
answered, it goes on by itself.
"""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from desktop import acts
from desktop.capture.source import Source
from desktop.desk import Desk
from desktop.look.parts import column
from desktop.notices import Tone
from desktop.panes.asking import Asking
from desktop.panes.attaching import Attaching, papers
from desktop.panes.day import DayQuestion
from forms.engine.machine import PLAIN, Action
from forms.engine.problem import Problem, Refused
from forms.engine.words import label
from sync.store import records
from sync.store.day import UNCONFIRMED
from sync.store.records import Saved


class Doing(QFrame):
    """Does actions of one record; `acted` comes with what became of it, and whether to print it.

    `attached` comes when a file was saved with it, `ended` when no file is asked about any more.
    """

    acted = Signal(object, bool)
    attached = Signal()
    ended = Signal()
    turned = Signal()  # something is asked for, or no longer

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "bare")
        self._desk = desk
        self._view: acts.Shown | None = None
        self._asking = Asking()
        self._asking.given.connect(self._do)
        self._day = DayQuestion(desk)
        self._papers = Attaching(desk)
        self._papers.attached.connect(self._attached)
        self._papers.ended.connect(self._ended)
        inner = column(8)
        inner.addWidget(self._asking)
        inner.addWidget(self._day)
        inner.addWidget(self._papers)
        self.setLayout(inner)
        self._show()

    def put(self, view: acts.Shown) -> None:
        """Be about this record from now on."""
        self._view = view
        self.put_away()

    def put_away(self) -> bool:
        """Ask no more; False where nothing was asked."""
        asked = [part.put_away() for part in self._parts()]
        self._show()
        return any(asked)

    def take(self, row: Action) -> None:
        """Do an action, or ask for what it needs."""
        if row.asks:
            self._ask(row)
        else:
            self._do(row, "")

    def propose(self, action: str) -> None:
        """Do an action by its name; say so where it may not be done now."""
        rows = self._view.actions if self._view is not None else ()
        row = next((row for row in rows if row.action == action), None)
        if row is not None:
            self.take(row)
            return
        facts = {"action": label("action", action)}
        self._desk.notices.trouble(Refused(Problem("role_missing", facts=facts)))

    def issue(self) -> None:
        """Walk on to issued and print, as far as this operator may."""
        if self._view is not None:
            work = partial(acts.issue, self._desk.store, self._view.record)
            self._desk.tasks.run(self, work, partial(self._done, prints=True))

    def ask_day(self) -> None:
        """Ask for the day, and issue then."""
        asked = self._day.ask(self.issue)
        self._show()
        if not asked:
            self.issue()

    def attach(self) -> None:
        """Ask for a paper and its file."""
        if self._view is not None:
            self.put_away()
            self._papers.ask(self._view)
            self._show()

    def bring(self, sources: list[Source]) -> None:
        """Ask to which paper each of these belongs; say so where the record takes none."""
        if self._view is None:
            return
        if not papers(self._desk.store, self._view):
            self._desk.notices.say("attach.none", Tone.CALM)
            return
        self.put_away()
        self._papers.bring(self._view, sources)
        self._show()

    def _attached(self) -> None:
        self.put_away()
        self.attached.emit()

    def _ended(self) -> None:
        self._show()
        self.ended.emit()

    def _ask(self, row: Action) -> None:
        self.put_away()
        self._asking.ask(row)
        self._show()

    def _do(self, row: Action, reason: str) -> None:
        if self._view is not None:
            record = self._view.record.id
            work = partial(records.move, self._desk.store, record, row.action, reason=reason)
            again = partial(self._do, row, reason)
            refused = partial(self._refused, row, again)
            self._desk.tasks.run(self, work, partial(self._done, prints=False), failed=refused)

    def _refused(self, row: Action, again: Callable[[], None], error: Exception) -> None:
        codes = {one.code for one in error.problems} if isinstance(error, Refused) else set()
        if UNCONFIRMED in codes and self._day.ask(again):
            self._show()
        elif "reason_missing" in codes:
            self._ask(msgspec.structs.replace(row, asks=(PLAIN,)))
        else:
            self._desk.notices.trouble(error)

    def _done(self, saved: Saved, *, prints: bool) -> None:
        self.put_away()
        self.acted.emit(saved, prints)

    def _show(self) -> None:
        """Take no room where nothing is asked."""
        self.setVisible(not all(part.isHidden() for part in self._parts()))
        self.turned.emit()

    def _parts(self) -> tuple[Asking, DayQuestion, Attaching]:
        return self._asking, self._day, self._papers
