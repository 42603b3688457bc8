"""What must be true at every desk at every moment, and at rest.

at any moment   I5   marks only rise; nothing is durable that no backup has
                I8   what was typed here is shown here until the city has said otherwise
                I4   a desk of the city's epoch stands at a row that the city has
                     a life begins anew only where something was copied or put back
                     nothing is held that has come
at rest         I8   every act has at its own desk the verdict that the city gave
                     what an import's taken id was refused is done again under another
                I4   every row of the city's stream is here
                I9   an entry of the inbox is there to be seen; a choice that came too late
                     was told to its author
                I11  every number of the city's register is in the desk's
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from sync.protocol import wire
from sync.protocol.change import NEW, SETTLE, STATE
from sync.protocol.place import ID_TAKEN
from sync.protocol.settle import RETURNED, said_by
from sync.server import streams, tables
from sync.store import inbox, kept, pages, settings, staff, starts
from sync.store.case import decode
from tests.simulation import erasures
from tests.simulation.laptop import Laptop
from tests.simulation.model import every

if TYPE_CHECKING:
    from sync.store.statements import Connection
    from tests.simulation.world import World

_CHAIN = (
    "SELECT chain FROM stream_row "
    "WHERE region = ? AND office = ? AND service_group = ? AND number = ?"
)
_WOKEN = (
    "SELECT h.change FROM held h JOIN change c ON c.region = h.region AND c.id = h.waits_for "
    "WHERE h.region = ? AND c.verdict <> 'held'"
)


class Desks:
    """What was known of each desk when it was last looked at."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._marks: dict[tuple[str, bytes], tuple[int, ...]] = {}
        self._lives: dict[str, bytes] = {}

    def forget(self, laptop: Laptop) -> None:
        """Let a desk be what it is now: it was put back."""
        self._marks = {key: marks for key, marks in self._marks.items() if key[0] != laptop.name}
        self._lives.pop(laptop.name, None)

    def check(self) -> None:
        """Look at the desks at which something was done since, and at what the city holds back."""
        for laptop in self._world.laptops:
            if laptop.worked:
                laptop.worked = False
                with laptop.store.read() as conn:
                    self._only_rises(laptop, conn)
                    self._goes_on(laptop)
                    self._stands_well(laptop, conn)
                    _shows_what_was_typed(laptop, conn)
                    _waits_for_the_stream(laptop, conn)
        self._nothing_waits_in_vain()

    def _only_rises(self, laptop: Laptop, conn: "Connection") -> None:
        marks = settings.marks(conn)
        now = (marks.sent, marks.received, marks.durable, marks.receipt_time)
        desk = laptop.store.desk
        key = (laptop.name, desk.incarnation + desk.epoch)
        before = self._marks.get(key, (0, 0, 0, 0))
        assert all(a <= b for a, b in zip(before, now, strict=True)), f"I5: {before} > {now}"
        self._marks[key] = now
        if now != before:
            query = "SELECT incarnation, seq FROM batch WHERE n = ?"
            for row in conn.exec_driver_sql(query, (marks.durable,)):
                backed = self._world.model.backed.get(row.incarnation, 0)
                assert row.seq <= backed, "I5: durable is what no backup has"

    def _goes_on(self, laptop: Laptop) -> None:
        model, life = self._world.model, laptop.store.desk.incarnation
        same = self._lives.setdefault(laptop.name, life) == life
        ring = self._world.city.ring
        sealed_anew = len(ring.private) < len(ring.readers)  # a key is gone, and what it opened
        assert same or model.copied or model.was_restored or sealed_anew, (
            f"{laptop.name} began anew"
        )
        self._lives[laptop.name] = life

    def _stands_well(self, laptop: Laptop, conn: "Connection") -> None:
        city = self._world.city
        if self._world.model.was_put_back or laptop.store.desk.epoch != city.epoch:
            return
        names = conn.exec_driver_sql("SELECT name FROM stream ORDER BY name").scalars().all()
        for at in [pages.cursor(conn, name) for name in names]:
            office, _, group = at.stream.partition("/")
            place = (city.code, bytes.fromhex(office), group, at.row)
            with city.database.read() as connection:
                chain = connection.exec_driver_sql(_CHAIN, place).scalar()
            assert at.row == 0 or chain == at.chain, f"I4: {laptop.name} is beside the stream"

    def _nothing_waits_in_vain(self) -> None:
        city = self._world.city
        with city.database.read() as connection:
            woken = connection.exec_driver_sql(_WOKEN, (city.code,)).first()
        assert woken is None, "I10: a change waits for one that has come"


def _shows_what_was_typed(laptop: Laptop, conn: "Connection") -> None:
    """Its newest pending word on each field, and its newest step, are what a record shows."""
    typed: dict[bytes, dict[str, Any]] = {}
    rows = conn.exec_driver_sql(
        "SELECT id, record, plain FROM change WHERE pending = 1 "
        "AND record NOT IN (SELECT record FROM rewound) "
        "AND record NOT IN (SELECT record FROM erased) ORDER BY n"
    ).all()
    for name, record, plain in rows:
        change = kept.unpack(plain, name)
        said = typed.setdefault(record, {})
        choice = said_by(change)
        if choice is not None and choice.kept == "present":
            continue
        said |= change.body.answers
        if change.state and change.act != NEW:
            said[STATE] = change.state
    for record, said in typed.items():
        query = "SELECT plain FROM record WHERE id = ?"
        case = decode(conn.exec_driver_sql(query, (record,)).scalar_one())
        shown = {key: case.answers.get(key) for key in said if key != STATE}
        shown |= {STATE: case.state} if STATE in said else {}
        assert shown == said, f"I8: {laptop.name} shows {shown}, typed was {said}"


