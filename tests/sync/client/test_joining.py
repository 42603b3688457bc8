"""A desk that joins takes a snapshot in parts: what is open first, cut where the line likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from forms.engine.problem import Unreachable
from sync.client import folder
from sync.client.trip import trip
from sync.protocol.stick import Folder
from sync.server import compacting, snapshot_tables, snapshots
from sync.server import folder as city_folder
from sync.server import verify as city_verify
from sync.store import read, records, status
from sync.store.handle import Store
from sync.store.snapshot import Progress
from sync.store.verify import verify
from tests.sync.client.joining import (
    PART_ROWS,
    Straight,
    acts,
    began,
    held,
    listed,
    parts_taken,
    small,
)
from tests.sync.client.road import LETTER, RESIDENT, filled
from tests.sync.faults.restoring import Town

RESIDENTS, DONE, OPEN = 30, 8, 3


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """An office with residents, letters that were issued, and some that were not."""
    made = Town(tmp_path)
    first = made.desk("Rina")
    for number in range(RESIDENTS):
        resident = records.new(first, RESIDENT, {"nama": f"WARGA {number}"}).record
        if number % 3 == 0:
            for digit in "12":
                records.edit(first, resident, {"telepon": f"081{digit}0000{number:04}"})
    for number in range(DONE + OPEN):
        records.new(first, LETTER, filled(first, LETTER), issue=number % 4 != 2 or number > DONE)
    made.go(first)
    yield made
    made.close()


def joins(town: Town, operator: str = "Budi") -> Store:
    with small():
        return town.desk(operator)


def by_pages(town: Town) -> Store:
    with small(offered=False):
        store = town.desk("Runut")
        town.go(store)
    assert not began(store)
    return store


def unfinished(store: Store) -> set[bytes]:
    return {one.id for one in read.listing(store, LETTER) if one.state == "received"}


def go(store: Store, road: Straight) -> None:
    with small():
        trip(store, road)


def test_what_is_not_finished_is_there_before_the_first_resident(town: Town) -> None:
    store = joins(town)
    assert listed(store, LETTER) == []

    with pytest.raises(Unreachable):
        go(store, Straight(town.city, most=2))

    assert status.coming(store) == Progress(2, len(made_parts(town)))
    assert unfinished(store) == unfinished(town.desks[0]) != set()
    assert len(listed(store, RESIDENT)) < PART_ROWS
    go(store, Straight(town.city))
    assert len(listed(store, RESIDENT)) == RESIDENTS
    assert began(store)
    assert status.coming(store) is None


def made_parts(town: Town) -> list[bytes]:
    with town.city.database.read() as connection:
        return list(connection.scalars(select(snapshot_tables.part.c.name)))


def test_a_history_that_a_snapshot_shortened_says_so(town: Town) -> None:
    first, store = town.desks[0], joins(town)
    go(store, Straight(town.city))
    edited, plain = listed(first, RESIDENT)[:2]

    assert [event.act for event in read.history(first, edited)] == ["new", "edit", "edit"]
    assert [event.act for event in read.history(store, edited)] == ["new", "edit"]
    assert len(read.history(store, plain)) == 1
    assert read.is_abridged(store, edited)
    assert not read.is_abridged(first, edited)
    later = records.new(store, RESIDENT, {"nama": "SESUDAHNYA"}).record
    town.go(store)
    assert not read.is_abridged(store, later)


def test_a_clerk_works_while_the_rest_comes(town: Town) -> None:
    store = joins(town)
    with pytest.raises(Unreachable):
        go(store, Straight(town.city, most=4))

    opened = min(unfinished(store))
    letter = records.new(store, LETTER, filled(store, LETTER), issue=True)
    records.move(store, opened, "submit")
    resident = records.new(store, RESIDENT, {"nama": "WARGA BARU"}).record
    early = listed(store, RESIDENT)[0]
    records.edit(store, early, {"telepon": "08139999"})
    go(store, Straight(town.city))
    town.go(town.desks[0], store)

    assert letter.number
    for one in (store, town.desks[0]):
        assert read.record(one, opened).state == "drafted"
        assert read.record(one, early).answers["telepon"] == "08139999"
        assert read.record(one, resident).answers["nama"] == "WARGA BARU"
        assert read.record(one, letter.record).number == letter.number
        assert verify(one) == []
    assert city_verify.verify(town.city) == ()


def test_a_line_that_breaks_behind_each_part_brings_each_part_once(town: Town) -> None:
    whole, cut = joins(town), joins(town, "Tari")
    road = Straight(town.city)
    go(whole, road)
    times = road.count
    went = 0
    for _ in range(3 * times):
        broken = Straight(town.city, cuts=(2,))
        try:
            go(cut, broken)
        except Unreachable:
            went += broken.bytes
            continue
        went += broken.bytes
        break

    assert began(cut)
    assert times > DONE / PART_ROWS
    assert held(cut)["record"] == held(whole)["record"]
    assert went < road.bytes * 1.2  # what broke off is not counted; what came is not told again
    town.settled(whole, cut)


def test_a_stick_brings_a_snapshot_and_what_came_after_it(town: Town, tmp_path: Path) -> None:
    store = joins(town)
    stick = Folder(tmp_path / "stick")
    stick.path.mkdir()
    with small():
        folder.carry_out(store, stick)
        city_folder.carry(town.city, stick)
        taken = folder.carry_in(store, stick)
        again = folder.carry_in(store, stick)

    assert taken.refused == again.refused == []
    assert began(store)
    other = by_pages(town)
    town.go(store)
    assert held(store)["record"] == held(other)["record"]
    assert again.received == 0
    town.settled(store, town.desks[0])


def test_a_stick_goes_on_where_the_line_broke(town: Town, tmp_path: Path) -> None:
    store = joins(town)
    stick = Folder(tmp_path / "stick")
    stick.path.mkdir()
    with pytest.raises(Unreachable):
        go(store, Straight(town.city, most=3))
    with small():
        folder.carry_out(store, stick)
        city_folder.carry(town.city, stick)
        with pytest.raises(Unreachable):
            go(store, Straight(town.city, most=1))  # meanwhile another part came by line
        taken = folder.carry_in(store, stick)

    assert taken.refused == []
    assert parts_taken(store) is None
    other = by_pages(town)
    town.go(store)
    assert held(store)["record"] == held(other)["record"]


def test_where_the_city_has_it_no_more_the_desk_goes_back_and_ends_the_same(town: Town) -> None:
    store = joins(town)
    with pytest.raises(Unreachable):
        go(store, Straight(town.city, most=5))
    assert len(listed(store, RESIDENT)) > 0
    with town.city.database.write() as connection:
        snapshots.drop(connection, town.city.code)

    town.go(store)

    assert parts_taken(store) is None
    assert not began(store)
    other = by_pages(town)
    town.go(store)
    assert held(store)["record"] == held(other)["record"]
    town.settled(store, other)


def test_a_city_put_back_to_before_the_snapshot_is_healed_as_far_as_its_desks_know(
    town: Town,
) -> None:
    first = town.desks[0]
    early = town.back_up("early")
    after = [records.new(first, RESIDENT, {"nama": f"KEMUDIAN {number}"}) for number in range(9)]
    town.go(first)
    store = joins(town)
    go(store, Straight(town.city))
    own = records.new(store, RESIDENT, {"nama": "SENDIRI"}).record
    town.go(store)

    town.restore(early)
    town.go(store)
    assert own in {row[0] for row in held(store)["record"]}
    town.settled(store, first)

    assert {saved.record for saved in after} | {own} <= town.held(RESIDENT)


def test_a_city_put_back_while_a_snapshot_comes_is_no_trouble(town: Town) -> None:
    first = town.desks[0]
    early = town.back_up("early")
    late = records.new(first, RESIDENT, {"nama": "KEMUDIAN"}).record
    town.go(first)
    store = joins(town)
    with pytest.raises(Unreachable):
        go(store, Straight(town.city, most=6))

    town.restore(early)
    town.go(first)
    go(store, Straight(town.city))

    town.settled(store, first)
    assert late in town.held(RESIDENT)


def test_a_desk_that_was_away_for_long_takes_one_where_that_is_less(town: Town) -> None:
    first, store = town.desks[0], joins(town)
    with small(offered=False):
        town.go(store)
    known = acts(store)
    for number in range(40):
        records.new(first, RESIDENT, {"nama": f"LAGI {number}"})
        for one in listed(first, RESIDENT)[:2]:
            records.edit(first, one, {"telepon": f"0812{number:08}"})
    town.go(first)
    with small(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "BEHIND_SHARE", 0.1)
        far(store)
        trip(store, Straight(town.city))

    assert began(store)
    assert known <= acts(store)
    assert held(store)["record"] == held(first)["record"]
    town.settled(store, first)


def far(store: Store) -> None:
    """Let a desk know how far the city is, as the first page of a long trip does."""
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE stream SET head = head + 100 WHERE name LIKE '%residents'")


def test_a_snapshot_serves_others_while_it_is_near_and_few_are_kept(town: Town) -> None:
    made = set()
    for number in range(4):
        for operator in ("a", "b"):
            go(joins(town, f"{operator}{number}"), Straight(town.city))
        for _ in range(5):
            records.new(town.desks[0], RESIDENT, {"nama": "TAMBAHAN"})
        town.go(town.desks[0])
        with town.city.database.read() as connection:
            rows = connection.execute(snapshot_tables.snapshot.select()).all()
            parts = connection.execute(snapshot_tables.part.select()).all()
        made |= {row.name for row in rows}
        assert len(rows) <= snapshots.KEPT
        assert {part.name for part in parts} == {row.name for row in rows}
    assert 4 <= len(made) <= 8


def test_a_snapshot_that_would_bring_too_little_is_made_anew(town: Town) -> None:
    first, store = town.desks[0], joins(town)
    go(store, Straight(town.city))
    before = set(made_parts(town))
    for number in range(10):
        records.new(first, RESIDENT, {"nama": f"LAGI {number}"})
    town.go(first)

    far(store)
    with small(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshots, "BEHIND_SHARE", 0)
        patch.setattr(snapshots, "NEAR_ROWS", 1_000)
        trip(store, Straight(town.city))

    assert set(made_parts(town)) > before
    assert held(store)["record"] == held(first)["record"]


def test_a_snapshot_that_is_being_made_lets_others_go_by_pages(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = joins(town), joins(town, "Tari")
    parts = compacting.parts

    def meanwhile(*given: object) -> Iterator[object]:
        monkeypatch.setattr(compacting, "parts", parts)
        trip(other, Straight(town.city))
        yield from parts(*given)  # type: ignore[arg-type] # handed through

    monkeypatch.setattr(compacting, "parts", meanwhile)
    go(store, Straight(town.city))

    assert began(store)
    assert not began(other)
    town.settled(store, other)
