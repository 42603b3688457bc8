"""Several processes serve one port: replaced under load, killed under load, nothing is lost."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bench import kill_server
from bench.kill_server import OFFICE, Server
from bench.load import Load
from forms.engine.problem import Refused
from sync.crypto import passphrase
from sync.protocol.lock import Lock
from sync.server import schema, workers
from sync.server.address import Address, listen
from sync.server.city import City
from tests import databases

KILLS = int(os.environ.get("TERAS_KILLS", "20"))
WAIT_S = 120.0


def wait_for(what: str, server: Server, before: set[int]) -> None:
    """Wait until two workers serve that were not there before."""
    until = time.monotonic() + WAIT_S
    while len(set(server.workers) - before) < 2 or before & set(server.workers):
        assert time.monotonic() < until, what
        time.sleep(0.02)


def set_version(city: City, version: str) -> None:
    with databases.unguarded(city.database.url) as connection:
        said = text("UPDATE alembic_version SET version_num = :version")
        connection.execute(said, {"version": version})


@pytest.fixture(autouse=True)
def _stretching_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo afterwards what the bench does in its own process, which is this one."""
    for name in ("MEMORY_KIB", "PASSES", "LANES"):
        monkeypatch.setattr(passphrase, name, getattr(passphrase, name))


@pytest.fixture
def load(tmp_path: Path) -> Iterator[tuple[Server, Load]]:
    """A server with two workers and two desks that work with it."""
    with kill_server.founded(tmp_path / "city", postgres=databases.on_postgres()) as city:
        server, load = Server(tmp_path / "city", 2), Load(city, tmp_path, OFFICE, 2)
        try:
            server.start()
            load.begin(server.url)
            yield server, load
        finally:
            load.end()
            server.end()
            load.close()


@pytest.mark.kills
def test_workers_replaced_under_load_refuse_nobody_and_lose_nothing(
    load: tuple[Server, Load],
) -> None:
    server, desks = load
    first = set(server.workers)
    desks.await_trips(4, WAIT_S)

    os.kill(server.id, signal.SIGHUP)
    wait_for("both are replaced", server, first)
    desks.await_trips(4, WAIT_S)
    desks.end()
    desks.settle()

    assert desks.broken == 0  # whatever broke was healed within the trip
    assert desks.faulty() == []
    server.end()
    assert server.wait() == 0
    listen(Address(port=int(server.url.rpartition(":")[2]))).close()


@pytest.mark.kills
def test_a_server_killed_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    postgres = databases.on_postgres()

    told = kill_server.main(KILLS // 10, tmp_path, workers=2, postgres=postgres, desks=2)

    assert (told.lost, told.faulty) == (0, [])
    assert told.trips > 0


def test_the_next_server_waits_for_the_last_worker_of_a_killed_one(folder: Path) -> None:
    held = Lock.take(folder, "server_busy")
    with pytest.raises(Refused) as refused:
        Lock.take(folder, "server_busy", patience=0.02)
    held.release()

    assert refused.value.problems[0].code == "server_busy"
    Lock.take(folder, "server_busy", patience=60).release()


@pytest.mark.parametrize("count", [0, workers.WORKERS_MAX + 1])
def test_a_number_of_workers_out_of_bounds_is_refused(folder: Path, count: int) -> None:
    with pytest.raises(Refused) as refused:
        workers.run(folder, Address(), count, print)

    assert refused.value.problems[0].code == "workers_bound"


@pytest.mark.parametrize("place", ["nowhere", "."])  # the second is refused by what a worker says
def test_a_folder_that_is_no_server_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(Refused) as refused:
        workers.run(tmp_path / place, Address(), 2, print)

    assert refused.value.problems[0].code == "server_missing"


@pytest.mark.parametrize(("at", "code"), [("0001", "schema_older"), ("9999", "schema_newer")])
def test_a_fresh_worker_leaves_the_schema_alone_that_others_work_on(
    folder: Path, city: City, at: str, code: str
) -> None:
    City.open(folder, migrate=False).close()
    set_version(city, at)
    try:
        with pytest.raises(Refused) as refused:
            City.open(folder, migrate=False)
    finally:
        set_version(city, schema.HEAD)

    assert refused.value.problems[0].code == code
