"""Offers for a while to take back the change that was just saved, by one key."""

from functools import partial

from PySide6.QtCore import QObject, QTimer

from desktop import undo
from desktop.deed import deed
from desktop.desk import Desk
from desktop.pages.page import Page
from desktop.panes.opening import Opening
from desktop.panes.record import RecordPane
from desktop.tasks import Latest
from desktop.undo import UNDO_MS, Change
from sync.store.records import Saved


class Undoing(QObject):
    """Ctrl+Z on a page, which shows then what is true again, and so does its record pane."""

    def __init__(self, desk: Desk, page: Page, record: RecordPane) -> None:
        super().__init__(page)
        self._desk = desk
        self._page = page
        self._record = record
        self._change: Change | None = None
        self._reading = Latest(desk.tasks, self)
        self._deed = deed(page, "undo.do", "Ctrl+Z", "arrow-counter-clockwise", self._undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self.forget)
        self.forget()

    def offer(self, saved: Saved, done: Opening) -> None:
        """Offer to take a change back, and say so, if there was a record and its state allows."""
        self.forget()
        if done.record:
            work = partial(undo.made, self._desk.store, saved, done.answers, done.state)
            self._reading.ask(work, self._offered)

    def forget(self) -> None:
        """Offer nothing any more."""
        self._reading.drop()
        self._timer.stop()
        self._change = None
        self._deed.setVisible(False)

    def _offered(self, change: Change | None) -> None:
        if change is not None:
            self._change = change
            self._deed.setVisible(True)
            self._timer.start()
            self._desk.notices.say("undo.offered", seconds=UNDO_MS // 1000)

    def _undo(self) -> None:
        change = self._change
        self.forget()
        if change is not None:
            work = partial(undo.take_back, self._desk.store, change)
            self._desk.tasks.run(self, work, self._done)

    def _done(self, saved: Saved) -> None:
        self._desk.notices.say("undo.done")
        self._page.worked.emit()
        self._page.refresh()
        self._record.reopen(saved.record)
