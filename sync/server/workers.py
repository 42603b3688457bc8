"""Runs the server in several processes on one port, and replaces them while it serves.

The process that was started binds the port, takes the folder's lock and starts workers
(sync.server.worker): fresh interpreters that inherit both. So no connection is refused while one of
them is replaced, and nobody gets the folder before the last of them has ended.

| what happens    | what is done                                                                  |
|-----------------|-------------------------------------------------------------------------------|
| a worker dies   | another one takes its place: at once, then after pauses doubled up to 30 s    |
| SIGHUP          | place after place: a fresh worker, and when that serves the old one finishes; |
|                 | if it can't serve, the round ends and the old ones go on                      |
| SIGTERM, Ctrl+C | all finish what is under way, and end                                         |
| SIGKILL         | the workers end at once, for their stdin does                                 |

The first worker starts alone, since it may bring the schema up to date; no later one does. A
fresh worker is what lies on the disk then: new code, certificates, lists.
"""

import json
import logging
import selectors
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from forms.engine.problem import Problem, Refused, Unreachable
from sync.protocol.lock import Lock
from sync.server import address as addresses
from sync.server.address import PATIENCE_S, Address
from sync.server.child import Child
from sync.server.logs import Log
from sync.server.orders import Order

WORKERS_MAX = 32  # with what replaces them fewer than the seats of a folder
STEADY_S = 60.0  # who lived so long did not die of its start
PAUSE_S_MAX = 30.0
TICK_S = 0.2

_log = logging.getLogger(__name__)


class Place:
    """One of the places for workers: who serves there, who is to, and how often one died early."""

    def __init__(self) -> None:
        self.serving: Child | None = None
        self.fresh: Child | None = None
        self.deaths = 0
        self.due = 0.0  # not before then another one is started

    def died(self, child: Child) -> None:
        """Note that one ended unasked."""
        now = time.monotonic()
        self.deaths = 1 if now - child.since > STEADY_S else self.deaths + 1
        self.due = now + min(PAUSE_S_MAX, 2.0 ** (self.deaths - 2) if self.deaths > 1 else 0.0)


class Crew:
    """The workers of one server; `tick` does what is due."""

    def __init__(self, start: Callable[[bool], Child], count: int) -> None:
        self._start = start
        self._places = [Place() for _ in range(count)]
        self._round: deque[Place] = deque()
        self._leaving: list[Child] = []
        self._selector = selectors.DefaultSelector()

    def begin(self, is_over: Callable[[], bool]) -> None:
        """Start the first worker, and when it serves the others; return when all do, or it is over.

        Refused or Unreachable as a worker was, Refused(server_start) where one died of something
        else.
        """
        for some in (self._places[:1], self._places[1:]):
            for place in some if not is_over() else ():
                place.fresh = self._started(migrate=place is self._places[0])
            while any(place.fresh for place in some) and not is_over():
                self._listen()
                for child in self._gone():
                    _raise(child)

    def renew(self) -> None:
        """Let fresh workers take the places of those that serve, one after another."""
        self._round = deque(self._places)

    def tick(self) -> None:
        """Listen for a moment, see who is gone, and start who is due."""
        self._listen()
        for _ in self._gone():
            pass
        now = time.monotonic()
        for place in self._places:
            if place.serving is None and place.fresh is None and now >= place.due:
                place.fresh = self._started()
        if self._round and not self._leaving and not any(place.fresh for place in self._places):
            self._round.popleft().fresh = self._started()

    def end(self) -> None:
        """Let all finish, and return when none is left."""
        for child in self._all():
            if not child.ends:
                child.end()
        while self._all():
            self._listen()
            for _ in self._gone():
                pass

    def close(self) -> None:
        """End at once who is left."""
        for child in self._all():
            child.kill()
            child.close()
        self._selector.close()

    def _started(self, *, migrate: bool = False) -> Child:
        child = self._start(migrate)
        self._selector.register(child.pipe, selectors.EVENT_READ, child)
        return child

    def _all(self) -> list[Child]:
        here = [child for place in self._places for child in (place.serving, place.fresh) if child]
        return here + self._leaving

    def _listen(self) -> None:
        """Take in what workers say; one that serves now takes its place."""
        for key, _ in self._selector.select(TICK_S):
            key.data.listen()
        for place in self._places:
            if place.fresh is not None and place.fresh.serves and not place.fresh.ends:
                before, place.serving, place.fresh = place.serving, place.fresh, None
                _log.info("worker %d serves", place.serving.id)
                if before is not None:
                    before.end()
                    self._leaving.append(before)

    def _gone(self) -> Iterator[Child]:
        """Take out who has ended, and end who should have; give those that ended unasked."""
        for child in self._all():
            if child.is_late:
                _log.error("worker %d is late and is ended", child.id)
                child.kill()
            if not child.is_gone():
                continue
            self._selector.unregister(child.pipe)
            child.close()
            if child in self._leaving:
                self._leaving.remove(child)
                continue
            place = next(one for one in self._places if child in {one.serving, one.fresh})
            self._leave(place, child)
            if not child.ends:
                _log.error("worker %d has died", child.id)
                yield child

    def _leave(self, place: Place, child: Child) -> None:
        if child is place.serving:
            place.serving = None
            place.died(child)
            return
        place.fresh = None
        if place.serving is None:
            place.died(child)
        else:
            self._round.clear()
            _log.error("a fresh worker can't serve: the old ones go on")


