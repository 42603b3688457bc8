"""The one door off the interface's thread.

Work runs in one of four lanes of one thread each, so that what belongs to one lane keeps its
order; what came of it is brought back by one signal of one object that lives on the interface's
thread. Nothing of Qt and no row of a database goes through the door: plain values only.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

T = TypeVar("T")

WAITING_MAX = 256  # A person can't ask faster than this; more means a loop that asks itself.


class Lane(Enum):
    """Where work is done: at the store, the line, paper, files from elsewhere, or a long count."""

    STORE = "store"
    LINE = "line"
    PAPER = "paper"
    FILES = "files"
    COUNT = "count"


class TooMuchAsked(RuntimeError):  # noqa: N818 - it says what happened
    """A lane has more work waiting than any person could have asked for."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    owner: QObject
    result: Any
    trouble: Exception | None
    then: Callable[[Any], None] | None
    failed: Callable[[Exception], None]
    lane: Lane | None = None  # Whose work has ended with this; None for news from its middle.


class Tasks(QObject):
    """Runs work in lanes and delivers what came of it on the interface's thread."""

    _landed = Signal(object)

    def __init__(self, failed: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._failed = failed
        self._lanes = {
            lane: ThreadPoolExecutor(1, thread_name_prefix=f"teras-{lane.value}") for lane in Lane
        }
        self._waiting = dict.fromkeys(Lane, 0)
        self._open = True
        self._landed.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        *,
        failed: Callable[[Exception], None] | None = None,
        lane: Lane = Lane.STORE,
    ) -> None:
        """Do `work` in its lane and hand the result to `then`, or its trouble to `failed`.

        Both are called on the interface's thread, and only if `owner` still exists by then.
        Without `failed`, trouble goes to the one who tells it (`notices`).
        """
        if not self._open:
            return
        back = partial(_Arrival, owner, then=then, failed=failed or self._failed, lane=lane)
        self._waiting[lane] += 1
        if self._waiting[lane] > WAITING_MAX:
            self._landed.emit(back(result=None, trouble=TooMuchAsked(lane.value)))
            return
        self._lanes[lane].submit(work).add_done_callback(partial(self._land, back))

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is being done and nothing waits to be delivered."""
        return not any(self._waiting.values())

    def teller(self, owner: QObject, told: Callable[[Any], None]) -> Callable[[Any], None]:
        """Make what work may call from its lane to say how far it is; `told` hears it here."""
        back = partial(_Arrival, owner, trouble=None, then=told, failed=self._failed)

        def tell(value: Any) -> None:
            if self._open:
                self._landed.emit(back(result=value))

        return tell

    def close(self, *, finish: bool = False) -> None:
        """Finish what is being done, with `finish` also what waits; deliver nothing more."""
        self._open = False
        for pool in self._lanes.values():
            pool.shutdown(wait=True, cancel_futures=not finish)

    def _land(self, back: Callable[..., _Arrival], done: Future[Any]) -> None:
        """Send what came of it to the interface's thread; this one is the lane's."""
        if done.cancelled() or not self._open:
            return
        error = done.exception()
        strange = error is not None and not isinstance(error, Exception)
        trouble = RuntimeError(repr(error)) if strange else error
        result = None if error is not None else done.result()
        self._landed.emit(back(result=result, trouble=trouble))

    @Slot(object)
    def _deliver(self, arrival: _Arrival) -> None:
        if arrival.lane is not None:
            self._waiting[arrival.lane] -= 1
        if not self._open or not isValid(arrival.owner):
            return
        if arrival.trouble is not None:
            arrival.failed(arrival.trouble)
        elif arrival.then is not None:
            arrival.then(arrival.result)


class Latest:
    """Work of which only the newest matters: one is being done, one waits, older ones are dropped.

    Results are delivered in the order in which they were asked for.
    """

    def __init__(self, tasks: Tasks, owner: QObject, lane: Lane = Lane.STORE) -> None:
        self._tasks = tasks
        self._owner = owner
        self._lane = lane
        self._next: Callable[[], None] | None = None
        self._busy = False
        self._turn = 0

    def ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Have `work` done now, or as soon as what is being done has ended."""
        turn = self._turn

        def arrived(result: T) -> None:
            self._go_on()
            if turn == self._turn:
                then(result)

        def broke(trouble: Exception) -> None:
            self._go_on()
            if turn == self._turn:
                (failed or self._tasks._failed)(trouble)  # noqa: SLF001 - both halves of one door

        def start() -> None:
            self._tasks.run(self._owner, work, arrived, failed=broke, lane=self._lane)

        if self._busy:
            self._next = start
        else:
            self._busy = True
            start()

    def drop(self) -> None:
        """Forget what waits, and what comes of what is being done."""
        self._turn += 1
        self._next = None

    def _go_on(self) -> None:
        following, self._next = self._next, None
        self._busy = following is not None
        if following is not None:
            following()
