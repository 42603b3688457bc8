"""What is to go to other systems: queued with the change that causes it, moved by a table.

    waiting --take--> sending --taken--> delivered --replied--> replied
       ^                 |                   |----refused----> refused
       |----later--------|----refused------------------------>    "
       |                 |----expired------> given_up --retry--> waiting
       '----recalled---> recalled

A sender takes an item for LEASE_MS; one that died with it leaves it `sending`, which is due again
then. So an item goes at least once, and the other side tells by its key whether it went before.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, literal, select, tuple_, update

from forms.engine.problem import Problem, Refused
from sync.protocol.change import Change
from sync.server import audit, bulk
from sync.server.city import City
from sync.server.edge_tables import edge_item, edge_rest
from sync.server.judging import Outcome

WAITING, SENDING, DELIVERED = "waiting", "sending", "delivered"
REPLIED, REFUSED, RECALLED, GIVEN_UP = "replied", "refused", "recalled", "given_up"
OPEN = (WAITING, SENDING, DELIVERED)
ENDED = (REPLIED, REFUSED, RECALLED, GIVEN_UP)
LEASE_MS = 600_000  # many times what one sending may take
WORDS_MAX = 500
REFERENCE_MAX = 100

# state, event -> state
MOVES = {
    (WAITING, "take"): SENDING,
    (SENDING, "take"): SENDING,
    (DELIVERED, "take"): DELIVERED,
    (SENDING, "taken"): DELIVERED,
    (SENDING, "replied"): REPLIED,
    (SENDING, "refused"): REFUSED,
    (SENDING, "later"): WAITING,
    (SENDING, "recalled"): RECALLED,
    (SENDING, "expired"): GIVEN_UP,
    (DELIVERED, "taken"): DELIVERED,
    (DELIVERED, "replied"): REPLIED,
    (DELIVERED, "refused"): REFUSED,
    (DELIVERED, "later"): DELIVERED,
    (DELIVERED, "unknown"): WAITING,  # the other side was put back to before it
    (DELIVERED, "recalled"): RECALLED,
    (DELIVERED, "expired"): GIVEN_UP,
    (WAITING, "recalled"): RECALLED,
    (WAITING, "retry"): WAITING,
    (DELIVERED, "retry"): DELIVERED,
    (GIVEN_UP, "retry"): WAITING,
}


Home = Callable[[Change], bytes]


class Item(msgspec.Struct, frozen=True):
    """One item as it stands; see edge_tables."""

    change: bytes
    destination: str
    record: bytes
    office: bytes
    state: str
    attempts: int
    due: int
    added: int
    changed: int
    code: str
    words: str
    reference: str

    @property
    def place(self) -> tuple[int, bytes]:
        """Where it stands in the order of all."""
        return self.added, self.change


class Rest(msgspec.Struct, frozen=True):
    """A destination that is let alone until a time, and why."""

    destination: str
    until: int
    failures: int
    code: str


_COLUMNS = tuple(edge_item.c[name] for name in Item.__struct_fields__)


def note(connection: Connection, city: City, outcomes: Iterable[Outcome], home: Home) -> None:
    """Queue what applied changes cause, in their transaction.

    `home` gives the office whose record a change is of.
    """
    now, rows = city.now(), list[dict[str, Any]]()
    for outcome in outcomes:
        change = outcome.change
        form = city.form(change.service)
        edge = form.edges.get(change.act) if form is not None and form.edges else None
        if edge is None or outcome.judgement.verdict != "applied":
            continue
        item = Item(
            change.id, edge.to, change.target, home(change), WAITING, 0, now, now, now, "", "", ""
        )  # fmt: skip
        rows.append({"region": city.code, **msgspec.structs.asdict(item)})
    if rows:
        _replace(connection, city, [row["record"] for row in rows])
    bulk.add(connection, edge_item, rows)


def _replace(connection: Connection, city: City, records: list[bytes]) -> None:
    """Recall what still was on its way of records that are sent anew."""
    table = edge_item
    connection.execute(
        update(table)
        .where(
            table.c.region == city.code,
            table.c.state.in_(OPEN),
            table.c.record.in_(records),
        )
        .values(state=RECALLED, due=0, changed=city.now())
    )


def due(connection: Connection, city: City, resting: Sequence[str], limit: int) -> list[Item]:
    """List what may go now, the longest due first, but to destinations that rest."""
    table = edge_item
    rows = connection.execute(
        select(*_COLUMNS)
        .where(
            table.c.region == city.code,
            table.c.state.in_(OPEN),
            table.c.due <= city.now(),
            table.c.destination.not_in(resting),
        )
        .order_by(table.c.due, table.c.change)
        .limit(limit)
    )
    return [Item(*row) for row in rows]


def move(connection: Connection, city: City, item: Item, event: str, **values: Any) -> Item | None:
    """Move an item by one event; None if somebody else has moved it meanwhile."""
    state = MOVES[item.state, event]
    given = {"state": state, "changed": city.now(), **values}
    if state in ENDED:
        given["due"] = 0
    table = edge_item
    done = connection.execute(
        update(table)
        .where(
            table.c.region == city.code,
            table.c.change == item.change,
            table.c.state == item.state,
            table.c.due == item.due,
        )
        .values(**given)
    )
    return msgspec.structs.replace(item, **given) if done.rowcount else None


def take(connection: Connection, city: City, item: Item) -> Item | None:
    """Take an item for one attempt."""
    return move(
        connection, city, item, "take", due=city.now() + LEASE_MS, attempts=item.attempts + 1
    )


def rests(connection: Connection, city: City) -> list[Rest]:
    """List the destinations whose last attempt failed."""
    columns = tuple(edge_rest.c[name] for name in Rest.__struct_fields__)
    rows = connection.execute(
        select(*columns)
        .where(edge_rest.c.region == city.code, edge_rest.c.failures > 0)
        .order_by(edge_rest.c.destination)
    )
    return [Rest(*row) for row in rows]


def rest(connection: Connection, city: City, wanted: Rest) -> None:
    """Let a destination alone, or with no failures no more."""
    table = edge_rest
    values = msgspec.structs.asdict(wanted)
    known = connection.execute(
        update(table)
        .where(table.c.region == city.code, table.c.destination == wanted.destination)
        .values(**values)
    )
    if not known.rowcount:
        connection.execute(insert(table).values(region=city.code, **values))


def listing(
    city: City, *, after: tuple[int, bytes] | None = None, limit: int, state: str = ""
) -> list[Item]:
    """List items, the newest first."""
    table = edge_item
    order = (table.c.added, table.c.change)
    query = select(*_COLUMNS).where(table.c.region == city.code)
    if state:
        query = query.where(table.c.state == state)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, after)))
    with city.database.read() as connection:
        rows = connection.execute(query.order_by(*(one.desc() for one in order)).limit(limit))
        return [Item(*row) for row in rows]


def counts(connection: Connection, city: City) -> dict[str, int]:
    """Count items by state."""
    table = edge_item
    rows = connection.execute(
        select(table.c.state, func.count())
        .where(table.c.region == city.code)
        .group_by(table.c.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 - rows are no pairs to mypy


def oldest(connection: Connection, city: City) -> int:
    """Give when the oldest item was added that its destination has not taken; 0 for none."""
    table = edge_item
    since = select(func.min(table.c.added)).where(
        table.c.region == city.code, table.c.state.in_((WAITING, SENDING))
    )
    return int(connection.scalar(since) or 0)


def find(city: City, change: bytes) -> Item:
    """Find an item; Refused(edge_unknown)."""
    with city.database.read() as connection:
        return _found(connection, city, change)


def retry(city: City, change: bytes, who: str) -> None:
    """Let an item go at once, at an administrator's word, and its destination be asked again.

    Refused(edge_unknown | edge_ended).
    """
    with city.database.write() as connection:
        item = _found(connection, city, change)
        if (item.state, "retry") not in MOVES:
            raise Refused(Problem("edge_ended"))
        now = city.now()
        move(connection, city, item, "retry", due=now, added=now, attempts=0)
        rest(connection, city, Rest(item.destination, 0, 0, ""))
        audit.note(connection, city, who, "edge_retried", item.office, record=item.record.hex())


def _found(connection: Connection, city: City, change: bytes) -> Item:
    table = edge_item
    row = connection.execute(
        select(*_COLUMNS).where(table.c.region == city.code, table.c.change == change)
    ).one_or_none()
    if row is None:
        raise Refused(Problem("edge_unknown"))
    return Item(*row)
