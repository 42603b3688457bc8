"""A load balancer is told whether this process can work, and which of three it lacks."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.server import health
from sync.server.city import SECRET, City
from sync.server.database import Database
from sync.server.health import Health
from sync.server.run import Running
from tests.sync.server.calling import call


@pytest.fixture(autouse=True)
def _always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", 0.0)


def asked(running: Running) -> tuple[int, dict[str, Any]]:
    reply = call(running, "GET", "/readyz")
    return reply.status, json.loads(reply.body)


def test_a_server_that_can_work_says_so(running: Running) -> None:
    assert asked(running) == (200, {"ok": True, "database": True, "keys": True, "disk": True})


def test_lost_keys_are_named_and_found_again(running: Running, folder: Path) -> None:
    (folder / SECRET).rename(folder / "away")
    without = asked(running)
    (folder / "away").rename(folder / SECRET)

    assert without == (503, {"ok": False, "database": True, "keys": False, "disk": True})
    assert asked(running)[0] == 200


def test_the_secret_of_another_server_is_no_key(running: Running, folder: Path) -> None:
    (folder / SECRET).write_bytes(b"x" * 32)

    assert asked(running)[1]["keys"] is False


def test_a_full_disk_is_named(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ROOM_MIN", 1 << 60)

    assert asked(running) == (503, {"ok": False, "database": True, "keys": True, "disk": False})


def test_a_database_that_does_not_answer_is_named(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_self: Database) -> None:
        raise OSError

    monkeypatch.setattr(Database, "read", gone)

    assert Health(city).looked() == {"database": False, "keys": False, "disk": True}


def test_it_is_looked_at_once_for_many_who_ask(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", 60.0)
    looks = list[City]()

    def look(city: City) -> bool:
        looks.append(city)
        return True

    monkeypatch.setattr(health, "LOOKS", {"database": look})
    one = Health(city)

    assert [one.looked() for _ in range(3)] == [{"database": True}] * 3
    assert len(looks) == 1
