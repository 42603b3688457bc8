"""What waits for this operator's choice, and the choice: disputes with what is pending on top.

A pending edit moves the present value or a branch's tip on, as the server is going to; a pending
settlement hides its entry until the stream says what became of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from sync.protocol import settle as settling
from sync.protocol.branch import NUMBER, NUMBERS
from sync.protocol.change import NEW, SETTLE, STATE, Change
from sync.protocol.settle import Settlement
from sync.protocol.view import Kept
from sync.store import kept as changes
from sync.store import mirror, records, scope
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.journal import Act, Journal
from sync.store.statements import Connection

RETURNED_MS = 30 * 24 * 3_600_000  # how long a choice of ours that came too late is told
RETURNED_MAX = 100

_OPEN = (
    'SELECT c.change, c."group", c.record, c.code, c.proposed, h.plain FROM conflict c '
    "JOIN change h ON h.id = c.proposed WHERE c.kind = 'conflict' AND c.closed IS NULL "
    'ORDER BY c.opened, h.n, c."group"'
)


class Entry(msgspec.Struct, frozen=True):
    """One open dispute: `id` is its handle, `present` and `proposed` the values of its group.

    `present_by` and `proposed_by` are the changes that wrote them; the first is empty where a
    number is in dispute.
    """

    id: bytes
    conflict: bytes
    record: bytes
    service: str
    group: str
    kind: str
    present: dict[str, Any]
    proposed: dict[str, Any]
    present_by: bytes
    proposed_by: bytes


class Returned(msgspec.Struct, frozen=True):
    """A choice of ours that didn't count; `settled_by` is the one that did, empty where none."""

    record: bytes
    service: str
    group: str
    code: str
    settled_by: bytes


class _Side(NamedTuple):
    """One value of a dispute and the change that wrote it."""

    change: bytes
    value: dict[str, Any]


def listing(store: Store) -> list[Entry]:
    """List what this operator may see of the open disputes, the oldest first."""
    with store.read() as conn:
        return list(_entries(store, conn))


