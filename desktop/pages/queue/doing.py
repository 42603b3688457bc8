"""What a key of the queue does: one act in the store's lane, then what came of it is told."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.desk import Desk
from desktop.notices import Tone
from desktop.pages.queue.rows import Target
from forms.queue.tickets import AT_COUNTER, Ticket
from sync.protocol.change import NOBODY
from sync.store import queue, queue_board, queue_desk
from sync.store.handle import Store
from sync.store.queue_board import Board
from sync.store.queue_desk import Counter


class Doing(QObject):
    """Acts on tickets; `done` comes after each, `taken` before it with the board and the ticket."""

    done = Signal()
    taken = Signal(object, object)

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk

    def take(self, letter: str, priority: str, subject: bytes = NOBODY) -> None:
        """Give out the next number of a group; `subject` is whom it concerns, if that is known."""

        def work(store: Store) -> tuple[Board, Ticket]:
            ticket = queue.take(store, letter, priority=priority, subject=subject)
            board = queue_board.read(store)
            return board, next(one for one in board.tickets if one.record == ticket.record)

        self._do(work, lambda found: self.taken.emit(*found))

    def call_next(self) -> None:
        """Call whoever is next."""

        def told(ticket: Ticket | None) -> None:
            if ticket is None:
                self._desk.notices.say("queue.none_left", Tone.CALM)

        self._do(queue.call_next, told)

    def call(self, ticket: Ticket) -> None:
        """Call one out of turn; who was missed goes back into the line instead."""
        act = queue.requeue if ticket.state == "no_show" else queue.call
        self._do(lambda store: act(store, ticket.record))

    def step(self, here: Ticket) -> None:
        """Begin with who was called, or end with who is served."""
        act = queue.begin if here.state == AT_COUNTER[0] else queue.finish
        self._do(lambda store: act(store, here.record))

    def recall(self, here: Ticket) -> None:
        """Call the same number again."""
        self._do(lambda store: queue.recall(store, here.record))

    def miss(self, here: Ticket) -> None:
        """Say that nobody came."""
        self._do(lambda store: queue.miss(store, here.record))

    def cancel(self, ticket: Ticket) -> None:
        """End a number that its bearer gives back."""
        self._do(lambda store: queue.cancel(store, ticket.record))

    def pass_on(self, ticket: Ticket, target: Target) -> None:
        """Send somebody to another group or desk."""
        self._do(lambda store: queue.pass_on(store, ticket.record, target.letter, target.holder))

    def take_over(self, holder: str) -> None:
        """Take the line of a desk that can't call any more."""
        told = partial(self._count, "queue.taken_over")
        self._do(lambda store: queue.take_over(store, holder), told)

    def adopt(self, said: Counter) -> None:
        """Call and print like this from now on."""

        def told(_nothing: None) -> None:
            self._desk.notices.say("queue.kept")

        self._do(lambda store: queue_desk.adopt(store, said), told)

    def show_room(self, *, shows: bool) -> None:
        """Remember whether the waiting room has its window."""
        self._desk.tasks.run(self, partial(queue_desk.show_room, self._desk.store, shows))

    def _count(self, code: str, count: int) -> None:
        self._desk.notices.say(code, count=count)

    def _do(self, act: Callable[[Store], object], then: Callable[..., None] | None = None) -> None:
        def arrived(result: object) -> None:
            if then is not None:
                then(result)
            self.done.emit()

        self._desk.tasks.run(self, partial(act, self._desk.store), arrived)
