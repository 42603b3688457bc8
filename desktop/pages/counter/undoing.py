"""Offers for a while to take back the change that was just saved, by one key."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop import undo
from desktop.deed import deed
from desktop.desk import Desk
from desktop.tasks import Latest
from desktop.undo import UNDO_MS, Change
from sync.store.records import Saved


class Undoing(QObject):
    """Ctrl+Z on the page of `owner`; `undone` comes when the record says again what it did."""

    undone = Signal(object)

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk
        self._change: Change | None = None
        self._reading = Latest(desk.tasks, self)
        self._deed = deed(owner, "undo.do", "Ctrl+Z", "arrow-counter-clockwise", self._undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(UNDO_MS)
        self._timer.timeout.connect(self.forget)
        self.forget()

    def offer(self, saved: Saved, before: Mapping[str, Any], state: str) -> None:
        """Offer to take a change back, and say so, if its state allows."""
        self.forget()
        work = partial(undo.made, self._desk.store, saved, before, state)
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
        self.undone.emit(saved)
