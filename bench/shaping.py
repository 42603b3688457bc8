"""A line that is as bad as one wants: a TCP proxy with a rate, a delay and cuts of its own.

Loss shows as throughput only: TCP repairs it below us, at the price of `rate`. The rate is shared
by all connections of one direction, as on one modem.
"""

import contextlib
import socket
import threading
import time
from queue import SimpleQueue
from urllib.parse import urlsplit

import msgspec

PART = 1_024  # bytes moved at once: 128 ms at 64 kbit/s
ENDED = b""


class Shape(msgspec.Struct, frozen=True):
    """What a line is like: bytes per second, seconds one way, and when it breaks.

    A connection is cut after `cut_bytes` in both directions together. With `up_s` and `down_s` the
    line is there and away in turn: what is open when it goes breaks, what comes meanwhile fails.
    """

    rate: float = 0.0
    delay_s: float = 0.0
    cut_bytes: int = 0
    up_s: float = 0.0
    down_s: float = 0.0


class Lane:
    """One direction of the line: parts leave one after the other and arrive a delay later."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._lock = threading.Lock()
        self._free = 0.0
        self.bytes = 0

    def due(self, size: int) -> float:
        """Take the lane for so many bytes; the moment when they arrive."""
        with self._lock:
            self.bytes += size
            begin = max(time.monotonic(), self._free)
            self._free = begin + (size / self._shape.rate if self._shape.rate else 0.0)
            return self._free + self._shape.delay_s


class Shaped:
    """The proxy to one server, on a port of this machine."""

    def __init__(self, url: str, shape: Shape) -> None:
        place = urlsplit(url)
        self._target = (place.hostname or "", place.port or 80)
        self._shape = shape
        self._began = time.monotonic()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{place.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.up, self.down = Lane(shape), Lane(shape)
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """End everything that is open."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _end(one)
        for thread in self._threads:
            thread.join(10)

    def _is_away(self, moment: float) -> bool:
        whole = self._shape.up_s + self._shape.down_s
        return whole > 0 and (moment - self._began) % whole >= self._shape.up_s

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self._is_away(time.monotonic()):
                _end(here)
                continue
            there = socket.create_connection(self._target)
            for one in (here, there):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * PART)
            self._open |= {here, there}
            _Link(self, here, there).start()

    def run(self, work: threading.Thread) -> None:
        """Start a thread and remember it."""
        self._threads.append(work)
        work.start()


class _Link:
    """One connection through the proxy."""

    def __init__(self, line: Shaped, here: socket.socket, there: socket.socket) -> None:
        self._line, self._ends = line, (here, there)
        self._left = line._shape.cut_bytes  # noqa: SLF001 - one thing in two classes
        self._count = threading.Lock()

    def start(self) -> None:
        """Move both ways until one end is done or the line is cut."""
        here, there = self._ends
        for source, sink, lane in (
            (here, there, self._line.up),
            (there, here, self._line.down),
        ):
            queue: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
            self._line.run(
                threading.Thread(target=self._take, args=(source, lane, queue), daemon=True)
            )
            self._line.run(threading.Thread(target=self._give, args=(sink, queue), daemon=True))

    def _take(
        self, source: socket.socket, lane: Lane, queue: "SimpleQueue[tuple[float, bytes]]"
    ) -> None:
        while True:
            try:
                part = source.recv(PART)
            except OSError:
                part = ENDED
            due = lane.due(len(part))
            queue.put((due, part))
            if not part:
                return
            # The modem's own queue is short: who sends more waits, and so learns how it stands.
            time.sleep(max(0.0, due - time.monotonic() - self._line._shape.delay_s))  # noqa: SLF001 - as above

    def _give(self, sink: socket.socket, queue: "SimpleQueue[tuple[float, bytes]]") -> None:
        while True:
            due, part = queue.get()
            time.sleep(max(0.0, due - time.monotonic()))
            if not part or self._is_cut(len(part)):
                self._cut(hard=bool(part))
                return
            try:
                sink.sendall(part)
            except OSError:
                self._cut(hard=True)
                return

    def _is_cut(self, size: int) -> bool:
        if self._line._is_away(time.monotonic()):  # noqa: SLF001 - as above
            return True
        if not self._left:
            return False
        with self._count:
            self._left -= size
            return self._left <= 0

    def _cut(self, *, hard: bool) -> None:
        for one in self._ends:
            if hard:
                with contextlib.suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            _end(one)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
