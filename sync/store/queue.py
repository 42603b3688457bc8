"""What is done with tickets: taken, called, served, passed on. Each is one durable transaction.

A ticket belongs to one desk, its holder, and only that desk does anything with it: so two desks
never call one number, whether they see each other or not. It changes hands by two acts of a
person: passed on by its holder, or taken over from a desk that can't call any more.

The times are this desk's, on the service day: a clock that goes back within a day does not take
them with it, since none is before one that the desk has stamped already.
"""

from collections.abc import Callable
from typing import Any

from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from forms.queue import order, tickets
from forms.queue.tickets import Ticket
from sync.protocol.change import NOBODY, STATE
from sync.store import queue_board, scope, shelf
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.journal import Act, Journal
from sync.store.queue_line import Line
from sync.store.statements import Connection

_GROUP = "jalan"  # the merge group that every act writes whole

Says = dict[str, Any]


def take(store: Store, letter: str, *, priority: str = "", subject: bytes = NOBODY) -> Ticket:
    """Give somebody the next number of a group; `subject` is whom it concerns, if that is known.

    Refused(queue_group | queue_priority | queue_full | record_unknown | not_in_scope).
    """
    form = _form(store)
    scope.require(store.takes(form), form)
    with store.write() as conn:
        _known(conn, subject)
        desk = Line(store, conn)
        desk.require(letter, priority)
        number = desk.number(letter)
        now = desk.stamp()
        said = {
            "tanggal": str(desk.board.day),
            "nomor": number,
            "kelompok": letter,
            "prioritas": priority or None,
            "datang": now,
            "meja": desk.board.device,
            "masuk": now,
        }
        journal = Journal(store, conn)
        case = journal.start(form, _given(said), subject=subject)
        journal.flush()
    return _read(case)


def call_next(store: Store) -> Ticket | None:
    """Call whoever is next of the groups that are called here; None where nobody waits.

    Whom the counter serves is done with that: Refused(queue_called) while somebody who was called
    has neither come nor been missed.
    """
    with store.write() as conn:
        desk = Line(store, conn)
        here = desk.board.present
        if here is not None and here.state == "called":
            raise Refused(Problem("queue_called", facts={"number": here.number}))
        journal = Journal(store, conn)
        now = desk.stamp()
        if here is not None:
            _done(desk, journal, here.record, "finish", {"selesai": now})
        chosen = order.following(desk.board.mine, desk.board.plan.in_a_row)
        case = None
        if chosen is not None:
            case = _done(desk, journal, chosen.record, "call", _calls(desk, now, chosen))
        journal.flush()
    return _read(case) if case is not None else None


def call(store: Store, record: bytes) -> Ticket:
    """Call one out of turn: Refused(queue_called) while somebody stands at the counter."""

    def says(desk: Line, ticket: Ticket) -> Says:
        here = desk.board.present
        if here is not None:
            raise Refused(Problem("queue_called", facts={"number": here.number}))
        return _calls(desk, desk.stamp(), ticket)

    return _act(store, record, "call", says)


def recall(store: Store, record: bytes) -> Ticket:
    """Call the same number again."""
    return _act(store, record, "recall", lambda _, ticket: {"panggilan": ticket.calls + 1})


def begin(store: Store, record: bytes) -> Ticket:
    """Say that whoever was called has come."""
    return _act(store, record, "begin", lambda desk, _: {"mulai": desk.stamp()})


def finish(store: Store, record: bytes) -> Ticket:
    """Say that whoever was served is done."""
    return _act(store, record, "finish", lambda desk, _: {"selesai": desk.stamp()})


def miss(store: Store, record: bytes) -> Ticket:
    """Say that nobody came: back to the end of the line as often as the rule lets, then out."""
    with store.write() as conn:
        desk = Line(store, conn)
        ticket = desk.own(record)
        missed: Says = {"tak_hadir": ticket.missed + 1}
        goes_back = ticket.missed < desk.board.plan.returns
        said = missed | {"masuk": desk.stamp()} if goes_back else missed
        journal = Journal(store, conn)
        case = _done(desk, journal, record, "requeue" if goes_back else "miss", said)
        journal.flush()
    return _read(case)


def requeue(store: Store, record: bytes) -> Ticket:
    """Let somebody wait on, at the end of the line, who was missed and is there after all."""
    return _act(store, record, "requeue", lambda desk, _: {"masuk": desk.stamp()})


def cancel(store: Store, record: bytes) -> Ticket:
    """End a number that its bearer gives back."""
    return _act(store, record, "cancel", lambda desk, _: {"selesai": desk.stamp()})


