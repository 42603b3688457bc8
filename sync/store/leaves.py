"""Records that belong to other offices now: a row of the stream says so, and they go from here.

So do those which came here in a history that the city has lost, and never came again: nothing says
that they leave, but the city turns down what was done with them (`disown`).

    nothing of ours pending on it   record, search and disputes go
    something pending               the record stays to be seen until the server has judged that;
                                    nothing new may be done on it
    it comes back                   it is told again from its beginning, like any other

Its changes stay as long as the city might be put back behind that row: sync.store.rewind folds the
record again from them. `prune` lets those of others go.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from forms.engine.problem import Problem, Refused
from sync.protocol.change import NEW, Change
from sync.protocol.stream import Fate
from sync.store import conflicts, mirror, shelf
from sync.store.handle import Store
from sync.store.statements import Connection

PRUNED = -1  # in `back`: the record's changes are gone, only the whole stream can tell it again

Event = tuple[
    int, bytes, Fate | None, Change | None
]  # a row, the record that leaves by it, or a change

_ANY = "SELECT 1 FROM leave LIMIT 1"


def follow(conn: Connection, stream: str, events: Iterable[Event], now: int) -> None:
    """Note which records left by these rows, in their order, and which came back."""
    known = conn.exec_driver_sql(_ANY).first() is not None
    for row, left, fate, change in events:
        if left:
            known = True
            conn.exec_driver_sql(
                "INSERT OR REPLACE INTO leave (record, stream, row, back, came) "
                "VALUES (?, ?, ?, 0, ?)",
                (left, stream, row, now),
            )
        elif known and fate and change and change.act == NEW and fate.verdict == "applied":
            conn.exec_driver_sql(
                "UPDATE leave SET back = ? WHERE record = ? AND back <= 0", (row, change.target)
            )


def away(conn: Connection, names: Collection[bytes]) -> set[bytes]:
    """Tell which of these records belong to other offices now."""
    if not names or conn.exec_driver_sql(_ANY).first() is None:
        return set()
    query = f"SELECT record FROM leave WHERE back <= 0 AND record IN ({mirror.marks(names)})"  # noqa: S608 - question marks only
    return set(conn.exec_driver_sql(query, tuple(names)).scalars())


def disown(store: Store, conn: Connection, names: Collection[bytes]) -> None:
    """Note which of these records are none of ours: something of ours on them was refused.

    The city has told us nothing of such a record, and it wasn't begun here; while a stream is read
    again (`rewound`) it may still do so.
    """
    if not names:
        return
    query = (
        "SELECT r.id, r.service FROM record r JOIN mirror m ON m.id = r.id "  # noqa: S608 - question marks only
        f"WHERE m.plain IS NULL AND r.id IN ({mirror.marks(names)}) "
        "AND r.id NOT IN (SELECT record FROM rewound) "
        "AND r.id NOT IN (SELECT record FROM leave WHERE back <= 0)"
    )
    rows = conn.exec_driver_sql(query, tuple(names)).all()
    waiting = mirror.pending(conn, [row.id for row in rows])
    for name, service in rows:
        form = store.form(service)
        if form is not None and all(one.act != NEW for one in waiting.get(name, ())):
            stream = f"{store.desk.office.id.hex()}/{form.group}"
            conn.exec_driver_sql(
                "INSERT OR REPLACE INTO leave (record, stream, row, back, came) "
                "VALUES (?, ?, coalesce((SELECT row FROM stream WHERE name = ?), 0), 0, ?)",
                (name, stream, stream, store.now()),
            )


def require_here(conn: Connection, record: bytes, service: str) -> None:
    """Refuse an act on a record that belongs to other offices now: Refused(not_in_scope)."""
    if away(conn, [record]):
        raise Refused(Problem("not_in_scope", facts={"service": service}))


def drop(store: Store, conn: Connection, names: Collection[bytes]) -> None:
    """Take records away that left, but for those on which something of ours is pending."""
    gone = sorted(away(conn, names))
    if not gone:
        return
    conflicts.forget(conn, gone, ())
    waiting = mirror.pending(conn, gone)
    rest = [name for name in gone if name not in waiting]
    shelf.remove(conn, store.form, [held.seen for held in mirror.held(conn, rest).values()])


def is_pending(conn: Connection, names: Sequence[bytes]) -> bool:
    """Tell whether something on these records is in no batch yet."""
    query = (
        "SELECT 1 FROM change WHERE seq IS NOT NULL AND batch IS NULL "  # noqa: S608 - question marks only
        f"AND record IN ({mirror.marks(names)}) LIMIT 1"
    )
    return conn.exec_driver_sql(query, tuple(names)).first() is not None


def behind(conn: Connection, stream: str, row: int) -> tuple[list[bytes], bool]:
    """List the records that left behind a row; and whether all of them can be folded again."""
    rows = conn.exec_driver_sql(
        "SELECT record, back FROM leave WHERE stream = ? AND row > ? ORDER BY row", (stream, row)
    ).all()
    return list(dict.fromkeys(row.record for row in rows)), all(row.back == 0 for row in rows)


def rewind(conn: Connection, stream: str, row: int) -> None:
    """Forget what rows behind this one said."""
    conn.exec_driver_sql("DELETE FROM leave WHERE stream = ? AND row > ?", (stream, row))
    conn.exec_driver_sql("UPDATE leave SET back = 0 WHERE stream = ? AND back > ?", (stream, row))


def last(conn: Connection, names: Sequence[bytes]) -> Mapping[bytes, int]:
    """Map those of these records that ever left to the row by which they did so last."""
    rows = conn.exec_driver_sql(
        "SELECT record, max(row) AS row FROM leave "  # noqa: S608 - question marks only
        f"WHERE record IN ({mirror.marks(names)}) GROUP BY record",
        tuple(names),
    )
    return {row.record: row.row for row in rows}


def prune(conn: Connection, stream: str, row: int, before: int) -> None:
    """Let changes of others go whose record left before a time, by a row that is durable."""
    gone = [
        (name,)
        for name in conn.exec_driver_sql(
            "SELECT record FROM leave WHERE stream = ? AND row <= ? AND came < ? AND back = 0",
            (stream, row, before),
        ).scalars()
    ]
    if gone:
        conn.exec_driver_sql("DELETE FROM change WHERE record = ? AND seq IS NULL", gone)
        conn.exec_driver_sql(
            "UPDATE leave SET back = ? WHERE record = ? AND back = 0",
            [(PRUNED, name) for (name,) in gone],
        )
