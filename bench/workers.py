"""How many changes a second a server applies with 1, 2, ... workers, asked by desks at once.

    .venv/bin/python bench/workers.py [--postgres] [--desks N] [--batches N] [--changes N] [W ...]

Each desk is a thread that brings batches which were sealed beforehand, one in each exchange, over
HTTP on this machine; W are numbers of workers, each with a city of its own.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import intake
from bench.kill_server import OFFICE, Server, founded
from bench.served import TICKS
from sync.protocol import wire
from sync.protocol.change import NEW, Body, Change
from sync.protocol.exchange import CONTENT_TYPE, PATH_EXCHANGE
from sync.server import administration, codes
from tests import databases

WORKERS = (1, 2)


class Desk(intake.Desk):
    """One whose residents are nobody else's."""

    first = 0

    def changes(self, count: int) -> Iterator[Change]:
        """Make registrations."""
        for _ in range(count):
            self.seq += 1
            body = Body(intake.resident(self.first + self.seq))
            yield self.change(NEW, body, b"", {}, "active")


class Did(NamedTuple):
    """Seconds that all took, those of each exchange, and CPU seconds of the server."""

    whole: float
    each: list[float]
    cpu: float


def main(given: argparse.Namespace) -> None:
    """Print the table."""
    print("workers   changes/s   exchange p50   p99     CPU s of the server per 1,000 changes")
    for workers in given.workers or WORKERS:
        with tempfile.TemporaryDirectory() as name:
            did = _measure(Path(name) / "city", workers, given)
        total = given.desks * given.batches * given.changes
        p50, p99 = statistics.median(did.each), statistics.quantiles(did.each, n=100)[98]
        print(
            f"{workers:>7} {total / did.whole:>11,.0f} {p50 * 1000:>11.0f} ms "
            f"{p99 * 1000:>4.0f} ms {did.cpu / total * 1000:>10.3f}"
        )


def _measure(folder: Path, workers: int, given: argparse.Namespace) -> Did:
    with founded(folder, postgres=given.postgres) as city:
        bodies = []
        for place in range(given.desks):
            desk = Desk(city, codes.make(city, OFFICE, "kepala", "bench")[0])
            desk.first = place * given.batches * given.changes
            sealed = [desk.batch(list(desk.changes(given.changes))) for _ in range(given.batches)]
            bodies.append([wire.encode([desk.ask(), one]) for one in sealed])
        server = Server(folder, workers)
        server.start()
        try:
            before = _spent(server)
            begun = time.perf_counter()
            with ThreadPoolExecutor(given.desks) as pool:
                each = [
                    one
                    for some in pool.map(lambda b: _bring(server.url, b), bodies)
                    for one in some
                ]
            whole = time.perf_counter() - begun
            cpu = _spent(server) - before
        finally:
            server.end()
        made = administration.status(city).changes
        assert made == given.desks * (given.batches * given.changes + 1), made
    return Did(whole, each, cpu)


def _bring(url: str, bodies: list[bytes]) -> list[float]:
    line = HTTPConnection(url.removeprefix("http://"), timeout=120)
    took = []
    for body in bodies:
        begun = time.perf_counter()
        line.request("POST", PATH_EXCHANGE, body, {"Content-Type": CONTENT_TYPE})
        answer = line.getresponse()
        content = answer.read()
        assert answer.status == 200, content
        took.append(time.perf_counter() - begun)
    line.close()
    return took


def _spent(server: Server) -> float:
    """Give the CPU seconds of a server's processes; those of PostgreSQL are not among them."""
    found = 0.0
    for process in (server.id, *server.workers):
        with contextlib.suppress(FileNotFoundError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            found += (int(fields[11]) + int(fields[12])) / TICKS
    return found


if __name__ == "__main__":
    read = argparse.ArgumentParser()
    read.add_argument("workers", nargs="*", type=int)
    read.add_argument("--postgres", action="store_true")
    read.add_argument("--desks", type=int, default=8)
    read.add_argument("--batches", type=int, default=5)
    read.add_argument("--changes", type=int, default=200)
    try:
        main(read.parse_args())
    finally:
        databases.close()
