"""Operators of this laptop: their records travel like any other, their key slots stay here."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms.engine.check import check
from forms.engine.problem import Locked, Problem, Refused
from sync.crypto import passphrase as passphrases
from sync.crypto.authorship import OperatorKeys, make_seed
from sync.protocol import authorship
from sync.protocol.change import STATE
from sync.store import own_key, staff
from sync.store.case import Case, decode
from sync.store.handle import Operator, Store
from sync.store.journal import Act, Journal, edited, parted
from sync.store.keystore import Keystore
from sync.store.slot_file import SlotFile
from sync.store.statements import Connection

LEAVE = "leave"


def add(
    store: Store,
    name: str,
    roles: Sequence[str],
    passphrase: str,
    *,
    keystore: Keystore,
) -> Operator:
    """Let somebody sign in here: a record of the office, and a slot with keys of their own.

    A colleague who is known from another desk gets the slot only, with the roles that they have;
    who adds them signs that the keys are theirs.
    Refused(role_missing | operator_exists | passphrase_... | a problem of the name or roles).
    """
    form = store.catalogue.form(staff.SERVICE)
    if not form.machine.may_create(store.operator.roles):
        raise Refused(Problem("role_missing", facts={"action": "operator"}))
    _strong(passphrase)
    file = SlotFile.read(store.folder)
    with store.write() as conn:
        known, journal = staff.named(conn, name), Journal(store, conn)
        if known is None:
            answers = check(form, {"nama": name, "peran": list(roles)}, store.scene())
            case = journal.start(form, answers)
            known = Operator(case.id, str(answers["nama"]), tuple(roles))
        elif staff.slot_of(conn, known.id, file.slots.slots) is not None:
            raise Refused(Problem("operator_exists", "name", {"name": name}))
        seed = make_seed()
        _introduce(store, journal, known.id, OperatorKeys.of(seed))
        journal.flush()
        slots = file.slots.add(store.key, known.name, passphrase, file.secret(keystore), seed)
        own_key.give(conn, known.id, slots.slots[-1], seed)
        # The file last: were the transaction to fail now, the slot would name somebody unknown.
        file.with_slots(slots).write(store.folder)
    return known


def remove(store: Store, name: str, *, reason: str) -> None:
    """Let somebody sign in no more: the record says that they left, and the slot goes.

    Refused(operator_not_here | operator_self | role_missing | reason_missing).
    """
    form = store.catalogue.form(staff.SERVICE)
    file = SlotFile.read(store.folder)
    with store.write() as conn:
        person = staff.named(conn, name)
        if person is None:
            raise Refused(Problem("operator_not_here", "name", {"name": name}))
        if person.id == store.operator.id:
            raise Refused(Problem("operator_self", "name"))
        case = _case(conn, person.id)
        target = form.machine.step(case.state, LEAVE, store.operator.roles, reason)
        journal = Journal(store, conn)
        base = {STATE: case.head(STATE)}
        journal.add(form, case, Act(LEAVE, base=base, state=target, reason=reason))
        journal.flush()
        place = staff.slot_of(conn, person.id, file.slots.slots)
        staff.give_slot(conn, person.id, None)
        if place is not None:
            file.with_slots(file.slots.without(place)).write(store.folder)


def drop_leavers(store: Store) -> int:
    """Drop the key slots of people whose leaving another desk told us of; return how many.

    The last slot of somebody who works here stays whatever is said, for without one nobody could
    open what was saved here and never sent.
    """
    left = "SELECT id FROM operator WHERE roles = '' AND slot IS NOT NULL"
    here = "SELECT 1 FROM operator WHERE roles <> '' AND slot IS NOT NULL LIMIT 1"
    with store.read() as conn:
        if conn.exec_driver_sql(left).first() is None:
            return 0
    file = SlotFile.read(store.folder)
    with store.write() as conn:
        gone = list(conn.exec_driver_sql(left).scalars())
        if not gone or conn.exec_driver_sql(here).first() is None:
            return 0
        slots = file.slots
        for name in gone:
            place = staff.slot_of(conn, name, slots.slots)
            staff.give_slot(conn, name, None)
            slots = slots if place is None else slots.without(place)
        file.with_slots(slots).write(store.folder)
    return len(gone)


def describe(store: Store, name: str, answers: Mapping[str, Any]) -> None:
    """Change what is known of an operator: full name, title, rank and the like, or roles.

    Refused(operator_not_here | role_missing | a problem of the answers).
    """
    form = store.catalogue.form(staff.SERVICE)
    with store.write() as conn:
        person = staff.named(conn, name)
        if person is None:
            raise Refused(Problem("operator_not_here", "name", {"name": name}))
        case = _case(conn, person.id)
        if not form.machine.may_edit(case.state, store.operator.roles):
            raise Refused(Problem("role_missing", facts={"action": "operator"}))
        ours, later = parted(form, case)
        judged = check(form, {**ours, **answers}, store.scene())
        act = edited(form, case, judged | later)
        if act is not None:
            journal = Journal(store, conn)
            journal.add(form, case, act)
            journal.flush()


def change_passphrase(store: Store, old: str, new: str, *, keystore: Keystore) -> None:
    """Give the operator who is signed in another passphrase.

    Locked for a wrong old one, Refused(passphrase_...) for a weak new one.
    """
    _strong(new)
    file = SlotFile.read(store.folder)
    secret = file.secret(keystore)
    opened = file.slots.enter(store.operator.name, old, secret)
    slots = file.slots.renewed(opened, store.operator.name, new, secret)
    with store.write() as conn:
        staff.give_slot(conn, store.operator.id, slots.slots[-1])
        file.with_slots(slots).write(store.folder)


def listing(store: Store) -> list[tuple[Operator, bool]]:
    """List the office's people, each with whether they can sign in on this laptop."""
    with store.read() as conn:
        return staff.everybody(conn)


def matches(store: Store, passphrase: str, *, keystore: Keystore) -> bool:
    """Tell whether this is the passphrase of the operator who is signed in, to end an auto-lock."""
    file = SlotFile.read(store.folder)
    try:
        file.slots.open(store.operator.name, passphrase, file.secret(keystore))
    except Locked:
        return False
    return True


def _introduce(store: Store, journal: Journal, person: bytes, keys: OperatorKeys) -> None:
    """Say whose the keys are, by our own signature; without one of ours they say so themselves."""
    form = store.form(authorship.SERVICE)
    if form is not None and store.own is not None:
        journal.bring(form, person, keys)


def _strong(passphrase: str) -> None:
    problem = passphrases.check_rules(passphrase)
    if problem is not None:
        raise Refused(problem)


def _case(conn: Connection, name: bytes) -> Case:
    query = "SELECT plain FROM record WHERE id = ?"
    plain = conn.exec_driver_sql(query, (name,)).scalar()
    if plain is None:  # enrolled, and the first trip has not brought the record yet
        raise Refused(Problem("operator_not_here", "name"))
    return decode(plain)
