"""The commands by which an administrator and the head of an office decide on removals."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.server import streams
from sync.server.city import City, clock
from sync.server.run import Running
from sync.server.streams import Entry

COUNT = 11
NOBODY = "0" * 32


@pytest.fixture
def people(teras: Any, desk: Path, live: Running, tmp_path: Path) -> list[str]:
    """Residents that the desk and the city know."""
    lines = tmp_path / "people.jsonl"
    lines.write_text("".join(json.dumps({"nama": f"WARGA {n}"}) + "\n" for n in range(COUNT)))
    made = teras("record", "new", "residents/resident", "--answers", lines).body["records"]
    teras("sync")
    return [one["record"] for one in made]


@pytest.fixture
def waiting(teras: Any, people: list[str]) -> list[str]:
    """Removals of one day that the city holds; their ids in the order of the list."""
    for name in people:
        teras("record", "move", name, "move_out", "--reason", "Pindah")
    teras("sync")
    return [one["id"] for one in teras("server", "removals").body["removals"]]


def state(teras: Any, record: str) -> str:
    [found] = [
        one
        for one in teras("server", "records", "--service", "residents/resident").body["records"]
        if one["id"] == record
    ]
    return str(found["state"])


def test_what_waits_is_listed_counted_and_released_singly_or_whole(
    teras: Any, people: list[str], waiting: list[str]
) -> None:
    listed = teras("server", "removals").body["removals"]
    assert [one["record"] for one in listed] == people
    assert {(one["act"], one["reason"]) for one in listed} == {("move_out", "Pindah")}
    assert teras("server", "status").body["removals"] == COUNT
    shown = teras("record", "show", people[0]).body
    assert shown["history"][-1]["code"] == "mass_removal"
    assert (shown["sync"], teras("status").body["pending"]) == ("received", 0)

    assert teras("server", "removals", "release", waiting[0]).body["released"] == 1
    assert (state(teras, people[0]), state(teras, people[1])) == ("moved", "active")
    assert teras("server", "removals", "release", "all").body["released"] == COUNT - 1
    assert state(teras, people[1]) == "moved"
    assert teras("server", "status").body["removals"] == 0


def test_what_is_sent_back_is_to_be_fixed(
    teras: Any, people: list[str], waiting: list[str]
) -> None:
    assert teras("server", "removals", "refuse", "all").body["sent_back"] == COUNT

    teras("sync")

    assert teras("status").body["to_fix"] == COUNT
    assert state(teras, people[0]) == "active"


def test_what_does_not_wait_cannot_be_decided(teras: Any, waiting: list[str]) -> None:
    for given in (NOBODY, "bukan nomor"):
        said = teras("server", "removals", "release", given)
        assert (said.status, said.codes) == (1, ["removal_unknown"])


def test_where_nothing_waits_there_is_nothing_to_decide(
    teras: Any, desk: Path, live: Running
) -> None:
    assert teras("server", "removals").body == {"removals": []}
    assert teras("server", "removals", "refuse", "all").codes == ["removals_none"]
    assert teras("removals").body == {"removals": []}
    assert teras("removals", "confirm").codes == ["removals_none"]


def test_the_head_of_an_office_sees_what_the_city_would_take_and_lets_it_go(
    teras: Any, people: list[str], live: Running, city: Path
) -> None:
    server = City.open(city, clock)
    with server.database.write() as connection:  # as a city would that is mistaken
        [office] = {
            bytes(row.office)
            for row in connection.exec_driver_sql(
                "SELECT office FROM stream WHERE service_group = 'residents'"
            )
        }
        names = [bytes.fromhex(name) for name in people]
        leaves = [Entry(office, "residents", name, left=name) for name in names]
        streams.append(connection, server.code, leaves)
    server.close()

    assert teras("sync").status == 0
    assert teras("status").body["removals"] == COUNT
    [one] = teras("removals").body["removals"]
    assert (one["group"], sorted(one["records"])) == ("residents", sorted(people))
    assert teras("removals", "confirm").body["went"] == COUNT
    assert teras("status").body["removals"] == 0
    assert teras("record", "list", "--service", "residents/resident").body["records"] == []


def test_where_nothing_is_due_nothing_is_erased(teras: Any, live: Running) -> None:
    assert teras("server", "retention").body == {"due": [], "count": 0}
    assert teras("server", "retention", "--dry-run", "--apply").body == {"due": [], "count": 0}
    assert teras("server", "retention", "--apply").body == {"erased": 0, "remaining": 0}
