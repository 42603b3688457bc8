"""Writes records with all that hangs on them: search, unique values, numbers, the office's people.

Everything goes by executemany, so that one saved letter and a page of 5,000 rows take the same way.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from forms.engine.form import Form
from sync.protocol.change import Change
from sync.protocol.ties import INSTEAD, REPLACES
from sync.store import search, staff
from sync.store.case import Case
from sync.store.entries import entry
from sync.store.registers import lines
from sync.store.statements import Connection

_RECORD = (
    "INSERT INTO record (id, service, subject, batch, trouble, plain) VALUES (?, ?, ?, ?, '', ?) "
    "ON CONFLICT (id) DO UPDATE SET plain = excluded.plain"
)
_OURS = _RECORD + ", batch = NULL"
_FREE = "DELETE FROM unique_value WHERE service = ? AND key = ? AND value = ? AND record = ?"
_HOLD = "INSERT OR IGNORE INTO unique_value (service, key, value, record) VALUES (?, ?, ?, ?)"
_NUMBER = "INSERT OR IGNORE INTO number_use (series, year, position, record) VALUES (?, ?, ?, ?)"

_TIES = ""  # No service: under it stands which record a correction names, to be found from there.

Forms = Callable[[str], Form | None]


class Put(NamedTuple):
    """A record as it now is and as it was before, None for a new one."""

    case: Case
    before: Case | None


def put(conn: Connection, forms: Forms, records: Sequence[Put], *, ours: bool) -> None:
    """Write records; `ours` says that something of them is still to be sent."""
    if not records:
        return
    batch = None if ours else 0
    conn.exec_driver_sql(
        _OURS if ours else _RECORD,
        [
            (case.id, case.service, case.subject or None, batch, case.encode())
            for case, _ in records
        ],
    )
    _uniques(conn, forms, records)
    staff.follow(conn, [case for case, _ in records])
    lines.put(conn, [case for case, _ in records])
    found = []
    for case, _ in records:
        form = forms(case.service)
        if form is not None and form.searched:
            found.append(entry(form, case))
    search.index(conn, found)


def remove(conn: Connection, forms: Forms, cases: Sequence[Case]) -> None:
    """Take records away; numbers that stand on their papers stay in the register."""
    names = [(case.id,) for case in cases]
    if not names:
        return
    for case in cases:
        form = forms(case.service)
        freed = [
            (case.service, key, str(case.answers[key]), case.id)
            for key in (form.unique if form else ())
            if case.answers.get(key) is not None
        ]
        if freed:
            conn.exec_driver_sql(_FREE, freed)
    conn.exec_driver_sql("DELETE FROM record WHERE id = ?", names)
    conn.exec_driver_sql("DELETE FROM mirror WHERE id = ?", names)
    search.forget(conn, [case.id for case in cases])


def numbers_of(change: Change) -> list[tuple[str, int, int, bytes]]:
    """Give the number that a change used up, as `note_numbers` takes it; none for most changes."""
    number = change.number
    if number is None or number.provisional:
        return []
    return [(number.series, number.year, number.position, change.target)]


def note_numbers(conn: Connection, used: Sequence[tuple[str, int, int, bytes]]) -> None:
    """Note numbers of this office that stand on papers: series, year, position, record."""
    if used:
        conn.exec_driver_sql(_NUMBER, used)


def bearers(conn: Connection, service: str, key: str, value: str) -> list[bytes]:
    """List the records of a service that bear a value of a unique field."""
    rows = conn.exec_driver_sql(
        "SELECT record FROM unique_value WHERE service = ? AND key = ? AND value = ?",
        (service, key, value),
    )
    return [row.record for row in rows]


def plain(conn: Connection, name: bytes) -> bytes | None:
    """Read a record, or the one that was begun in its place; None where neither is here."""
    query = "SELECT plain FROM record WHERE id = ?"
    found: bytes | None = conn.exec_driver_sql(query, (name,)).scalar()
    if found is None:
        found = conn.exec_driver_sql(query, (renamed(conn, name),)).scalar()
    return found


def corrections(conn: Connection, record: bytes) -> list[bytes]:
    """List the records that were begun to correct one."""
    return bearers(conn, _TIES, REPLACES, record.hex())


def note_renamed(conn: Connection, pairs: Sequence[tuple[bytes, bytes]]) -> None:
    """Note records that were begun anew: the id that each was to have, and the one it has."""
    if pairs:
        conn.exec_driver_sql(_HOLD, [(_TIES, INSTEAD, old.hex(), new) for old, new in pairs])


def renamed(conn: Connection, name: bytes) -> bytes:
    """Give the id under which a record was begun anew; its own where it was not."""
    found = bearers(conn, _TIES, INSTEAD, name.hex())
    return min(found, default=name)


def former(conn: Connection, name: bytes) -> list[bytes]:
    """List a record's id, and those that it was to have when it was first begun here."""
    rows = conn.exec_driver_sql(
        "SELECT value FROM unique_value WHERE service = ? AND key = ? AND record = ?",
        (_TIES, INSTEAD, name),
    )
    return [name, *(bytes.fromhex(row.value) for row in rows)]


def _uniques(conn: Connection, forms: Forms, records: Sequence[Put]) -> None:
    freed, held = [], []
    for case, before in records:
        if case.replaces:
            held.append((_TIES, REPLACES, case.replaces.hex(), case.id))
        form = forms(case.service)
        for key in form.unique if form else ():
            now, then = case.answers.get(key), before.answers.get(key) if before else None
            if now != then:
                if then is not None:
                    freed.append((case.service, key, str(then), case.id))
                if now is not None:
                    held.append((case.service, key, str(now), case.id))
    if freed:
        conn.exec_driver_sql(_FREE, freed)
    if held:
        conn.exec_driver_sql(_HOLD, held)
