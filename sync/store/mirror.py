"""What a clerk sees of a record: what the server last said, our pending changes on it.

`mirror` has a row only while a record has pending changes. When the last one goes, the record is
the mirror again and the row goes too; where the server says nothing of it, it goes with the record.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sync.protocol.change import NEW, Change
from sync.store import kept, shelf
from sync.store.case import Case, apply, begin, decode, touched
from sync.store.handle import Store
from sync.store.statements import Connection


class Held(NamedTuple):
    """A record here: as the clerk sees it, and as the server last said; apart while `pending`."""

    seen: Case
    said: Case | None
    pending: bool


def held(conn: Connection, names: Collection[bytes]) -> dict[bytes, Held]:
    """Read what is here of some records; unknown ones are left out."""
    rows = conn.exec_driver_sql(
        "SELECT r.id, r.plain, m.id, m.plain FROM record r LEFT JOIN mirror m ON m.id = r.id "  # noqa: S608 - question marks only
        f"WHERE r.id IN ({marks(names)})",
        tuple(names),
    )
    found = {}
    for name, plain, mirrored, said in rows:
        seen = decode(plain)
        if mirrored is None:
            found[name] = Held(seen, seen, pending=False)
        else:
            found[name] = Held(seen, decode(said) if said else None, pending=True)
    return found


def settle(
    store: Store, conn: Connection, here: Mapping[bytes, Held], said: Mapping[bytes, Case | None]
) -> None:
    """Write what the server now says of records, and what a clerk sees of them by it.

    Pending changes must have been dropped before; `here` is what was read before that.
    """
    mirrored = [name for name in said if name in here and here[name].pending]
    waiting = pending(conn, mirrored)
    alike = {name for name in mirrored if name not in waiting and said[name] is not None}
    if alike:
        conn.exec_driver_sql("DELETE FROM mirror WHERE id = ?", [(name,) for name in sorted(alike)])
    kept_on = [(_plain(said[name]), name) for name in mirrored if name not in alike]
    if kept_on:
        conn.exec_driver_sql("UPDATE mirror SET plain = ? WHERE id = ?", kept_on)
    puts = []
    for name, case in said.items():
        seen = here[name].seen if name in here else None
        now = overlaid(store, case, waiting.get(name, ()))
        # A record that the server turned down as a whole stays as its author left it.
        if now is not None and now != seen:
            puts.append(shelf.Put(now, seen))
    shelf.put(conn, store.form, puts, ours=False)


def overlaid(store: Store, case: Case | None, pending: Iterable[Change]) -> Case | None:
    """Put pending changes on what the server said; None where there is nothing to put them on."""
    for change in pending:
        if case is not None:
            form = store.form(case.service)
            case = apply(case, change, touched(change, form), form)
        elif change.act == NEW:
            case = begin(change, store.desk.office.id)
    return case


def marks(values: Collection[object]) -> str:
    """Write a question mark for each value of an SQL list."""
    return ",".join("?" * len(values))


def pending(conn: Connection, names: Sequence[bytes]) -> dict[bytes, list[Change]]:
    """Read the pending changes of some records, each record's in their order."""
    if not names:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT record, id, plain FROM change "  # noqa: S608 - question marks only
        f"WHERE pending = 1 AND record IN ({marks(names)}) ORDER BY n",
        tuple(names),
    )
    found: dict[bytes, list[Change]] = {}
    for record, name, plain in rows:
        found.setdefault(record, []).append(kept.unpack(plain, name))
    return found


def _plain(case: Case | None) -> bytes | None:
    return case.encode() if case else None
