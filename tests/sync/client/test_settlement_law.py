"""Whatever desks do in whatever order: they end equal, and nobody decides what he has not seen."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from sync.protocol import settle as settling
from sync.protocol import wire
from sync.protocol.change import EDIT, NEW, Change
from sync.server import reading, tables
from sync.server.city import City
from sync.store import inbox, read, records
from sync.store.handle import Store
from tests import scale
from tests.sync.client.road import RESIDENT
from tests.sync.client.town import Town, at_city, entries, seen, shapes

Step = tuple[str, int, int]
# Each play begins with a dispute that every desk knows.
DIFFERENCE: tuple[Step, ...] = (
    ("edit", 0, 4), ("edit", 1, 5), ("trip", 0, 0), ("trip", 1, 0), ("trip", 2, 0), ("trip", 0, 0),
)  # fmt: skip
steps = st.lists(
    st.tuples(
        st.sampled_from(["edit", "settle", "settle", "trip", "trip"]),
        st.integers(0, 2),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=20,
)


class Play:
    """Desks that edit, choose and travel as told; what each author had on screen is kept."""

    def __init__(self, town: Town, record: bytes) -> None:
        self.town, self.record, self.edits = town, record, 0
        self.screen: dict[bytes, set[Any]] = {}  # the values that a change's author had seen
        self.known: dict[Store, set[Any]] = {store: set() for store in town.desks}

    def do(self, step: Step) -> None:
        what, place, choice = step
        store = self.town.desks[place]
        before = self._looked(store)
        if what == "trip":
            self.town.go(store)
            self._looked(store)
            return
        if what == "edit":
            self.edits += 1
            value = self.edits if choice else 0  # now and then two desks mean the same
            records.edit(store, self.record, {"telepon": f"0812{value:08}"})
        else:
            waiting = entries(store, self.record)
            if not waiting:
                return
            entry = waiting[choice % len(waiting)]
            inbox.settle(store, entry.id, "present" if choice % 2 else "proposed")
        made = self._newest(store)
        if made is not None and made not in self.screen:
            self.screen[made] = before
        self._looked(store)

    def _looked(self, store: Store) -> set[Any]:
        """Note what is on screen: the present value and both sides of every entry."""
        here = {seen(store, self.record)}
        for entry in entries(store, self.record):
            here |= {entry.present["telepon"], entry.proposed["telepon"]}
        self.known[store] |= here
        return set(self.known[store])

    def _newest(self, store: Store) -> bytes | None:
        with store.read() as conn:
            query = "SELECT id FROM change WHERE record = ? AND seq NOTNULL ORDER BY n DESC LIMIT 1"
            found = conn.exec_driver_sql(query, (self.record,)).scalar()
        return bytes(found) if found is not None else None


def history(city: City, record: bytes) -> list[tuple[Change, str, str]]:
    """The record's changes in the order of its office's stream."""
    row, change = tables.stream_row, tables.change
    with city.database.read() as connection:
        rows = connection.execute(
            select(change.c.content, change.c.verdict, change.c.code)
            .join_from(
                row, change, (change.c.region == row.c.region) & (change.c.id == row.c.change)
            )
            .where(change.c.record == record)
            .order_by(row.c.number)
        ).all()
    return [(wire.decode(one.content, Change), one.verdict, one.code) for one in rows]


def judge_again(play: Play) -> set[bytes]:
    """Go over the history with eyes of its own; return the proposals that are still undecided."""
    value: Any = None
    undecided: dict[bytes, Any] = {}
    chose: dict[bytes, bytes] = {}  # by a choice that came too late, what its author saw from then
    for change, verdict, code in history(play.town.city, play.record):
        said = settling.said_by(change)
        new = change.body.answers.get("telepon")
        if said is not None:
            if verdict == "applied":
                assert said.proposed in undecided, "it decides what is open"
                assert undecided.pop(said.proposed) in play.screen[change.id]
                if code == settling.ADOPTED:
                    assert value in play.screen[change.id], "nobody overwrites what he has not seen"
                    value = new
            else:
                chose[change.id] = said.winner
        elif change.act == NEW:
            value = new
        elif change.act == EDIT and verdict == "applied":
            assert value in play.screen[change.id], "nobody overwrites what he has not seen"
            value = new
        elif verdict == "conflict":
            base = change.base["telepon"]
            undecided.pop(chose.get(base, base), None)  # its author went on from there
            undecided[change.id] = new
    for store in play.town.desks:
        assert seen(store, play.record) == value
    return set(undecided)


@given(steps)
@settings(max_examples=scale.of(40, 12), deadline=None)
def test_whatever_the_order_all_end_equal_and_nothing_is_decided_unseen(
    town: Town, told: list[Step]
) -> None:
    made = records.new(town.desks[0], RESIDENT, {"nama": "SARI", "telepon": "081299999999"})
    town.go(*town.desks)
    play = Play(town, made.record)
    for step in (*DIFFERENCE, *told):
        play.do(step)
    town.go(*town.desks, *town.desks)

    undecided = judge_again(play)

    there = at_city(town.city, made.record)
    assert {shape[3] for shape in there} == undecided
    for store in town.desks:
        assert shapes(store, made.record) == there
        assert (read.record(store, made.record).sync == "conflict") == bool(there)
    for _ in range(len(there)):
        left = entries(town.desks[0], made.record)
        inbox.settle(town.desks[0], left[0].id, "proposed")
    town.go(*town.desks, *town.desks)
    assert at_city(town.city, made.record) == set()
    assert {seen(store, made.record) for store in town.desks} == {
        _answers(town.city, made.record)["telepon"]
    }
    assert all(entries(store, made.record) == [] for store in town.desks)


def _answers(city: City, record: bytes) -> dict[str, Any]:
    with city.database.read() as connection:
        return reading.records(connection, city.code, {record})[record].answers