class Asked:
    """What signals have asked for."""

    def __init__(self) -> None:
        self.by: int = 0  # the signal that ends the server
        self.round = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear signals, and as before afterwards."""
        doing = {
            signal.SIGTERM: self._end,
            signal.SIGINT: self._end,
            signal.SIGHUP: self._renew,
        }
        before = {number: signal.signal(number, act) for number, act in doing.items()}
        try:
            yield
        finally:
            for number, act in before.items():
                signal.signal(number, act)

    def _end(self, number: int, _frame: Any) -> None:
        self.by = number

    def _renew(self, _number: int, _frame: Any) -> None:
        self.round = True


def run(folder: Path, address: Address, count: int, say: Callable[[str], None]) -> None:
    """Serve with so many workers until told to end; `say` gets one line once all of them serve.

    Refused(workers_bound | workers_here | server_missing | server_busy | host_not_loopback |
    port_taken | server_start), or what a worker was refused. KeyboardInterrupt after Ctrl+C.
    """
    if not 1 <= count <= WORKERS_MAX:
        raise Refused(Problem("workers_bound", facts={"max": WORKERS_MAX}))
    if sys.platform == "win32":  # handles aren't inherited there as this needs it
        raise Refused(Problem("workers_here"))
    try:
        lock = Lock.take(folder, "server_busy", PATIENCE_S)
    except FileNotFoundError as error:
        raise Refused(Problem("server_missing")) from error
    asked = Asked()
    with lock, Log(folder), addresses.listen(address) as listener, asked.heard():
        line = json.dumps({"url": addresses.url(address, listener)})

        def start(migrate: bool) -> Child:  # noqa: FBT001 - the only thing that differs
            order = Order(folder.absolute(), address, listener.fileno(), count, migrate)
            return Child(order, lock)

        crew = Crew(start, count)
        try:
            _run(crew, asked, lambda: say(line))
        finally:
            crew.close()
    if asked.by == signal.SIGINT:
        raise KeyboardInterrupt


def _run(crew: Crew, asked: Asked, ready: Callable[[], None]) -> None:
    crew.begin(lambda: bool(asked.by))
    if not asked.by:
        ready()
    while not asked.by:
        if asked.round:
            asked.round = False
            _log.info("all workers are to be replaced")
            crew.renew()
        crew.tick()
    crew.end()


def _raise(child: Child) -> None:
    """Say as one's own why a worker could not start."""
    report = child.report
    if report is not None and report.problems:
        raise Refused(*report.problems)
    if report is not None and report.unreachable:
        raise Unreachable(report.unreachable)
    raise Refused(Problem("server_start"))
