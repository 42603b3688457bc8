"""What must be true when all faults have ended and everybody has told everything.

I1 I4  the city's and the laptops' own checks find nothing
I7     every laptop holds of its office's records what the city holds, and the same inbox
I8     every act that is anywhere is in the city's history
I9     no value was overwritten that its author had not seen, no conflict is a false one
I10    nothing is pending
I11    every number is explained; a paper is a fact under any verdict; what is doubled is told
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from sync.protocol import wire
from sync.protocol.change import EDIT, STATE, Change
from sync.protocol.merge import applied_groups
from sync.server import tables
from sync.server import verify as city_verify
from sync.server.city import City
from sync.store import numbers, status
from sync.store import verify as store_verify
from sync.store.case import decode
from tests.simulation.laptop import Laptop, Values
from tests.simulation.model import known, values

if TYPE_CHECKING:
    from tests.simulation.world import World


def check(world: "World") -> None:
    """Check all of it."""
    assert city_verify.verify(world.city) == (), "I1, I4: the city's own check"
    for laptop in world.laptops:
        told = status.status(laptop.store)
        assert told.pending == 0, f"I10: {laptop.name} still has {told.pending} changes"
        found = {problem.code for problem in store_verify.verify(laptop.store)}
        doubled = {"number_doubled"} if world.model.copied else set()  # as `_doubles_are_told` says
        assert found <= doubled, f"{laptop.name}'s own check: {found}"
    missing = world.model.changes.keys() - world.model.gone - known(world.city)
    assert not missing, f"I8: {len(missing)} saved acts never arrived"
    _papers_are_facts(world)
    _all_hold_the_same(world)
    _inboxes_are_the_citys(world)
    _branches_are_joined(world)
    _numbers_are_explained(world)
    _doubles_are_told(world)
    _nothing_was_overwritten_unseen(world)


def _papers_are_facts(world: "World") -> None:
    table = tables.change
    for row in _rows(world.city, table):
        change = wire.decode(row.content, Change)
        if change.body.paper is not None or change.number is not None:
            assert row.verdict in {"applied", "conflict"}, f"I11: a paper is {row.verdict}"


def _all_hold_the_same(world: "World") -> None:
    rows = _rows(world.city, tables.record)
    for laptop in world.laptops:
        office = laptop.store.desk.office.id
        with laptop.store.read() as conn:
            plains = conn.exec_driver_sql("SELECT plain FROM record").scalars().all()
        cases = {case.id: case for case in map(decode, plains)}
        for row in rows:
            if row.office != office:
                continue
            case = cases.get(row.id)
            assert case is not None, f"I7: {laptop.name} lacks a record"
            held = (row.state, wire.decode(row.answers, dict[str, Any]))
            assert (case.state, case.answers) == held, f"I7: {laptop.name}"
            heads = wire.decode(row.heads, dict[str, bytes])
            assert case.heads == heads, f"I7: {laptop.name} has other authors"


def _open_ones(city: City) -> list[Any]:
    return [row for row in _rows(city, tables.conflict) if not row.closed]


def _inboxes_are_the_citys(world: "World") -> None:
    """What two records bear alike is listed at the city only."""
    rows = [row for row in _open_ones(world.city) if row.kind != "duplicate"]
    for laptop in world.laptops:
        office = laptop.store.desk.office.id
        theirs = {(row.id, row.group, row.proposed) for row in rows if row.office == office}
        assert _inbox(laptop) == theirs, f"I9: the inbox of {laptop.name}"


def _inbox(laptop: Laptop) -> set[tuple[bytes, str, bytes]]:
    with laptop.store.read() as conn:
        rows = conn.exec_driver_sql(
            'SELECT change, "group", proposed FROM conflict '
            "WHERE kind = 'conflict' AND code <> 'duplicate' AND closed IS NULL"
        )
        return {(row[0], row[1], row[2]) for row in rows}


def _branches_are_joined(world: "World") -> None:
    """An entry whose author saw the value of another entry goes on with that one."""
    by_place: dict[tuple[bytes, str], list[Any]] = defaultdict(list)
    for row in _open_ones(world.city):
        if row.kind == "value":
            by_place[row.record, row.group].append(row)
    for (_, group), rows in by_place.items():
        proposed = {tuple(wire.decode(row.proposed_value, dict[str, Any]).values()) for row in rows}
        for row in rows:
            seen = world.model.screens.get(row.proposed, {}).get(group, ())
            said = tuple(value for value in seen if value is not None)
            assert not said or said not in proposed, f"I9: two entries for one branch of {group}"


def _numbers_are_explained(world: "World") -> None:
    used = [change.number for change in world.model.changes.values() if change.number is not None]
    for laptop in world.laptops:
        for series, year in sorted({(number.series, number.year) for number in used}):
            told = numbers.explain(laptop.store, series, year)
            assert [one.number for one in told] == list(range(1, len(told) + 1)), "I11"


def _doubles_are_told(world: "World") -> None:
    """What stands on two papers or two records is put before a person."""
    told = {(row.kind, row.proposed) for row in _rows(world.city, tables.conflict)}
    holders = {row.change for row in _rows(world.city, tables.number)}
    for row in _rows(world.city, tables.change):
        change = wire.decode(row.content, Change)
        if change.number is None or change.number.provisional or change.id in holders:
            continue
        assert ("number_taken", change.id) in told, "I11: a doubled number is not told"
    bearers: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in _rows(world.city, tables.identity):
        bearers[row.service, row.key, row.value] += 1
    doubled = sum(1 for count in bearers.values() if count > 1)
    assert not doubled or "duplicate" in {kind for kind, _ in told}, "a doubled NIK is not told"


def _nothing_was_overwritten_unseen(world: "World") -> None:
    present: dict[tuple[bytes, str], Values] = {}
    left: dict[tuple[bytes, str], set[Values]] = defaultdict(set)  # values that stood there before
    states: dict[bytes, str] = {}
    strict = not world.model.was_restored
    for change, verdict, code in _history(world.city):
        form = world.city.form(change.service)
        if form is None:
            continue
        groups = applied_groups(form, change, verdict, code)
        if STATE in groups:
            states[change.target] = change.state
        for group, keys in form.groups.items():
            if not any(key in change.body.answers for key in keys):
                continue
            place = (change.target, group)
            there = present.get(place, values({}, keys))
            seen = world.model.screens.get(change.id, {}).get(group)
            if group in groups:
                if change.act == EDIT and seen is not None:
                    assert seen == there, f"I9: {group} overwritten unseen by {change.id.hex()}"
                left[place].add(there)
                present[place] = values(change.body.answers, keys)
            elif seen is not None and strict and verdict == "conflict":
                fits = states[change.target] in form.machine.editable
                back = there in left[place]
                assert seen != there or back or not fits, f"I9: a false conflict about {group}"


def _rows(city: City, table: Table) -> list[Any]:
    with city.database.read() as connection:
        return list(connection.execute(select(table).where(table.c.region == city.code)).all())


def _history(city: City) -> list[tuple[Change, str, str]]:
    """Give every change that a stream of its author's office shows, each stream in its order."""
    row, change = tables.stream_row, tables.change
    joined = (change.c.region == row.c.region) & (change.c.id == row.c.change)
    with city.database.read() as connection:
        rows = connection.execute(
            select(change.c.content, change.c.verdict, change.c.code, change.c.office, row.c.office)
            .join_from(row, change, joined)
            .where(row.c.region == city.code)
            .order_by(row.c.office, row.c.service_group, row.c.number)
        ).all()
    return [(wire.decode(one[0], Change), one[1], one[2]) for one in rows if one[3] == one[4]]
