"""Kills a server with SIGKILL while desks work with it, again and again: nothing may be lost.

    .venv/bin/python bench/kill_server.py [TIMES] [--workers N] [--postgres] [--desks N]

Desks of one office save, issue letters and go to the server all the time, each into a store of its
own. At a random moment the server is killed: with several workers by turns one of them, the process
above them, or all at once. Before anybody can heal anything it is counted which changes a signed
receipt covers and the city has not. Then it starts again on the same port. At the end nothing may
stand twice, each desk holds every letter, and the city and every store verify.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.load import Load
from forms.engine.region import Office
from sync.crypto import passphrase
from sync.server import administration, offices
from sync.server.city import City
from tests import databases
from tests.sync.client.road import ADMINISTRATOR, PASSPHRASE, REGION

ROOT = Path(__file__).resolve().parents[1]
TIMES = 100
DESKS = 3
OFFICE = "KEL-1"
TRIPS_MAX, TRIPS_S_MAX = 6, 10.0  # that come through between two kills, and how long they may take
WAIT_S_MAX = 0.1  # so that a kill falls into any part of a trip
WHOM = ("worker", "above", "all")


class Told(NamedTuple):
    """What came of it."""

    changes: int
    lost: int
    faulty: list[str]
    trips: int
    broken: int


class Server:
    """A server's processes, started anew on one port."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder, self._workers, self._port = folder, workers, "0"
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, and return when it serves."""
        words = ["--server-dir", str(self._folder), "server", "run", "--port", self._port]
        with (self._folder / "stderr").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), *words, "--workers", str(self._workers)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the server did not start: " + (self._folder / "stderr").read_text()[-2000:]
        self.url = json.loads(line)["url"]
        self._port = self.url.rpartition(":")[2]

    @property
    def id(self) -> int:
        """The process that was started."""
        assert self._process is not None
        return self._process.pid

    @property
    def workers(self) -> list[int]:
        """The processes below it."""
        below = Path(f"/proc/{self.id}/task/{self.id}/children").read_text()
        return [int(one) for one in below.split()]

    def kill(self, whom: str) -> None:
        """Kill "above", "all" or one "worker"; when all must end, return when it can start anew."""
        below = self.workers
        if whom == "worker" and below:
            os.kill(below[0], signal.SIGKILL)
            return
        for process in [self.id, *(below if whom == "all" else [])]:
            os.kill(process, signal.SIGKILL)
        self.wait()

    def end(self) -> None:
        """Let it finish."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self.wait()

    def wait(self) -> int:
        """Wait for the end of the process that was started; give its status."""
        assert self._process is not None
        status = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status


@contextmanager
def founded(folder: Path, *, postgres: bool) -> Iterator[City]:
    """Found a city with one kelurahan."""
    passphrase.MEMORY_KIB, passphrase.PASSES = 64, 1  # signing in is not what is tried here
    url = databases.cluster().new() if postgres else ""
    administration.init(folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, database=url)
    city = City.open(folder)
    area = city.region.areas.first(city.region.code, "kelurahan")
    offices.add(city, Office(b"", OFFICE, "kelurahan", "Kelurahan Satu", area, (area,)), "bench")
    try:
        yield city
    finally:
        city.close()


def main(times: int, folder: Path, *, workers: int, postgres: bool, desks: int = DESKS) -> Told:
    """Kill so many times; tell what came of it."""
    chance = random.Random(1)
    with founded(folder / "city", postgres=postgres) as city:
        server, load, lost = Server(folder / "city", workers), Load(city, folder, OFFICE, desks), 0
        try:
            server.start()
            load.begin(server.url)
            for turn in range(times):
                load.await_trips(chance.randrange(TRIPS_MAX), TRIPS_S_MAX)
                time.sleep(chance.uniform(0, WAIT_S_MAX))
                whom = WHOM[turn % len(WHOM)] if workers > 1 else "all"
                server.kill(whom)
                lost += load.lost()
                if whom != "worker":
                    server.start()
            load.end()
            load.settle()
        finally:
            load.end()
            server.end()
        lost += load.lost()
        told = Told(load.residents + 5 * load.letters, lost, load.faulty(), load.trips, load.broken)
        load.close()
    return told


if __name__ == "__main__":
    read = argparse.ArgumentParser()
    read.add_argument("times", nargs="?", type=int, default=TIMES)
    read.add_argument("--workers", type=int, default=1)
    read.add_argument("--postgres", action="store_true")
    read.add_argument("--desks", type=int, default=DESKS)
    given = read.parse_args()
    place = Path(tempfile.mkdtemp())
    begun = time.perf_counter()
    try:
        done = main(
            given.times,
            place,
            workers=given.workers,
            postgres=given.postgres,
            desks=given.desks,
        )
    finally:
        databases.close()
        shutil.rmtree(place)
    seconds = time.perf_counter() - begun
    print(
        f"{given.times} kills, {given.workers} workers, "
        f"{'PostgreSQL' if given.postgres else 'SQLite'}, {given.desks} desks: "
        f"{done.changes} changes, {done.lost} lost, {len(done.faulty)} faults; "
        f"{done.trips} trips came through, {done.broken} broke; {seconds:.0f} s"
    )
    for fault in done.faulty:
        print(fault)
    sys.exit(bool(done.lost or done.faulty))
