"""Opens and feeds the window of the waiting room, as long as somebody is signed in."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.desk import Desk
from desktop.notices import Tone
from desktop.waiting_room import BEFORE_MAX, Called, WaitingRoom
from forms.engine.words import say
from forms.queue.tickets import Ticket
from sync.store.queue_board import Board


class Room(QObject):
    """One window at most; the desk's own window stays where the keyboard is."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk
        self._owner = owner
        self._window: WaitingRoom | None = None
        self._calls: list[Called] = []

    @property
    def is_open(self) -> bool:
        """Whether the waiting room has its window."""
        return self._window is not None

    def toggle(self) -> None:
        """Open the window, or close it."""
        if self._window is not None:
            self.close()
            return
        beside = self._owner.window()
        store = self._desk.store
        mark = say("mark.practice") if store.region.practice else ""
        self._window = WaitingRoom(self._desk.look, store.office.name, beside, mark)
        self._window.unplugged.connect(self._unplugged)
        self._window.closed.connect(self._gone)
        self._window.put(self._calls)
        self._window.show()
        self._window.place()
        beside.activateWindow()

    def close(self) -> None:
        """Let the window go; nothing where there is none."""
        if self._window is not None:
            self._window.close()

    def put(self, board: Board) -> None:
        """Show the newest calls of the whole office, as far as they are known here."""
        self._calls = [_called(ticket) for ticket in newest(board)]
        if self._window is not None:
            self._window.put(self._calls)

    def _unplugged(self) -> None:
        self._desk.notices.say("queue.unplugged", Tone.CALM)

    def _gone(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.deleteLater()


def newest(board: Board) -> list[Ticket]:
    """List the last calls, the newest first: one a number, whatever became of it since."""
    called = sorted(
        (ticket for ticket in board.tickets if ticket.called and ticket.state != "waiting"),
        key=lambda ticket: (ticket.called, ticket.place),
        reverse=True,
    )
    return called[: BEFORE_MAX + 1]


def _called(ticket: Ticket) -> Called:
    return Called(ticket.number, ticket.counter, ticket.calls)
