"""What must be true when all faults have ended and everybody has told everything.

I1 I4  the city's and the laptops' own checks find nothing
I7     every laptop holds of its office's records what the city holds, and the same inbox
I8     every act that is anywhere is in the city's history
I9     as tests.simulation.history and desks say
I10    nothing is pending
I11    every number is explained; a paper is a fact under any verdict; what is doubled is told
I12    no desk holds another office's record; nothing is taken from a device that was shut out;
       no legal act counts under an operator who did not sign it
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sync.protocol import wire
from sync.protocol.branch import NUMBERS
from sync.protocol.change import SETTLE, STATE, Change
from sync.server import tables
from sync.server import verify as city_verify
from sync.server.city import City
from sync.store import mirror, numbers, status
from sync.store import verify as store_verify
from tests.simulation import desks, erasures, forgeries, guards, history, keys
from tests.simulation.laptop import Laptop, Values
from tests.simulation.model import batches, every, known, values

if TYPE_CHECKING:
    from tests.simulation.world import World


def check(world: "World") -> None:
    """Check all of it."""
    assert city_verify.verify(world.city) == (), "I1, I4: the city's own check"
    for laptop in world.laptops:
        told = status.status(laptop.store)
        assert told.pending == 0, f"I10: {laptop.name} still has {told.pending} changes"
        found = {problem.code for problem in store_verify.verify(laptop.store)}
        is_doubled = world.model.copied or world.model.doubled  # as `_doubles_are_told` says
        doubled = {"number_doubled"} if is_doubled else set()
        assert found <= doubled, f"{laptop.name}'s own check: {found}"
    missing = world.model.changes.keys() - world.model.gone - known(world.city)
    # What only a page tells of that somebody may have signed comes back by its author alone.
    forsworn = bool(world.city.ring.lost) and world.model.was_restored and world.model.was_bereft
    assert not missing or forsworn, f"I8: {len(missing)} saved acts never arrived"
    _nothing_came_of_the_shut_out(world)
    _papers_are_facts(world)
    _all_hold_the_same(world)
    _inboxes_are_the_citys(world)
    _branches_are_joined(world)
    _numbers_are_explained(world)
    _doubles_are_told(world)
    history.check(world)
    desks.at_rest(world)
    keys.at_rest(world)
    erasures.at_rest(world)
    guards.at_rest(world)
    forgeries.at_rest(world)


def _nothing_came_of_the_shut_out(world: "World") -> None:
    if not world.model.was_restored:  # else the city may have forgotten that
        for device, count in world.model.shut_out.items():
            assert batches(world.city, device) == count, "I12: taken from a device shut out"


def _papers_are_facts(world: "World") -> None:
    table, erased = tables.change, erasures.names(world.city)
    for row in every(world.city, table):
        change = wire.decode(row.content, Change)
        if change.body.paper is not None or change.number is not None:
            gone = {"erased"} if row.record in erased else set[str]()
            assert row.verdict in {"applied", "conflict"} | gone, f"I11: a paper is {row.verdict}"


def _all_hold_the_same(world: "World") -> None:
    """What the city said is the same everywhere, and shown but for what its author is to mend."""
    rows = {row.id: row for row in every(world.city, tables.record)}
    stands = {
        row.id: wire.decode(row.stands, dict[str, bytes])
        for row in every(world.city, tables.change)
        if row.stands
    }
    for laptop in world.laptops:
        office = laptop.store.desk.office.id
        ours = [name for name, row in rows.items() if row.office == office]
        with laptop.store.read() as conn:
            here = mirror.held(conn, ours)
            foreign = [name for name, row in rows.items() if not _may_hold(office, row)]
            strange = mirror.held(conn, foreign).keys() - mirror.pending(conn, foreign).keys()
        assert not strange, f"I12: {laptop.name} holds another office's record"
        for name in ours:
            assert name in here, f"I7: {laptop.name} lacks a record"
            case, row = here[name].said, rows[name]
            assert case is not None, f"I7: {laptop.name} was told nothing of a record"
            held = (row.state, wire.decode(row.answers, dict[str, Any]))
            assert (case.state, case.answers) == held, f"I7: {laptop.name}"
            assert here[name].seen.state == case.state, f"I7: {laptop.name} shows another state"
            heads = wire.decode(row.heads, dict[str, bytes])
            known = {"", STATE, *world.city.catalogue.form(case.service).groups}
            for group, head in case.heads.items():
                if group not in known:  # an earlier version takes a later field for a group
                    continue
                there = heads.get(group, heads[""])
                stood = stands.get(head, {}).get(group)  # an equal value, said once more
                assert there in {head, stood}, f"I7: {laptop.name} has another author of {group}"


def _may_hold(office: bytes, row: Any) -> bool:
    return office == row.office or office in (row.guests or b"")


def _open_ones(city: City) -> list[Any]:
    return [row for row in every(city, tables.conflict) if not row.closed]


def _inboxes_are_the_citys(world: "World") -> None:
    """What two records bear alike is listed at the city only."""
    homes = {row.id: row.office for row in every(world.city, tables.record)}
    rows = [row for row in _open_ones(world.city) if row.kind != "duplicate"]
    place = {row.id: homes.get(row.record, row.office) for row in rows}
    place |= {row.id: row.office for row in rows if row.kind in NUMBERS}
    for laptop in world.laptops:
        office = laptop.store.desk.office.id
        theirs = {(row.id, row.group, row.proposed) for row in rows if place[row.id] == office}
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
        texts = [wire.decode(row.proposed_value, dict[str, Any]) for row in rows]
        proposed = {values(text, tuple(text)) for text in texts}
        for row in (row for row in rows if row.id == row.proposed):  # what joined none
            seen = world.model.screens.get(row.proposed, {}).get(group, ())
            said = tuple(value for value in seen if value is not None)
            told = said not in proposed or _is_said_twice(world, row.record, said)
            assert not said or told, f"I9: two entries for one branch of {group}"


def _is_said_twice(world: "World", record: bytes, said: Values) -> bool:
    """Tell whether two acts say the same of a record: nobody can tell then whose was seen.

    A choice says what the act said that it chose.
    """
    acts = world.model.changes.values()
    made = [one for one in acts if one.target == record and one.act != SETTLE]
    return sum(1 for one in made if set(said) <= set(one.body.answers.values())) > 1


def _numbers_are_explained(world: "World") -> None:
    used = [change.number for change in world.model.changes.values() if change.number is not None]
    assert all(number.provisional or str(number.year) in number.text for number in used), "I11"
    if not (world.model.copied or world.model.was_restored):
        kinds = {row.kind for row in every(world.city, tables.conflict)}
        assert "number_not_leased" not in kinds, "I3: a number of nobody's lease"
    for laptop in world.laptops:
        for series, year in sorted({(number.series, number.year) for number in used}):
            told = numbers.explain(laptop.store, series, year)
            assert [one.number for one in told] == list(range(1, len(told) + 1)), "I11"


def _doubles_are_told(world: "World") -> None:
    """What stands on two papers or two records is put before a person."""
    told = {(row.kind, row.proposed) for row in every(world.city, tables.conflict)}
    holders = {row.change for row in every(world.city, tables.number)}
    for row in every(world.city, tables.change):
        change = wire.decode(row.content, Change)
        if change.number is None or change.number.provisional or change.id in holders:
            continue
        assert ("number_taken", change.id) in told, "I11: a doubled number is not told"
    bearers: dict[tuple[str, str, str], set[bytes]] = defaultdict(set)
    for row in every(world.city, tables.identity):
        bearers[row.service, row.key, row.value].add(row.record)
    named = {row.record for row in every(world.city, tables.conflict) if row.kind == "duplicate"}
    for records in bearers.values():
        assert len(records & named) >= len(records) - 1, "I11: a doubled NIK is not told"
