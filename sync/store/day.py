"""The service day: what is dated at this desk bears it, and a person confirms one in doubt."""

import datetime as dt

import msgspec

from forms.engine.problem import Problem, Refused
from sync.store import doubt, settings
from sync.store.doubt import Borne, Day, Opened
from sync.store.handle import Store
from sync.store.statements import Connection

UNCONFIRMED = "day_unconfirmed"
_HEAD = "kepala"  # who may close a year, and open it again
_LOOKERS = frozenset({"auditor"})


def confirm(store: Store, date: dt.date) -> Day:
    """Open the desk for a day, by the word of whoever is signed in; a later word goes before it.

    A year is closed as soon as the server has spoken in a later one, or the head of the office has
    confirmed a day of a later one: Refused(year_closed) for others than the head, who opens it
    again by confirming a day of it. Refused(role_missing) for an auditor, who changes nothing.
    """
    if not set(store.operator.roles) - _LOOKERS:
        raise Refused(Problem("role_missing", facts={"action": "day"}))
    heads = _HEAD in store.operator.roles
    last = doubt.closed(store.known, store.date)
    if date.year <= last and not heads:
        raise Refused(Problem("year_closed", facts={"year": date.year}))
    now = store.now()
    before = store.known.opened
    said = Opened(
        date,
        store.date(now),
        now,
        store.known.heard,
        store.operator.id,
        date.year - 1 if heads else before.closed if before is not None else 0,
    )
    with store.write() as conn:
        settings.write(conn, "opened", said)
        settings.forget(conn, "borne")
    store.known = msgspec.structs.replace(store.known, opened=said, borne=None)
    return store.day()


def bear(store: Store, conn: Connection) -> dt.date:
    """Give the date that a letter bears which is issued now; Refused(day_unconfirmed).

    It is noted when a date was given out that is not the clock's: one that goes back behind it is
    asked about again. Of a date that is the clock's own it is noted how far the clock has come.
    """
    today, known = store.day(), store.known
    if today.doubt:
        raise Refused(unconfirmed(today))
    if today.date == today.clock:
        borne = Borne(today.date, known.heard)
        if known.borne is None or known.borne.heard != known.heard or known.borne.date < borne.date:
            settings.write(conn, "borne", borne)
            store.known = msgspec.structs.replace(known, borne=borne)
    elif known.opened is not None:
        opened = msgspec.structs.replace(known.opened, time=store.now())
        settings.write(conn, "opened", opened)
        store.known = msgspec.structs.replace(known, opened=opened)
    return today.date


def unconfirmed(today: Day) -> Problem:
    """Say that a day is in doubt, with the clock's day and the last one that is known."""
    known = today.known or today.clock
    facts = {"clock": today.clock.isoformat(), "known": known.isoformat(), "why": today.doubt}
    return Problem(UNCONFIRMED, facts=facts)
