"""Who looked at whose record here, until the city has chained it, and 90 days more.

    opened, printed, listed  -> a row; the same look again within ten minutes is the same look
    a trip or a stick        -> the oldest without the city's word go with the ask
    the city's word          -> kept for 90 days, for a city that is put back
    100,000 rows             -> the oldest go, and a row says how many the city never had

A look that can't be written down, because the disk is full, waits in memory and hinders nobody.
"""

from threading import Lock
from typing import Protocol

import msgspec

from forms.engine.form import Form
from forms.engine.problem import Refused
from sync.protocol import looks as said
from sync.protocol.change import NOBODY
from sync.protocol.looks import Look, Looks
from sync.store.handle import Store
from sync.store.statements import Connection

AGAIN_MS = 10 * 60_000
KEPT_MS = 90 * 24 * 3_600_000  # as long as batches and pages
KEPT_MAX = 100_000  # 15 MB: three hundred looks a day for most of a year
SPARE = 1_000  # that go at once, so that it isn't done with every look
_turn = Lock()  # two pages may be opened at once
PERSONAL = frozenset({"nik", "kk", "person"})  # kinds of answers

_INSERT = (
    "INSERT INTO look (at, operator, record, how, what, count, subject, received) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, NULL)"
)
_COLUMNS = "n, at, operator, record, how, what, count, subject"


class Seen(Protocol):
    """What a look has to know of a record that is shown."""

    @property
    def id(self) -> bytes:
        """Its name."""

    @property
    def service(self) -> str:
        """The code of its form."""

    @property
    def subject(self) -> bytes:
        """Whom it concerns, empty for nobody else."""


def at_record(store: Store, found: Seen, how: str = said.RECORD) -> None:
    """Note that the operator looks at a record, if it is about a person."""
    form = store.form(found.service)
    if form is not None and is_personal(form, found.subject):
        who, now = store.operator.id, store.now()
        note(store, Look(now, who, found.id, how, found.service, 1, found.subject))


def at_list(store: Store, how: str, what: str, count: int) -> None:
    """Note that a list, register or report showed so many records; of none there is no look."""
    if count:
        note(store, Look(store.now(), store.operator.id, NOBODY, how, what, count))


def is_personal(form: Form, subject: bytes) -> bool:
    """Tell whether a record of a form is about a person, its subject or another."""
    if form.internal:
        return False
    return bool(subject) or any(field.kind in PERSONAL for field in form.fields.values())


def note(store: Store, look: Look) -> None:
    """Write a look down, unless it is the same as one just before."""
    with store.read() as conn:
        if _is_noted(conn, look):
            return
    with _turn:
        store.unnoted.append(look)
        try:
            with store.write() as conn:
                conn.exec_driver_sql(_INSERT, [_row(one) for one in store.unnoted])
                _bound(conn, look)
        except Refused:
            return  # what is to be read is shown all the same
        store.unnoted.clear()


def waiting(conn: Connection, limit: int) -> bytes:
    """Encode the oldest that the city has not acknowledged, b"" where there are none."""
    rows = conn.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM look WHERE received IS NULL ORDER BY n LIMIT ?",  # noqa: S608 - names of columns only
        (limit,),
    ).all()
    if not rows:
        return b""
    return said.encode(Looks([Look(*row[1:]) for row in rows], rows[-1][0]))


def received(store: Store, conn: Connection, last: int) -> None:
    """Note the city's word that it has all looks up to a number; let go what is old."""
    if not last:
        return
    now = store.now()
    conn.exec_driver_sql(
        "UPDATE look SET received = ? WHERE received IS NULL AND n <= ?", (now, last)
    )
    conn.exec_driver_sql("DELETE FROM look WHERE received < ?", (now - KEPT_MS,))


def again(conn: Connection) -> None:
    """Let all that is here go once more: the city was put back, and may have lost them."""
    conn.exec_driver_sql("UPDATE look SET received = NULL WHERE received IS NOT NULL")


def gather(conn: Connection, other: Connection) -> None:
    """Take over what a replaced store of this laptop's had noted and the city has not."""
    rows = other.exec_driver_sql(f"SELECT {_COLUMNS} FROM look WHERE received IS NULL ORDER BY n")  # noqa: S608 - names of columns only
    for _, *row in rows:
        query = (
            "SELECT 1 FROM look WHERE record = ? AND operator = ? AND how = ? AND what = ? "
            "AND at = ?"
        )
        at, operator, record, how, what, *_ = row
        if conn.exec_driver_sql(query, (record, operator, how, what, at)).first() is None:
            conn.exec_driver_sql(_INSERT, tuple(row))


def count_waiting(conn: Connection) -> int:
    """Count those that the city has not acknowledged."""
    query = "SELECT count(*) FROM look WHERE received IS NULL"
    return int(conn.exec_driver_sql(query).scalar_one())


def _is_noted(conn: Connection, look: Look) -> bool:
    """Tell whether the same was noted minutes ago; a list that shows more is another look."""
    row = conn.exec_driver_sql(
        "SELECT at, count FROM look WHERE record = ? AND operator = ? AND how = ? AND what = ? "
        "ORDER BY n DESC LIMIT 1",
        (look.record, look.operator, look.how, look.what),
    ).first()
    return row is not None and 0 <= look.at - row.at < AGAIN_MS and look.count <= row.count


def _bound(conn: Connection, look: Look) -> None:
    first, last = conn.exec_driver_sql("SELECT min(n), max(n) FROM look").first() or (0, 0)
    if last - first < KEPT_MAX:
        return
    upto = last - KEPT_MAX + SPARE
    query = "SELECT coalesce(sum(CASE how WHEN ? THEN count ELSE 1 END), 0) FROM look "
    lost = conn.exec_driver_sql(
        query + "WHERE n <= ? AND received IS NULL", (said.FORGOTTEN, upto)
    ).scalar_one()
    conn.exec_driver_sql("DELETE FROM look WHERE n <= ?", (upto,))
    if lost:
        row = _row(Look(look.at, look.operator, NOBODY, said.FORGOTTEN, "", lost))
        conn.exec_driver_sql(_INSERT, row)


def _row(look: Look) -> tuple[int, bytes, bytes, str, str, int, bytes]:
    return msgspec.structs.astuple(look)
