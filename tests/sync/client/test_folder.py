"""A trip by folder does what a trip by network does, and either may come on top of the other."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine import example
from sync.client import folder
from sync.client.trip import trip
from sync.protocol.stick import Folder
from sync.server import exchange
from sync.server import folder as city_folder
from sync.server import records as city_records
from sync.server.city import City
from sync.store import read, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.road import LETTER, RESIDENT

Enrol = Callable[..., Store]
LETTERS = 100
ROUNDS = 5
TAKEN = 5  # of all sticks and copies that there are by then


class Straight:
    """The network without a network: the exchange itself, as a carrier."""

    def __init__(self, city: City) -> None:
        self.city = city

    def exchange(self, envelopes: list[bytes]) -> bytes:
        return exchange.exchange(self.city, envelopes)


def out(store: Store, place: Path) -> folder.Carried:
    place.mkdir(exist_ok=True)
    return folder.carry_out(store, Folder(place))


def back(store: Store, place: Path) -> folder.Carried:
    return folder.carry_in(store, Folder(place))


def visit(city: City, place: Path) -> city_folder.Visit:
    return city_folder.carry(city, Folder(place))


def resident(store: Store, name: str) -> bytes:
    return records.new(store, RESIDENT, {"nama": name}).record


def shown(store: Store) -> dict[bytes, bytes]:
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT id, plain FROM record")
        return {row.id: row.plain for row in rows}


def test_two_desks_end_equal_by_folders_of_which_some_never_arrive_or_come_back(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    desks = [desk("Rina"), desk("Budi")]
    chance = random.Random(1_000)  # noqa: S311 - a shuffle, no secret
    sticks: list[Path] = []
    for turn in range(ROUNDS):
        for number, store in enumerate(desks):
            form = store.catalogue.form(LETTER)
            filled = dict(example.fill(form.example, store.scene()))
            for _ in range(LETTERS // ROUNDS // len(desks)):
                records.new(store, LETTER, filled, issue=True)
            place = tmp_path / f"stick{turn}{number}"
            out(store, place)
            shutil.copytree(place, tmp_path / f"copy{turn}{number}")
            sticks += [place, tmp_path / f"copy{turn}{number}"]
        if turn == 1:
            continue  # nobody goes to the city that day
        chance.shuffle(sticks)
        for place in sticks[:TAKEN]:  # some never arrive
            assert visit(city, place).refused == []
        chance.shuffle(sticks)
        for place in sticks[:TAKEN]:  # and some never come back
            for store in desks:
                back(store, place)
    for _ in range(2):  # one more round lets each desk hear of the other's last letters
        for store in desks:
            out(store, tmp_path / "last")
        visit(city, tmp_path / "last")
        for store in desks:
            assert back(store, tmp_path / "last").refused == []

    assert shown(desks[0]) == shown(desks[1])
    letters = city_records.listing(city, LETTER)
    assert len(letters) == LETTERS
    assert {record.id for record in letters} <= set(shown(desks[0]))
    assert len({record.number for record in letters if record.number}) == LETTERS
    for store in desks:
        found = status.status(store)
        assert (found.pending, found.carried, found.conflicts, found.to_fix) == (0, 0, 0, 0)
        assert found.safe_to_close
        assert verify(store) == []


def test_a_stick_says_what_is_on_it_until_its_receipt_has_come(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk("Rina")
    first = resident(store, "WARGA SATU")
    told = out(store, tmp_path / "stick")

    assert (told.sent, told.pending, told.carried) == (0, 1, 1)
    found = status.status(store)
    assert status.state(found, store.now()).code == "on_stick"
    assert read.record(store, first).sync == "sent"
    assert not found.safe_to_close

    visit(city, tmp_path / "stick")
    told = back(store, tmp_path / "stick")

    assert (told.sent, told.pending, told.carried) == (1, 0, 0)
    assert status.status(store).safe_to_close
    assert read.record(store, first).sync == "received"


def test_a_stick_with_nothing_pending_asks_and_brings_what_others_did(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    writer, reader = desk("Rina"), desk("Budi")
    record = resident(writer, "WARGA SATU")
    trip(writer, Straight(city))

    told = out(reader, tmp_path / "stick")
    assert (told.pending, told.carried) == (0, 0)
    assert visit(city, tmp_path / "stick").wrote == 3  # the city's keys, a receipt, the answer
    assert back(reader, tmp_path / "stick").received >= 1
    assert read.record(reader, record).answers["nama"] == "WARGA SATU"


def test_what_a_stick_brought_is_known_to_a_trip_and_the_other_way_round(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk("Rina")
    resident(store, "WARGA SATU")
    out(store, tmp_path / "one")
    visit(city, tmp_path / "one")
    resident(store, "WARGA DUA")
    done = trip(store, Straight(city))
    assert (done.sent, done.pending) == (2, 0)

    late = back(store, tmp_path / "one")
    assert (late.sent, late.pending, late.refused) == (0, 0, [])

    resident(store, "WARGA TIGA")
    out(store, tmp_path / "two")
    assert trip(store, Straight(city)).pending == 0
    assert visit(city, tmp_path / "two").known == 1
    assert back(store, tmp_path / "two").refused == []
    assert status.status(store).pending == 0
    assert verify(store) == []


def test_a_verdict_whose_stick_was_lost_comes_by_the_next_road(
    desk: Enrol, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk("Rina")
    resident(store, "WARGA SATU")
    monkeypatch.setattr(
        "sync.server.scope.Doorkeeper.faults",
        lambda _self, changes: {change.id: "not_in_scope" for change in changes},
    )
    out(store, tmp_path / "lost")
    visit(city, tmp_path / "lost")
    monkeypatch.undo()
    resident(store, "WARGA DUA")
    out(store, tmp_path / "next")
    for path in (tmp_path / "lost").iterdir():
        path.unlink()

    visit(city, tmp_path / "next")
    done = back(store, tmp_path / "next")

    assert (done.pending, done.to_fix) == (0, 1)


def test_an_answer_of_many_pages_comes_on_one_stick_in_whatever_order_its_files_lie(
    desk: Enrol, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = desk("Rina"), desk("Budi")
    for number in range(60):
        resident(writer, f"WARGA {'ABCDEFGHIJ'[number % 10]}")
    trip(writer, Straight(city))
    monkeypatch.setattr("sync.server.streams.ROWS_MAX", 7)
    out(reader, tmp_path / "stick")

    assert visit(city, tmp_path / "stick").wrote > 60 // 7
    done = back(reader, tmp_path / "stick")

    assert done.received >= 60
    assert shown(reader) == shown(writer)


def test_a_full_stick_carries_the_part_of_the_answer_that_fits(
    desk: Enrol, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reader = desk("Rina"), desk("Budi")
    for number in range(30):
        resident(writer, f"WARGA {'ABCDEFGHIJ'[number % 10]}")
    trip(writer, Straight(city))
    monkeypatch.setattr("sync.server.streams.ROWS_MAX", 7)
    out(reader, tmp_path / "stick")

    class Filling(Folder):
        room = 3

        def put(self, name: str, content: bytes, part: str) -> None:
            Filling.room -= 1
            super().put(name, content, part)

        def free(self) -> int:
            return 1 << 30 if Filling.room else 0

    told = city_folder.carry(city, Filling(tmp_path / "stick"))
    assert (told.wrote, told.unwritten) == (3, "stick_full")
    part = back(reader, tmp_path / "stick")
    assert 0 < part.received < 30
    out(reader, tmp_path / "stick")
    visit(city, tmp_path / "stick")
    back(reader, tmp_path / "stick")
    assert shown(reader) == shown(writer)


def test_numbers_are_granted_by_stick_before_they_run_out(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk("Rina")
    form = store.catalogue.form(LETTER)
    with store.write() as conn:
        before = conn.exec_driver_sql("SELECT count(*) FROM lease").scalar_one()
        conn.exec_driver_sql("UPDATE lease SET next = high - 5")
    filled = dict(example.fill(form.example, store.scene()))
    records.new(store, LETTER, filled, issue=True)
    out(store, tmp_path / "stick")
    visit(city, tmp_path / "stick")
    back(store, tmp_path / "stick")

    with store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM lease").scalar_one() > before