def _waits_for_the_stream(laptop: Laptop, conn: "Connection") -> None:
    """An act stays on the screen until the row that tells of it has come, not only its receipt."""
    early = conn.exec_driver_sql(
        "SELECT 1 FROM change c LEFT JOIN stream s ON s.name = c.stream WHERE c.pending = 0 "
        "AND c.seq IS NOT NULL AND c.stream <> '' AND c.row > coalesce(s.row, 0)"
    ).first()
    assert early is None, f"I8: {laptop.name} let go of an act that no row has told of"


def at_rest(world: "World") -> None:
    """Check what must hold when everybody has told everything."""
    told = {row.id: (row.verdict, row.code) for row in every(world.city, tables.change)}
    for laptop in world.laptops:
        with laptop.store.read() as conn:
            _verdicts_are_the_citys(laptop, conn, told)
            _late_choices_were_told(world, laptop, conn)
            _nobody_was_shut_out(world, laptop, conn)
            _taken_ids_were_made_again(world, laptop, conn)
            _all_rows_are_here(world, laptop, conn)
            _register_is_the_citys(world, laptop, conn)
        _inbox_is_seen(laptop)


def _all_rows_are_here(world: "World", laptop: Laptop, conn: "Connection") -> None:
    office = laptop.store.desk.office.id
    rows = [one for one in every(world.city, tables.stream_row) if one.office == office]
    begun = {name: start.row for name, start in starts.read(conn).items()}  # by a snapshot
    told = {
        (stream, one.change)
        for one in rows
        if one.change
        and one.number > begun.get(stream := streams.name(one.office, one.service_group), 0)
    }
    query = "SELECT stream, id FROM change WHERE row > 0"
    here = {tuple(one) for one in conn.exec_driver_sql(query)}
    left = {one.left for one in rows if one.left}  # what is not here any more may be forgotten
    away = {row.id for row in every(world.city, tables.change) if row.record in left}
    lacking = {change for _, change in told - here} - away
    assert not lacking, f"I4: {laptop.name} lacks rows of its stream"


def _register_is_the_citys(world: "World", laptop: Laptop, conn: "Connection") -> None:
    office = laptop.store.desk.office.id
    rows = [one for one in every(world.city, tables.number) if one.office == office]
    used = {(one.series, one.year, one.position, one.record) for one in rows}
    query = "SELECT series, year, position, record FROM number_use"
    here = {tuple(one) for one in conn.exec_driver_sql(query)}
    assert used <= here, f"I11: the register of {laptop.name} lacks numbers"


def _verdicts_are_the_citys(
    laptop: Laptop, conn: "Connection", told: dict[bytes, tuple[str, str]]
) -> None:
    rows = conn.exec_driver_sql("SELECT id, verdict, code FROM change WHERE seq IS NOT NULL")
    for name, verdict, code in rows:
        assert (verdict, code) == told[name], f"I8: {laptop.name} knows {verdict}, not {told[name]}"


def _nobody_was_shut_out(world: "World", laptop: Laptop, conn: "Connection") -> None:
    """Who could not know that a record had left may go on with it."""
    if world.model.was_restored or world.model.copied:
        return  # what a desk had read when it sealed something may be forgotten
    rows = conn.exec_driver_sql(
        "SELECT id FROM change WHERE seq IS NOT NULL AND code = 'not_in_scope'"
    )
    assert not rows.all(), f"I9: {laptop.name} was turned away"


def _taken_ids_were_made_again(world: "World", laptop: Laptop, conn: "Connection") -> None:
    """What was done on a record whose id is another's is done on one of its own (1f)."""
    if erasures.names(world.city):
        return  # what was said then may be gone
    rows = conn.exec_driver_sql("SELECT id, plain, code FROM change").all()
    done = {True: Counter[object](), False: Counter[object]()}
    for name, plain, code in rows:
        change = kept.unpack(plain, name)
        if change.act != SETTLE:
            said = (change.act, change.operator, change.time, wire.encode(change.body))
            done[code == ID_TAKEN][said] += 1
    assert not done[True] - done[False], f"I8: {laptop.name} lost what an id was taken from"


def _late_choices_were_told(world: "World", laptop: Laptop, conn: "Connection") -> None:
    if world.model.was_restored:
        return  # the one who told it may be gone
    rows = conn.exec_driver_sql(
        "SELECT id, plain, code FROM change WHERE seq IS NOT NULL AND verdict = 'no_effect' "
        "AND id NOT IN (SELECT change FROM conflict WHERE kind = 'returned') "
        "AND record NOT IN (SELECT record FROM erased)"  # what was said of who is gone is gone
    )
    for name, plain, code in rows:
        lost = kept.unpack(plain, name).act == SETTLE and code in RETURNED
        assert not lost, f"I9: {laptop.name} was not told that a choice came too late"


def _inbox_is_seen(laptop: Laptop) -> None:
    with laptop.store.read() as conn:
        count = conn.exec_driver_sql(
            "SELECT count(*) FROM conflict c JOIN record r ON r.id = c.record "
            "WHERE c.kind = 'conflict' AND c.closed IS NULL"
        ).scalar_one()
    if laptop.store.minds(laptop.store.catalogue.form(staff.SERVICE)):
        assert count == len(inbox.listing(laptop.store)), (
            f"I9: an entry that {laptop.name} can't see"
        )
