"""Goes back in one stream to where the city's history and ours part, and forward again.

The cursor goes to the end of a page at or below that row. Of every record that rows behind it
touched:

    record    stays as it was, to be read meanwhile; `rewound` names it
    mirror    what the city had said up to there, folded anew from the changes
    change    of ours: pending again; of others: kept with a negative row, until told again
    conflict  what was open there, folded anew
    leave     forgotten; the record is folded again, or told again where that can't be
    page      owed to the city (OWED), then returned (RETURNED); kept all the same

Rows that come again are applied to the mirror like any others, so nothing of the lost history
stays; `complete` ends it for records that were not told of again.
"""

from collections.abc import Sequence

from sync.protocol.change import NEW, Change
from sync.protocol.stream import CHAIN_START, Cursor, Fate
from sync.store import conflicts, kept, leaves, mirror, pages, shelf, starts, watch
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.statements import Connection

PRESENT, OWED, RETURNED = 0, 1, 2  # what a page is to the present history
AT_ONCE = 500  # records folded together

_ROWS = (
    "SELECT id, record, verdict, code, row, plain FROM change "
    "WHERE stream = ? AND row BETWEEN 1 AND ? AND record IN ({marks}) ORDER BY row"
)


def rewind(store: Store, conn: Connection, stream: str, row: int) -> None:
    """Go back to the end of a page at or below a row; nothing is done where we are not past it."""
    if pages.cursor(conn, stream).row <= row:
        return
    to = _boundary(conn, stream, row)
    left, foldable = leaves.behind(conn, stream, to.row)
    if not foldable:  # what they were there was told again since, or is gone
        to = Cursor(stream, 0, CHAIN_START)
        left, _ = leaves.behind(conn, stream, to.row)
    starts.forget(conn, stream, to.row)
    watch.rewind(conn, stream, to.row)
    past = (stream, to.row)
    touched = list(dict.fromkeys([*_touched(conn, past), *left]))
    leaves.rewind(conn, *past)
    gone = set(
        conn.exec_driver_sql("SELECT id FROM change WHERE stream = ? AND row > ?", past).scalars()
    )
    conn.exec_driver_sql(
        "UPDATE change SET pending = 1, verdict = '', code = '', stream = '', row = 0 "
        "WHERE stream = ? AND row > ? AND seq IS NOT NULL",
        past,
    )
    conn.exec_driver_sql("UPDATE change SET row = -row WHERE stream = ? AND row > ?", past)
    conn.exec_driver_sql(
        "UPDATE page SET standing = ?, safe = NULL WHERE stream = ? AND last > ? AND standing = ?",
        (OWED, *past, PRESENT),
    )
    conn.exec_driver_sql(
        "UPDATE stream SET row = ?, chain = ?, head = ? WHERE name = ?",
        (to.row, to.chain, to.row, stream),
    )
    for at in range(0, len(touched), AT_ONCE):
        _refold(store, conn, to, touched[at : at + AT_ONCE], gone)


def complete(store: Store, conn: Connection) -> None:
    """End it: what the city did not tell of again is no more, but for what we ourselves have."""
    names = list(conn.exec_driver_sql("SELECT record FROM rewound ORDER BY record").scalars())
    conn.exec_driver_sql("DELETE FROM rewound")
    conn.exec_driver_sql("DELETE FROM change WHERE row < 0")
    for at in range(0, len(names), AT_ONCE):
        part = names[at : at + AT_ONCE]
        waiting = mirror.pending(conn, part)
        here = {name: held for name, held in mirror.held(conn, part).items() if held.pending}
        mirror.settle(store, conn, here, {name: held.said for name, held in here.items()})
        unsaid = [held.seen for name, held in here.items() if not held.said and name not in waiting]
        shelf.remove(conn, store.form, unsaid)
        leaves.disown(store, conn, _refused(conn, part))


def _refused(conn: Connection, names: Sequence[bytes]) -> list[bytes]:
    """Tell on which records something of ours was turned down that its author might mend."""
    query = (
        "SELECT DISTINCT record FROM change WHERE pending = 1 AND verdict = 'refused' "  # noqa: S608 - question marks only
        f"AND record IN ({mirror.marks(names)})"
    )
    return list(conn.exec_driver_sql(query, tuple(names)).scalars())


def _boundary(conn: Connection, stream: str, row: int) -> Cursor:
    """Find the newest place that a row covers: the end of a page of ours, or our start."""
    page = conn.exec_driver_sql(
        "SELECT last, chain FROM page WHERE stream = ? AND last <= ? AND standing = ? "
        "ORDER BY last DESC LIMIT 1",
        (stream, row, PRESENT),
    ).first()
    found = Cursor(stream, page.last, page.chain) if page else Cursor(stream, 0, CHAIN_START)
    start = starts.read(conn).get(stream, found)
    return start if found.row < start.row <= row else found


def _touched(conn: Connection, past: tuple[str, int]) -> list[bytes]:
    return list(
        conn.exec_driver_sql(
            "SELECT DISTINCT record FROM change WHERE stream = ? AND row > ? ORDER BY record", past
        ).scalars()
    )


def _refold(
    store: Store, conn: Connection, to: Cursor, names: Sequence[bytes], gone: set[bytes]
) -> None:
    """Work out what the city had said of records up to a row."""
    here = mirror.held(conn, names)
    told = _told(conn, to, names, {name: held.seen.office for name, held in here.items()})
    said = dict[bytes, Case | None]()
    for fate, change in told:
        name = change.target
        said[name] = pages.said(store, said.get(name), change, fate)
    begun = _begun(conn, names)
    back = [case for name, case in said.items() if name not in here and case is not None]
    shelf.put(conn, store.form, [shelf.Put(case, None) for case in back], ours=False)
    here |= {case.id: mirror.Held(case, case, pending=True) for case in back}
    for name, held in here.items():
        if name not in begun:  # it came without its changes: only what comes now can correct it
            said[name] = held.said
    if not here:  # all of them have left
        return
    conn.exec_driver_sql(
        "INSERT INTO mirror (id, plain) VALUES (?, ?) "
        "ON CONFLICT (id) DO UPDATE SET plain = excluded.plain",
        [(name, case.encode() if (case := said.get(name)) else None) for name in here],
    )
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO rewound (record) VALUES (?)", [(name,) for name in here]
    )
    conflicts.forget(conn, names, gone)
    conflicts.follow(store, conn, told, set())


def _told(
    conn: Connection, to: Cursor, names: Sequence[bytes], offices: dict[bytes, bytes]
) -> list[tuple[Fate, Change]]:
    """Read the rows of records up to a row, as far as a fold needs them."""
    query = _ROWS.format(marks=mirror.marks(names))
    rows = conn.exec_driver_sql(query, (to.stream, to.row, *names))
    left = leaves.last(conn, names)
    return [
        (
            Fate(row, name, verdict, code, offices.get(record, b""), 0),
            kept.unpack(plain, name),
        )
        for name, record, verdict, code, row, plain in rows
        if row > left.get(record, 0)
    ]


def _begun(conn: Connection, names: Sequence[bytes]) -> set[bytes]:
    """Tell which records began with a change that is here."""
    query = f"SELECT id, record, plain FROM change WHERE record IN ({mirror.marks(names)})"  # noqa: S608 - question marks only
    rows = conn.exec_driver_sql(query, tuple(names))
    return {record for name, record, plain in rows if kept.unpack(plain, name).act == NEW}
