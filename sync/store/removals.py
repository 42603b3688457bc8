"""What the city would take from this desk at once, and the word of the office's head on it."""

from typing import NamedTuple

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.stream import Page, Signed
from sync.store import outbox, pages, read, watch
from sync.store.handle import Store
from sync.store.read import Record

DECIDERS = frozenset({"kepala", "admin"})


class Removal(NamedTuple):
    """A page that waits: its stream, the records that would go by it, since when."""

    stream: str
    records: list[bytes]
    since: int


def listing(store: Store) -> list[Removal]:
    """List what waits, with every record that would go and is here."""
    found = []
    with store.read() as conn:
        for stream, since, plain in conn.exec_driver_sql(
            "SELECT stream, since, plain FROM stopped ORDER BY stream"
        ).all():
            page = wire.decode(plain, Page)
            names = list(dict.fromkeys(leave.record for leave in page.leaves))
            here = watch.held(conn, names)
            found.append(Removal(stream, [name for name in names if name in here], since))
    return found


def troubled(store: Store) -> list[Record]:
    """List the records that wait for a person, then those that would go."""
    found = read.troubled(store)
    known = {record.id for record in found}
    leaving = [name for one in listing(store) for name in one.records if name not in known]
    return [*found, *read.named(store, leaving)]


def confirm(store: Store) -> int:
    """Let all of it go; give how many records went.

    Refused(role_missing | removals_none).
    """
    if DECIDERS.isdisjoint(store.operator.roles):
        raise Refused(Problem("role_missing", facts={"action": "removals"}))
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT stream, last, gone, plain, signature FROM stopped ORDER BY stream"
        ).all()
    if not rows:
        raise Refused(Problem("removals_none"))
    outbox.freeze(store)  # what is pending on them counts as done before we could know
    for stream, last, _, plain, signature in rows:
        with store.write() as conn:
            watch.allow(conn, stream, last)
        pages.take(store, Signed(plain, signature))
    return sum(row.gone for row in rows)