def returned(store: Store) -> list[Returned]:
    """List the choices of ours that came too late within the last 30 days, the newest first."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            'SELECT c.change, c.record, c."group", c.code, h.plain FROM conflict c '
            "JOIN change h ON h.id = c.change WHERE c.kind = 'returned' AND c.opened > ? "
            "ORDER BY c.opened DESC LIMIT ?",
            (store.now() - RETURNED_MS, RETURNED_MAX),
        ).all()
        return [_returned(conn, row) for row in rows]


def settle(
    store: Store, handle: bytes, kept: Kept, *, reason: str = "", seen: Entry | None = None
) -> Entry:
    """Choose in one dispute, and save the choice; it counts when the server has taken it.

    With `seen` it must still be what was looked at. Refused(conflict_unknown | conflict_moved |
    not_in_scope | role_missing | reason_missing | settle_present_only | settle_by_voiding |
    state_final).
    """
    with store.write() as conn:
        entry = next((one for one in _entries(store, conn) if one.id == handle), None)
        if entry is None:
            raise Refused(Problem("conflict_unknown"))
        if seen is not None and seen != entry:
            raise Refused(Problem("conflict_moved"))
        case, form = records.find(store, conn, entry.record)
        _require(store, form, case, (entry, kept, reason))
        said = Settlement(entry.conflict, entry.group, entry.present_by, entry.proposed_by, kept)
        valued = entry.kind == "value"
        act = Act(
            SETTLE,
            (entry.present if kept == "present" else entry.proposed) if valued else {},
            {entry.group: entry.present_by} if valued else {},
            reason=reason,
            extra=settling.deciding(said),
        )
        journal = Journal(store, conn)
        journal.add(form, case, act)
        journal.flush()
    return entry


def _require(store: Store, form: Form, case: Case, choice: tuple[Entry, Kept, str]) -> None:
    entry, kept, reason = choice
    scope.require(not store.stands(case.office), form)
    if not settling.may(form, store.operator.roles):
        raise Refused(Problem("role_missing", facts={"action": SETTLE}))
    code = settling.fault(entry.kind, kept, reason)
    if code:
        raise Refused(Problem(code, facts={"action": SETTLE}))
    if kept == "proposed" and case.state not in form.machine.editable:
        raise Refused(Problem("state_final", facts={"state": case.state, "action": SETTLE}))


def _returned(conn: Connection, row: Any) -> Returned:
    change = changes.unpack(row.plain, row.change)
    said = settling.said_by(change)
    by = b""
    if said is not None and row.code == settling.ALREADY:
        query = (
            'SELECT settlement FROM conflict WHERE record = ? AND "group" = ? AND closed NOTNULL '
            "AND kind = 'conflict' AND proposed IN (?, ?)"
        )
        names = (row.record, row.group, said.proposed, said.present)
        by = conn.exec_driver_sql(query, names).scalar() or b""
    return Returned(row.record, change.service, row.group, row.code, by)


def _entries(store: Store, conn: Connection) -> Iterator[Entry]:
    rows = conn.exec_driver_sql(_OPEN).all()
    names = {row.record for row in rows}
    here, waiting = mirror.held(conn, names), _pending(conn, sorted(names))
    for row in rows:
        held = here.get(row.record)
        form = store.form(held.seen.service) if held is not None else None
        if held is None or form is None or not store.minds(form):
            continue
        tip = _side(form, row.group, changes.unpack(row.plain, row.proposed))
        present = _present(form, row, held.said or held.seen)
        sides = _overlaid(form, row.group, (present, tip), waiting.get(row.record, ()))
        if sides is None:
            continue
        present, tip = sides
        yield Entry(
            settling.handle(row.change, row.group),
            row.change,
            row.record,
            form.code,
            row.group,
            row.code,
            present.value,
            tip.value,
            present.change,
            tip.change,
        )


def _overlaid(
    form: Form,
    group: str,
    sides: tuple[_Side, _Side],
    pending: Iterable[tuple[Change, str]],
) -> tuple[_Side, _Side] | None:
    """Put pending changes of ours on both sides; None once a settlement of ours has chosen."""
    present, tip = sides
    behind: dict[bytes, bytes] = {}  # what was refused, and what it was based on
    for change, verdict in pending:
        base = change.base.get(group, b"")
        base = behind.get(base, base)
        if verdict in {"refused", "quarantined"}:
            behind[change.id] = base
            continue
        said = settling.said_by(change)
        if said is not None:
            if said.group == group and tip.change in {said.proposed, said.present}:
                return None
            if said.group == group and said.kept == "proposed" and said.present == present.change:
                present = _side(form, group, change)
        elif not _touches(form, group, change):
            continue
        elif base == present.change:
            present = _side(form, group, change)
        elif base == tip.change:
            tip = _side(form, group, change)
    return present, tip


def _touches(form: Form, group: str, change: Change) -> bool:
    if group == STATE:
        return bool(change.state) and change.act != NEW
    return any(form.group_of(key) == group for key in change.body.answers)


def _present(form: Form, row: Any, case: Case) -> _Side:
    if row.group == STATE:
        return _Side(case.head(STATE), {STATE: case.state})
    if row.group == NUMBER and row.code in NUMBERS:
        return _Side(b"", {NUMBER: case.number.text if case.number else ""})
    return _Side(case.head(row.group), _values(form, row.group, case.answers))


def _side(form: Form, group: str, change: Change) -> _Side:
    if group == STATE:
        return _Side(change.id, {STATE: change.state})
    if group == NUMBER and change.number is not None:
        return _Side(change.id, {NUMBER: change.number.text})
    return _Side(change.id, _values(form, group, change.body.answers))


def _values(form: Form, group: str, answers: dict[str, Any]) -> dict[str, Any]:
    # A field that this version doesn't know is a group of its own.
    return {key: answers.get(key) for key in form.groups.get(group, (group,))}


def _pending(conn: Connection, names: Sequence[bytes]) -> dict[bytes, list[tuple[Change, str]]]:
    """Read pending changes of ours by record, in their order, each with what is known of it."""
    found: dict[bytes, list[tuple[Change, str]]] = {}
    rows = conn.exec_driver_sql(
        "SELECT record, id, plain, verdict FROM change "  # noqa: S608 - question marks only
        f"WHERE pending = 1 AND record IN ({mirror.marks(names)}) ORDER BY n",
        tuple(names),
    )
    for record, name, plain, verdict in rows:
        found.setdefault(record, []).append((changes.unpack(plain, name), verdict))
    return found