def pass_on(store: Store, record: bytes, letter: str, holder: str = "") -> Ticket:
    """Send somebody to another group, with the same number; to another desk by its device in hex.

    The record ends here, and a further one begins that its new holder alone calls.
    Refused(queue_group | queue_same | queue_elsewhere | queue_desk | action_not_now).
    """
    form = _form(store)
    with store.write() as conn:
        desk = Line(store, conn)
        desk.require(letter)
        ticket = desk.own(record)
        holder = holder or desk.board.device
        if holder != desk.board.device and holder not in desk.board.others:
            raise Refused(Problem("queue_desk"))
        if (letter, holder) == (ticket.group, ticket.holder):
            raise Refused(Problem("queue_same"))
        journal, now = Journal(store, conn), desk.stamp()
        before = _done(desk, journal, record, "pass_on", {"selesai": now})
        said = before.answers | {"kelompok": letter, "meja": holder, "masuk": now}
        again = {key: said.get(key) for key in _KEPT} | {"asal": record.hex()}
        case = journal.start(form, _given(again), subject=before.subject)
        journal.flush()
    return _read(case)


def take_over(store: Store, holder: str) -> int:
    """Take all open tickets of the day from another desk, which can't call them any more.

    Gives how many. They keep their places; if that desk should still call one, both acts come
    before a person.
    """
    with store.write() as conn:
        desk = Line(store, conn)
        theirs = [t for t in desk.board.tickets if t.holder == holder and t.state in tickets.OPEN]
        if holder == desk.board.device:
            raise Refused(Problem("queue_same"))
        journal = Journal(store, conn)
        for ticket in theirs:
            _write(
                store, journal, desk.case(ticket.record), "take_over", {"meja": desk.board.device}
            )
        journal.flush()
    return len(theirs)


def end_days(store: Store) -> int:
    """End this desk's tickets that are left of days before; gives how many.

    Nobody else does: a desk that comes late ends its own.
    """
    if not store.takes(_form(store)):
        return 0
    with store.read() as conn:
        if not _left_over(store, conn):
            return 0
    with store.write() as conn:
        journal = Journal(store, conn)
        left = _left_over(store, conn)
        for case in left:
            _write(store, journal, case, "cancel", {}, reason=say("queue.day_over"))
        journal.flush()
    return len(left)


_KEPT = ("tanggal", "nomor", "kelompok", "prioritas", "datang", "meja", "masuk")


def _act(store: Store, record: bytes, action: str, says: Callable[[Line, Ticket], Says]) -> Ticket:
    """Do one act on one ticket of this desk.

    Refused(record_unknown | queue_elsewhere | action_not_now | role_missing).
    """
    with store.write() as conn:
        desk = Line(store, conn)
        ticket = desk.own(record)
        journal = Journal(store, conn)
        case = _done(desk, journal, record, action, says(desk, ticket))
        journal.flush()
    return _read(case)


def _done(desk: Line, journal: Journal, record: bytes, action: str, said: Says) -> Case:
    desk.own(record)
    return _write(desk.store, journal, desk.case(record), action, said)


def _write(
    store: Store, journal: Journal, case: Case, action: str, said: Says, reason: str = ""
) -> Case:
    """Write the state and the one group that goes with it, in one change."""
    form = _form(store)
    target = form.machine.step(case.state, action, store.operator.roles, reason)
    whole = {key: case.answers.get(key) for key in form.groups[_GROUP]} | said
    base = {_GROUP: case.head(_GROUP), STATE: case.head(STATE)}
    return journal.add(form, case, Act(action, whole, base, target, reason))


def _calls(desk: Line, now: str, ticket: Ticket) -> Says:
    counter = desk.board.counter.name or None
    return {
        "dipanggil": now,
        "mulai": None,
        "selesai": None,
        "loket": counter,
        "panggilan": ticket.calls + 1,
    }


def _left_over(store: Store, conn: Connection) -> list[Case]:
    """List what this desk left open on days before.

    A ticket of a later day stays: it was taken while the clock was ahead.
    """
    today, device = str(store.day().date), store.desk.device.hex()
    return [
        case
        for case, ticket in queue_board.newest(conn)
        if ticket.holder == device
        and ticket.state in tickets.OPEN
        and str(case.answers["tanggal"]) < today
    ]


def _given(said: Says) -> Says:
    return {key: value for key, value in said.items() if value is not None}


def _known(conn: Connection, subject: bytes) -> None:
    if subject and shelf.plain(conn, subject) is None:
        raise Refused(Problem("record_unknown", "subject"))


def _form(store: Store) -> Form:
    return store.catalogue.form(tickets.SERVICE)


def _read(case: Case) -> Ticket:
    found = tickets.ticket(case.id, case.state, case.answers, place=0, subject=case.subject)
    assert found is not None, "what was just written is a ticket"
    return found
