"""Counts what passes through the server's doors, in a file of each process, so that it adds up.

<server folder>/counters/<number>/cells     a digest of the layout, then unsigned 64-bit cells

A process maps its own file and adds in memory; who reads sums all files. The system keeps what was
added when a process is killed, and the next one with its number goes on from there: a counter never
falls because one of several processes ended. What counts something present (writers that wait) is
emptied when a file is taken over. Where there is no room, a process counts for itself alone.
"""

import hashlib
import mmap
import os
import struct
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from forms.engine.problem import Refused
from sync.server.seat import Seat

FOLDER, FILE = "counters", "cells"
DIGEST = 32
CELL = 8
# Statuses that our doors answer with; any other falls into OTHER.
STATUSES = (
    200, 206, 303, 304, 307, 400, 401, 403, 404, 405, 408, 410, 413, 415, 416, 422, 429, 500, 503,
)  # fmt: skip
OTHER = "other"
NOWHERE = ("other", "other")  # method and path of what no door is there for
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds
MICRO = 1_000_000

RECEIPTS, BATCHES = "receipts", "batches"
TURNS, TURN_MICROS, WAITING = "writer_turns", "writer_micros", "writers_waiting"
SLOW, UNREAD = "slow", "unread"
PLAIN = (RECEIPTS, BATCHES, TURNS, TURN_MICROS, WAITING, SLOW, UNREAD)
PRESENT = (WAITING,)

Route = tuple[str, str]  # method and path, with its parts in braces
Key = tuple[str, ...]


class Meter:
    """The cells of this process, and the sum of all; `lay` says first which doors there are."""

    def __init__(self, folder: Path) -> None:
        self.routes: tuple[Route, ...] = ()
        self._index: dict[Key, int] = {}
        self._digest = b""
        self._folder = folder / FOLDER
        self._file = Path()
        self._lock = threading.Lock()
        self._owner = 0
        self._cells = memoryview(bytearray())

    def lay(self, routes: Sequence[Route]) -> None:
        """Lay out the cells, before anything is counted."""
        self.routes = (*dict.fromkeys(routes), NOWHERE)
        keys: list[Key] = [(name,) for name in PLAIN]
        for route in self.routes:
            keys += [("requests", *route, str(status)) for status in (*STATUSES, OTHER)]
            keys += [("bucket", *route, str(number)) for number in range(len(BOUNDS) + 1)]
            keys += [(name, *route) for name in ("micros", "received", "sent")]
        self._index = {key: number for number, key in enumerate(keys)}
        self._digest = hashlib.sha256(repr(keys).encode()).digest()

    def passed(
        self, route: Route, status: int, seconds: float, *, received: int, sent: int
    ) -> None:
        """Count one request that was answered."""
        if ("micros", *route) not in self._index:
            route = NOWHERE
        bucket = sum(seconds > bound for bound in BOUNDS)
        told = str(status) if status in STATUSES else OTHER
        self._add(
            (("requests", *route, told), 1),
            (("bucket", *route, str(bucket)), 1),
            (("micros", *route), int(seconds * MICRO)),
            (("received", *route), received),
            (("sent", *route), sent),
        )

    def count(self, name: str, more: int = 1) -> None:
        """Count something of PLAIN."""
        self._add(((name,), more))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Count who waits for the one writing transaction, and for how long."""
        began = perf_counter()
        self._add(((WAITING,), 1))
        try:
            yield
        finally:
            micros = int((perf_counter() - began) * MICRO)
            self._add(((WAITING,), -1), ((TURNS,), 1), ((TURN_MICROS,), micros))

    def sums(self) -> dict[Key, int]:
        """Add up the cells of every process of this folder that counts the same things."""
        count = len(self._index)
        with self._lock:
            totals = list(self._own())
            own = self._file
        for path in sorted(self._folder.glob(f"*/{FILE}")):
            if path == own:
                continue
            try:
                content = path.read_bytes()
            except OSError:
                continue
            if len(content) == DIGEST + CELL * count and content[:DIGEST] == self._digest:
                found = struct.unpack(f"={count}Q", content[DIGEST:])
                totals = [one + other for one, other in zip(totals, found, strict=True)]
        return dict(zip(self._index, totals, strict=True))

    def _add(self, *parts: tuple[Key, int]) -> None:
        with self._lock:
            cells = self._own()
            for key, more in parts:
                number = self._index[key]
                cells[number] = max(0, cells[number] + more)

    def _own(self) -> memoryview:
        """Give this process's cells; a process that was forked takes a number of its own."""
        if self._owner != os.getpid():
            self._owner = os.getpid()
            self._file = Path()
            size = CELL * len(self._index)
            try:
                seat = Seat.take(self._folder)
            except (OSError, Refused):
                self._cells = memoryview(bytearray(size)).cast("Q")
                return self._cells
            weakref.finalize(self, seat.leave)
            try:
                self._cells = _mapped(seat.folder / FILE, self._digest, size)
                self._file = seat.folder / FILE
            except OSError:
                self._cells = memoryview(bytearray(size)).cast("Q")
            for name in PRESENT:
                self._cells[self._index[(name,)]] = 0
        return self._cells


def _mapped(path: Path, digest: bytes, size: int) -> memoryview:
    """Map a file's cells, emptied where it counted other things; its room is taken beforehand."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(handle).st_size != DIGEST + size or os.read(handle, DIGEST) != digest:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, digest + bytes(size))
            os.fsync(handle)  # a page that finds no room later would end the process
        whole = memoryview(mmap.mmap(handle, DIGEST + size))
        return whole[DIGEST:].cast("Q")
    finally:
        os.close(handle)
