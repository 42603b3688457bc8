"""`conflicts`: what waits for a person to choose, with both values and both authors."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from forms.engine.form import Form
from sync.commands.call import Answer, Call
from sync.commands.edges import moment
from sync.commands.entry import entered
from sync.protocol import merge
from sync.protocol.change import Change
from sync.store import kept, mirror, staff
from sync.store.case import Case
from sync.store.handle import Store


def list_all(call: Call) -> Answer:
    """List every open conflict, the oldest first."""
    with entered(call) as store, store.read() as conn:
        return Answer({"conflicts": list(_open(store, conn))})


def _open(store: Store, conn: Connection) -> Iterator[dict[str, Any]]:
    people = _People(store, conn)
    rows = conn.exec_driver_sql(
        "SELECT c.change, c.code, h.plain, h.verdict, h.code AS reason FROM conflict c "
        "JOIN change h ON h.id = c.change WHERE c.kind = 'conflict' AND c.closed IS NULL "
        "ORDER BY c.opened, h.n"
    ).all()
    for row in rows:
        change = kept.unpack(row.plain, row.change)
        held = mirror.held(conn, [change.target]).get(change.target)
        form = store.form(change.service)
        if held is None or form is None or not store.sees(form):
            continue
        case = held.said or held.seen
        for group in _groups(form, change, row.verdict, row.reason):
            yield {
                "id": change.id.hex(),
                "record": change.target.hex(),
                "service": change.service,
                "group": group,
                "code": row.code,
                "present": _values(form, group, case.answers),
                "proposed": _values(form, group, change.body.answers),
                "present_by": people.wrote(case, group),
                "proposed_by": people.author(change),
            }


def _groups(form: Form, change: Change, verdict: str, code: str) -> list[str]:
    """Name the groups in dispute; a transition or a number is in dispute as a whole, group ""."""
    touched = {form.group_of(key) for key in change.body.answers}
    left = touched - merge.applied_groups(form, change, verdict, code)
    return sorted(left) or [""]


def _values(form: Form, group: str, answers: dict[str, Any]) -> dict[str, Any]:
    # A field that this version doesn't know is a group of its own.
    keys = form.groups.get(group, (group,) if group else ())
    return {key: answers.get(key) for key in keys}


class _People:
    """Says who wrote a change."""

    def __init__(self, store: Store, conn: Connection) -> None:
        self._store = store
        self._conn = conn
        self._names = staff.names(conn)

    def wrote(self, case: Case, group: str) -> dict[str, Any]:
        """Tell the author of a group's present value."""
        name = case.head(group)
        query = "SELECT plain FROM change WHERE id = ?"
        plain = self._conn.exec_driver_sql(query, (name,)).scalar()
        return {} if plain is None else self.author(kept.unpack(plain, name))

    def author(self, change: Change) -> dict[str, Any]:
        """Tell operator, office and time; of other offices' people no name is kept here."""
        known = change.operator in self._names
        return {
            "operator": self._names.get(change.operator, ""),
            "office": self._store.desk.office.code if known else "",
            "time": moment(change.time),
        }
