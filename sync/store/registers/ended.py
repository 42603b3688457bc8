"""What was done in the name of people of this office, and is for its head to look at.

After their right to it had ended, not knowing of it yet (sync.protocol.authority); without their
signature, or by a key that ended or that nobody vouched for (sync.protocol.authorship). What had
that code alone counts.
"""

from collections.abc import Iterator, Mapping

from forms.engine.words import label, worded
from sync.protocol import authorship
from sync.protocol.change import EDIT, NEW, Change
from sync.store import kept, staff
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers.table import Column, Period, Row, Table
from sync.store.statements import Connection

_COLUMNS = (
    Column("no", 9, "number"),
    Column("day", 22, "date"),
    Column("operator", 45),
    Column("deed", 35),
    Column("service", 60),
    Column("name", 60),
    Column("number", 40),
    Column("doubt", 40),
)
_SAID = frozenset({NEW, EDIT})
_DONE = (
    "SELECT h.id, h.plain, c.code, r.plain AS present FROM conflict c "
    "JOIN change h ON h.id = c.change "
    "LEFT JOIN record r ON r.id = h.record WHERE c.kind = 'ended' ORDER BY h.time, h.n"
)


def tables(store: Store, conn: Connection, period: Period) -> tuple[Table, ...]:
    """List the acts of a period by the author's own day, the oldest first."""
    return (Table("", _COLUMNS, tuple(_rows(store, conn, period))),)


def _rows(store: Store, conn: Connection, period: Period) -> Iterator[Row]:
    people, place = staff.names(conn), 0
    for row in conn.exec_driver_sql(_DONE):
        change = kept.unpack(row.plain, row.id)
        day = store.date(change.time)
        if not period.holds(day):
            continue
        place += 1
        form = store.form(change.service)
        case = decode(row.present) if row.present is not None else None
        cells = (
            place,
            day,
            people.get(change.operator, ""),
            _deed(change),
            worded(form.title) if form is not None else change.service,
            _name(case, people),
            change.number.text if change.number is not None else "",
            label("doubt", row.code),
        )
        yield Row(cells, change.target)


def _name(case: Case | None, people: Mapping[bytes, str]) -> str:
    """Name whom it is about; of a key, whose it is."""
    if case is None:
        return ""
    if case.service == authorship.SERVICE:
        return people.get(bytes.fromhex(str(case.answers.get(authorship.OWNER, ""))), "")
    return str(case.answers.get("nama") or "")


def _deed(change: Change) -> str:
    return label("act" if change.act in _SAID else "action", change.act)
