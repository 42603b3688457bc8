"""Saves what a clerk does: new, edit, move. Each is one transaction, on the disk when it returns.

Answers are judged here once, by the form; roles and states by its machine. A saved act is one
change in the journal; issuing a letter takes its number and composes it in the same transaction.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from forms.engine.answers import Answers
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.queue import tickets
from sync.protocol.change import NOBODY, STATE, Number
from sync.store import attachments, leaves, letters, scope, shelf
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.journal import Act, Journal, edited, parted, vouched
from sync.store.parties import resolved
from sync.store.registers import numbering
from sync.store.registers.insertion import Insert
from sync.store.statements import Connection


class Saved(msgspec.Struct, frozen=True):
    """What became of a record by one act; `waits` where its issue waits for the service day.

    A person confirms the day (sync.store.day), then it goes on from its state.
    """

    record: bytes
    state: str
    number: Number | None
    waits: bool = False


class Item(msgspec.Struct, frozen=True):
    """One row to save whose answers the form has judged already.

    With `case` it is an edit of that record; else a new one, with `record` as its derived id if
    given.
    """

    answers: Answers
    case: Case | None = None
    record: bytes = NOBODY
    reason: str = ""


def new(
    store: Store,
    service: str,
    answers: Mapping[str, Any],
    *,
    subject: bytes = NOBODY,
    reason: str = "",
    replaces: bytes = NOBODY,
    issue: bool = False,
    insert: Insert | None = None,
) -> Saved:
    """Begin a record; with `issue` walk on to issued as far as roles and service day allow.

    `replaces` names the issued letter of this office that the new one corrects, and why is then the
    `reason`; `insert` is as in `move`. Refused with every problem of the answers, and with
    not_in_scope, role_missing, subject_missing, record_unknown, letter_not_issued, reason_missing,
    number_unused, insert_without_issue, or nik_in_use and the like, which a reason overrides; with
    queue_only for a ticket, which sync.store.queue begins.
    """
    form = store.catalogue.form(service)
    _any_way(form)
    scope.require(store.takes(form), form)
    with attachments.brought(store, form, answers) as files:
        judged = check(form, resolved(store, form, files.answers), store.scene())
        with store.write() as conn:
            _subject(conn, form, subject)
            if replaces:
                _correctable(store, conn, replaces, reason)
            _unused(conn, form, judged, None, reason)
            journal = Journal(store, conn)
            case = journal.start(
                form,
                judged,
                subject=subject,
                reason=reason,
                replaces=replaces,
                number=numbering.at_start(store, conn, form, judged),
            )
            if issue:
                case = _walk(store, conn, journal, form, (case, reason, insert))
            if insert is not None and case.number is None:
                code = "role_missing" if issue and form.letter else "insert_without_issue"
                raise Refused(Problem(code, facts={"action": letters.ISSUE}))
            files.keep(store, conn)
            journal.flush()
        waits = issue and insert is None and waits_for_day(store, form, case.state)
    return _saved(case, waits=waits)


def edit(store: Store, record: bytes, answers: Mapping[str, Any], *, reason: str = "") -> Saved:
    """Change the answers that are given; None empties one. What changes nothing saves nothing.

    Refused as `new` is, and with state_final where the state takes no edits any more.
    """
    with store.read() as conn:
        _, form = find(store, conn, record)
    with attachments.brought(store, form, answers) as files, store.write() as conn:
        case, form = find(store, conn, record)
        machine, roles = form.machine, store.operator.roles
        scope.require(not store.stands(case.office), form)
        leaves.require_here(conn, case.id, form.code)
        _whole(case)
        if not machine.may_edit(case.state, roles):
            final = case.state not in machine.editable
            code = "state_final" if final else "role_missing"
            raise Refused(Problem(code, facts={"state": case.state, "action": "edit"}))
        ours, later = parted(form, case)
        given = resolved(store, form, {**ours, **files.answers})
        judged = check(form, given, store.scene()) | later
        act = edited(form, case, judged, reason)
        if act is not None:
            _unused(conn, form, judged, case, reason)
            journal = Journal(store, conn)
            case = journal.add(form, case, act)
            files.keep(store, conn)
            journal.flush()
    return _saved(case)


def move(
    store: Store, record: bytes, action: str, *, reason: str = "", insert: Insert | None = None
) -> Saved:
    """Do one action of the form's machine.

    With `insert` a letter is issued out of turn, with the day of the number that it stands behind,
    which needs a reason. Refused(record_unknown | action_unknown | action_not_now |
    action_elsewhere | role_missing | reason_missing | number_unused | insert_without_issue |
    not_in_scope | day_unconfirmed | queue_only).
    """
    with store.write() as conn:
        case, form = find(store, conn, record)
        _any_way(form)
        leaves.require_here(conn, case.id, form.code)
        _whole(case)
        journal = Journal(store, conn)
        case = _step(store, conn, journal, form, (case, action, reason), insert)
        journal.flush()
    return _saved(case)


def save_many(store: Store, conn: Connection, service: str, items: Iterable[Item]) -> list[Saved]:
    """Save many judged rows within the caller's transaction, in their order.

    Those that change nothing save nothing. Neither roles nor unique values are looked at: the
    caller does, since it answers row by row.
    """
    form = store.catalogue.form(service)
    journal = Journal(store, conn)
    saved = []
    for item in items:
        if item.case is None:
            case = journal.start(form, item.answers, record=item.record, reason=item.reason)
        else:
            case = item.case
            act = edited(form, case, item.answers, item.reason)
            if act is not None:
                case = journal.add(form, case, act)
        saved.append(_saved(case))
    journal.flush()
    return saved


def find(store: Store, conn: Connection, record: bytes) -> tuple[Case, Form]:
    """Find a record and its form, or the one that was begun in its place.

    Refused(record_unknown | service_unknown | not_in_scope).
    """
    plain = shelf.plain(conn, record)
    if plain is None:
        raise Refused(Problem("record_unknown"))
    case = decode(plain)
    form = store.catalogue.form(case.service)
    scope.require(store.minds(form), form)
    return case, form


def by_unique(
    conn: Connection, service: str, key: str, values: Iterable[str]
) -> dict[str, list[Case]]:
    """Map those values of a unique field that are borne to the records that bear them."""
    wanted = set(values)
    rows = conn.exec_driver_sql(
        "SELECT u.value, r.plain FROM unique_value u JOIN record r ON r.id = u.record "
        "WHERE u.service = ? AND u.key = ? ORDER BY r.n"
        if len(wanted) > 1
        else "SELECT u.value, r.plain FROM unique_value u JOIN record r ON r.id = u.record "
        "WHERE u.service = ? AND u.key = ? AND u.value = ? ORDER BY r.n",
        (service, key) if len(wanted) > 1 else (service, key, *wanted),
    )
    found: dict[str, list[Case]] = {}
    for value, plain in rows:
        if value in wanted:
            found.setdefault(value, []).append(decode(plain))
    return found


def _walk(
    store: Store,
    conn: Connection,
    journal: Journal,
    form: Form,
    way: tuple[Case, str, Insert | None],
) -> Case:
    """Go on towards issued; the machine has no longer way than its states."""
    case, reason, insert = way
    for _ in form.machine.states:
        row = form.machine.forward(case.state, store.operator.roles)
        if row is None or (insert is None and waits_for_day(store, form, case.state)):
            break
        inserts = insert if row.action == letters.ISSUE else None
        why = reason if inserts else ""
        case = _step(store, conn, journal, form, (case, row.action, why), inserts)
    return case


def waits_for_day(store: Store, form: Form, state: str) -> bool:
    """Tell whether only the service day, which is in doubt, keeps a letter from being issued."""
    row = form.machine.forward(state, store.operator.roles)
    issues = row is not None and row.action == letters.ISSUE and form.letter is not None
    return issues and bool(store.day().doubt)


def _step(
    store: Store,
    conn: Connection,
    journal: Journal,
    form: Form,
    step: tuple[Case, str, str],
    insert: Insert | None = None,
) -> Case:
    case, action, reason = step
    stands = store.stands(case.office)
    target = form.machine.step(case.state, action, store.operator.roles, reason, office=stands)
    base, issued = {STATE: case.head(STATE)}, None
    issues = action == letters.ISSUE and form.letter is not None
    if insert is not None:
        _insertable(action, reason, issues=issues)
    if issues:
        base, issued = vouched(form, case), letters.issue(store, conn, form, case, insert)
    elif action == letters.COUNTERSIGN and stands:
        issued = letters.countersign(store, conn, form)
    act = Act(
        action,
        base=base,
        state=target,
        reason=reason,
        number=issued.number if issued else None,
        paper=issued.paper if issued else None,
    )
    return journal.add(form, case, act)


def _subject(conn: Connection, form: Form, subject: bytes) -> None:
    if not subject:
        if form.subject:
            raise Refused(Problem("subject_missing"))
        return
    plain = shelf.plain(conn, subject)
    if plain is None:
        raise Refused(Problem("record_unknown", "subject"))
    _whole(decode(plain))


def _any_way(form: Form) -> None:
    """Refuse what would leave out a ticket's times and its turn: sync.store.queue alone has them.

    Refused(queue_only).
    """
    if form.code == tickets.SERVICE:
        raise Refused(Problem("queue_only"))


def _whole(case: Case) -> None:
    """Refuse to do anything with what is left of an erased record: Refused(record_erased)."""
    if case.erased:
        raise Refused(Problem("record_erased"))


def _correctable(store: Store, conn: Connection, record: bytes, reason: str) -> None:
    """Refuse a correction of what was never printed here, or one that nobody gives a reason for."""
    case, form = find(store, conn, record)
    scope.require(not store.stands(case.office), form)
    if not case.paper:
        raise Refused(Problem("letter_not_issued", facts={"state": case.state}))
    if not reason.strip():
        raise Refused(Problem("reason_missing", facts={"action": "correct"}))


def _insertable(action: str, reason: str, *, issues: bool) -> None:
    """Refuse to insert what takes no number, or what nobody gives a reason for."""
    if not issues:
        raise Refused(Problem("insert_without_issue", facts={"action": action}))
    if not reason.strip():
        raise Refused(Problem("reason_missing", facts={"action": action}))


def _unused(conn: Connection, form: Form, answers: Answers, case: Case | None, reason: str) -> None:
    """Refuse a unique value that stands on another record, unless there is a reason."""
    if reason.strip():
        return
    problems = []
    for key in form.unique:
        value = answers.get(key)
        if value is None or (case is not None and case.answers.get(key) == value):
            continue
        others = shelf.bearers(conn, form.code, key, str(value))
        if others:
            problems.append(Problem(f"{key}_in_use", key, {"record": others[0].hex()}))
    if problems:
        raise Refused(*problems)


def _saved(case: Case, *, waits: bool = False) -> Saved:
    return Saved(case.id, case.state, case.number, waits)
