"""Somebody who has a whole laptop, its store and its keys, acts in a colleague's name.

All they lack is what the colleague's passphrase alone opens.

at rest   no such act counts: it is turned down, in dispute, or listed for the head of the office
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from forms.engine.machine import Action
from sync.protocol import authorship, branch
from sync.protocol.change import STATE, Change
from sync.server import tables
from sync.store import kept, operators, read, records
from sync.store.handle import Operator, Store
from sync.store.journal import Act, Journal
from sync.store.read import Record
from tests.simulation import acts
from tests.simulation.pattern import LETTER

if TYPE_CHECKING:
    from sync.store.statements import Connection
    from tests.simulation.laptop import Laptop
    from tests.simulation.world import World

WAYS = ("unsigned", "own", "lifted", "lifted", "guessed")
REASON = "atas nama orang lain"


def forge(world: "World") -> None:
    """Let a letter go on, or be void, in the name of a colleague who knows nothing of it."""
    laptop = world.chance.choice(world.laptops)
    others = [one for one in world.laptops if one.office == laptop.office and one is not laptop]
    for one in (*others[:1], laptop):  # both have signed something that the other has seen
        with one.working():
            acts.take_letter(one)
        world.travel(one)
    world.travel(laptop)
    with laptop.working():
        world.endanger()
        laptop.attempt(lambda: _forge(laptop))
    world.travel(laptop)


def at_rest(world: "World") -> None:
    """Look at what became of it; a city that was put back may have forgotten whose key is whose."""
    if world.model.was_restored:
        return
    table = tables.change
    with world.city.database.read() as connection:
        rows = connection.execute(
            select(table.c.id, table.c.verdict, table.c.code).where(
                table.c.region == world.city.code
            )
        ).all()
    for row in rows:
        if row.id in world.model.forged and row.verdict == "applied":
            marked = branch.main(row.code or "") in authorship.CODES
            assert marked, "I12: an act counts under an operator who did not sign it"


def _forge(laptop: "Laptop") -> None:
    store, chance = laptop.store, laptop.world.chance
    person = _colleague(laptop)
    way = chance.choice(WAYS)
    steps = _steps(store)
    if person is None or not steps or not _is_keyed(store):
        return
    found, row = chance.choice(steps)
    laptop.world.model.looking(laptop, found)
    before = set(laptop.world.model.changes)
    with store.write() as conn:
        case, form = records.find(store, conn, found.id)
        real = store.operator, store.own
        store.operator, store.own = person, store.own if way == "own" else None
        try:
            journal = Journal(store, conn)
            base, extra = {STATE: case.head(STATE)}, _extra(laptop, conn, person, way)
            act = Act(row.action, base=base, state=row.target, reason=REASON, extra=extra)
            journal.add(form, case, act)
            journal.flush()
        finally:
            store.operator, store.own = real
    laptop.note()
    laptop.world.model.forged |= laptop.world.model.changes.keys() - before
    laptop.world.trace.add("forged", laptop.name, way, row.action)


def _steps(store: Store) -> list[tuple[Record, Action]]:
    """List what is signed, but for issuing, and could be done with letters of this office."""
    machine = store.catalogue.form(LETTER).machine
    return [
        (one, row)
        for one in read.listing(store, LETTER)
        for row in machine.actions
        if one.office == store.desk.office.id and not one.erased and one.state == row.source
        if row.action in machine.signed - {"issue"}
    ]


def _colleague(laptop: "Laptop") -> Operator | None:
    me = laptop.store.operator.id
    others = [one for one, _ in operators.listing(laptop.store) if one.id != me and one.roles]
    return laptop.world.chance.choice(others) if others else None


def _is_keyed(store: Store) -> bool:
    """Tell whether the city knows already that this laptop has keys."""
    query = "SELECT 1 FROM change WHERE record = ? AND row > 0"
    with store.read() as conn:
        return (
            store.own is not None
            and conn.exec_driver_sql(query, (store.own.name,)).first() is not None
        )


def _extra(laptop: "Laptop", conn: "Connection", person: Operator, way: str) -> dict[str, Any]:
    """Say by what somebody pretends: what the colleague signed elsewhere, or nothing that holds."""
    theirs = [one for one in _changes(conn) if one.operator == person.id and authorship.signer(one)]
    if way == "lifted" and theirs:
        one = laptop.world.chance.choice(theirs)
        return {name: one.extra[name] for name in (authorship.KEY, authorship.SIGNATURE)}
    if way == "guessed" and theirs:
        key = authorship.signer(theirs[0])
        return {authorship.KEY: key, authorship.SIGNATURE: bytes(64)}
    return {}


def _changes(conn: "Connection") -> list[Change]:
    rows = conn.exec_driver_sql("SELECT id, plain FROM change ORDER BY n").all()
    return [kept.unpack(plain, name) for name, plain in rows]
