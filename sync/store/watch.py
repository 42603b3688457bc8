"""Stops pages that would take too much away at once; a person at this desk decides.

Counted are the records that leave by rows of one day of the server's (the day on which the change
before the row came) and don't come back in the same page, if they were here when the stream was
last read to its end; so neither a long absence nor a first load asks. Rows that an administrator
announced pass. What was done here waits for no decision: it is sealed and goes.

    too many    the page is kept as it came, the cursor stays, `status` names it
    confirmed   sync.store.removals takes the kept page
    contrary    the next trip brings the page again; what it says by then counts
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sync.protocol import guard
from sync.protocol.change import NEW
from sync.protocol.stream import Page, Signed
from sync.store import mirror
from sync.store.handle import Store
from sync.store.leaves import Event
from sync.store.statements import Connection

_NOTE = (
    "INSERT INTO watch (stream, settled, day, gone, passed) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (stream) DO UPDATE SET settled = excluded.settled, day = excluded.day, "
    "gone = excluded.gone, passed = excluded.passed"
)


class Watch(NamedTuple):
    """What is remembered of a stream, as its row has it."""

    settled: int = 0
    day: int = 0
    gone: int = 0
    passed: int = 0


def is_stopped(conn: Connection, stream: str = "") -> bool:
    """Tell whether a page of a stream waits for a person; without a name, of any."""
    query = "SELECT 1 FROM stopped WHERE stream = ? OR ? = '' LIMIT 1"
    return conn.exec_driver_sql(query, (stream, stream)).first() is not None


def waiting(conn: Connection) -> int:
    """Count the records that pages would take away that wait."""
    query = "SELECT coalesce(sum(gone), 0) FROM stopped"
    return int(conn.exec_driver_sql(query).scalar_one())


def held(conn: Connection, names: Collection[bytes]) -> set[bytes]:
    """Tell which of these records are here."""
    query = f"SELECT id FROM record WHERE id IN ({mirror.marks(names)})"  # noqa: S608 - question marks only
    return set(conn.exec_driver_sql(query, tuple(names)).scalars())


def stops(
    store: Store, conn: Connection, page: Page, signed: Signed, events: Sequence[Event]
) -> bool:
    """Tell whether a page would take too much away, and then keep it; else forget a kept one."""
    known = _watch(conn, page.stream)
    leaving = _leaving(conn, page, known, events)
    days = {day: len(names) + known.gone * (day == known.day) for day, names in leaving.items()}
    most = max(days.values(), default=0)
    if most <= guard.FLOOR or not guard.trips(most, _scope(store, conn, page.stream)):
        conn.exec_driver_sql("DELETE FROM stopped WHERE stream = ?", (page.stream,))
        return False
    gone = len(set().union(*leaving.values()))
    conn.exec_driver_sql(
        "INSERT INTO stopped (stream, last, gone, since, plain, signature) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET last = excluded.last, "
        "gone = excluded.gone, plain = excluded.plain, signature = excluded.signature",
        (page.stream, page.last, gone, store.now(), signed.plain, signed.signature),
    )
    return True


def note(conn: Connection, page: Page, events: Sequence[Event]) -> None:
    """Count what goes by these rows of a page, before they are applied."""
    at_end = bool(events) and events[-1][0] == page.head
    if not at_end and not any(left for _, left, _, _ in events):
        return
    known = _watch(conn, page.stream)
    day, gone = known.day, known.gone
    for one, names in _leaving(conn, page, known, events).items():
        gone = len(names) + gone * (one == day)
        day = one
    settled = page.head if at_end else known.settled
    conn.exec_driver_sql(_NOTE, (page.stream, settled, day, gone, known.passed))


def allow(conn: Connection, stream: str, row: int) -> None:
    """Let rows up to this one pass uncounted: a person has seen what they take away."""
    known = _watch(conn, stream)._replace(passed=row)
    conn.exec_driver_sql(_NOTE, (stream, *known))


def settle(conn: Connection, stream: str, row: int) -> None:
    """Note that a stream was read to this end without its pages."""
    known = _watch(conn, stream)._replace(settled=row)
    conn.exec_driver_sql(_NOTE, (stream, *known))


def rewind(conn: Connection, stream: str, row: int) -> None:
    """Forget what was kept or allowed behind a row: the city's history is another one there."""
    conn.exec_driver_sql("DELETE FROM stopped WHERE stream = ?", (stream,))
    conn.exec_driver_sql(
        "UPDATE watch SET settled = min(settled, ?), day = 0, gone = 0, passed = 0 "
        "WHERE stream = ?",
        (row, stream),
    )


def _watch(conn: Connection, stream: str) -> Watch:
    query = "SELECT settled, day, gone, passed FROM watch WHERE stream = ?"
    row = conn.exec_driver_sql(query, (stream,)).first()
    return Watch(*row) if row else Watch()


def _leaving(
    conn: Connection, page: Page, known: Watch, events: Sequence[Event]
) -> dict[int, set[bytes]]:
    """Map days of the server's to the records that leave by rows of each, in their order."""
    free, day = set(page.announced), known.day
    found: dict[int, set[bytes]] = {}
    for row, left, fate, change in events:
        if fate is not None and change is not None:
            day = fate.received // guard.DAY_MS
            if change.act == NEW and fate.verdict == "applied":  # it comes, or comes back
                for names in found.values():
                    names.discard(change.target)
        elif left and row not in free and row > known.passed:
            found.setdefault(day, set()).add(left)
    names = set().union(*found.values())
    if not names:
        return {}
    settled = _settled(conn, page.stream, known.settled, names)
    return {day: here for day, left in found.items() if (here := left & settled)}


def _settled(conn: Connection, stream: str, row: int, names: Collection[bytes]) -> set[bytes]:
    """Tell which of these records were here when the stream was last read to its end."""
    if not row:
        return set()
    first = conn.exec_driver_sql(
        "SELECT record, min(row) AS row FROM change WHERE stream = ? AND row > 0 "  # noqa: S608 - question marks only
        f"AND record IN ({mirror.marks(names)}) GROUP BY record",
        (stream, *names),
    )
    late = {one.record for one in first if one.row > row}
    return held(conn, names) - late


def _scope(store: Store, conn: Connection, stream: str) -> int:
    """Count what this desk has of a stream's group, as far as that matters."""
    _, _, group = stream.partition("/")
    services = [form.code for form in store.catalogue.forms.values() if form.group == group]
    query = (
        "SELECT count(*) FROM (SELECT 1 FROM record "  # noqa: S608 - question marks only
        f"WHERE service IN ({mirror.marks(services)}) LIMIT ?)"
    )
    counted = conn.exec_driver_sql(query, (*services, guard.SCOPE_MAX)).scalar_one()
    return int(counted)
