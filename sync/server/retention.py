"""Closed records whose time of keeping has run out, by the rules of their forms; and ending them.

A rule counts from a record's last change. What it says then:

    keep     never due
    review   listed; a person decides, the program erases nothing
    erase    listed, and erased like a person's record when an administrator says so

Only the server does this: desks erase what comes to them as an erasure (one source of truth). More
than the guard lets go in a day needs the number that the list showed.
"""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, func, select

from forms.engine import retention
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from sync.protocol import guard
from sync.server import audit, erasure, reading, soiled, tables
from sync.server.city import City
from sync.server.erasure import Asked
from sync.server.statements import chunks

ERASE = "erase"
AT_ONCE = 200  # records of one run, the oldest first: each erasure is a transaction of its own


class Due(msgspec.Struct, frozen=True):
    """A record whose time has run out since `until`, an ISO date.

    `then` is "review" or "erase", `source` whose rule it is.
    """

    record: bytes
    service: str
    office: str
    state: str
    until: str
    then: str
    source: str


class Carried(msgspec.Struct, frozen=True):
    """How many records were erased, and how many more are due for it."""

    erased: int
    left: int


def listing(city: City) -> list[Due]:
    """List what is due, by service, the longest unchanged first."""
    with city.database.read() as connection:
        return [
            due
            for _, form in sorted(city.catalogue.forms.items())
            if form.retention.years
            for due in _due(connection, city, form)
        ]


def carry_out(city: City, who: str, reason: str, seen: int | None = None) -> Carried:
    """Erase what is due to be erased, at most AT_ONCE; `seen` is the number that the list showed.

    Refused(retention_many) where so many need that number.
    """
    due = [one for one in listing(city) if one.then == ERASE]
    with city.database.read() as connection:
        scope = sum(_held(connection, city, service) for service in {one.service for one in due})
    if guard.trips(len(due), scope) and seen != len(due):
        facts = {"count": len(due), "max": guard.allowed(scope)}
        raise Refused(Problem("retention_many", facts=facts))
    for one in due[:AT_ONCE]:
        erasure.enter(city, Asked(one.record, reason, one.source, by_rule=True), who)
    soiled.clean(city)
    erased = min(len(due), AT_ONCE)
    if erased:
        with city.database.write() as connection:
            audit.note(connection, city, who, "retention_carried_out", records=str(erased))
    return Carried(erased, len(due) - erased)


def _due(connection: Connection, city: City, form: Form) -> Iterator[Due]:
    table, place, rule = tables.record, tables.office, form.retention
    today = city.day(city.now())
    rows = connection.execute(
        select(table.c.id, table.c.state, table.c.changed, place.c.code)
        .join(place, (place.c.region == table.c.region) & (place.c.id == table.c.office))
        .where(
            table.c.region == city.code,
            table.c.service == form.code,
            table.c.state.in_(sorted(form.machine.closed)),
            table.c.changed < city.now() - rule.years * 365 * guard.DAY_MS,
        )
        .order_by(table.c.changed, table.c.id)
    ).all()
    gone = set[bytes]()
    for some in chunks([row.id for row in rows]):
        gone |= set(reading.erased(connection, city.code, some))
    for row in rows:
        until = retention.until(rule, city.day(row.changed))
        if row.id not in gone and until is not None and until <= today:
            yield Due(
                row.id, form.code, row.code, row.state, until.isoformat(), rule.then, rule.source
            )


def _held(connection: Connection, city: City, service: str) -> int:
    table = tables.record
    held = (
        select(table.c.id)
        .where(table.c.region == city.code, table.c.service == service)
        .limit(guard.SCOPE_MAX)
    )
    return int(connection.scalar(select(func.count()).select_from(held.subquery())) or 0)
