"""The people of the offices, as an administrator changes them: by changes of the server's own.

They are records of office/operator like those that a desk makes; each reaches the desks of its
office, where roles count from then on and whoever left loses the key to what is saved there.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, literal, select, tuple_

from forms.engine.check import Scene, check
from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import EDIT, STATE, Body
from sync.protocol.view import Present
from sync.server import acts, audit, offices, reading, speaking, tables
from sync.server.city import OPERATOR, City

NAME, ROLES, FULL_NAME, POST = "nama", "peran", "nama_lengkap", "jabatan"
LEAVE = "leave"
WORKING = "active"


class Person(msgspec.Struct, frozen=True):
    """One operator; `place` is where the record stands in the order of all."""

    id: bytes
    name: str
    full_name: str
    post: str
    roles: tuple[str, ...]
    state: str
    office: bytes
    place: tuple[int, bytes]


def listing(
    city: City, *, office: bytes = b"", after: tuple[int, bytes] | None = None, limit: int
) -> list[Person]:
    """List operators in the order in which they came, of one office or of all."""
    table = tables.record
    order = (table.c.added, table.c.id)
    query = select(table).where(table.c.region == city.code, table.c.service == OPERATOR)
    if office:
        query = query.where(table.c.office == office)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*map(literal, after)))
    with city.database.read() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit))
        return [_person(row) for row in rows]


def find(city: City, operator: bytes) -> Person:
    """Find one operator; Refused(operator_unknown)."""
    table = tables.record
    query = select(table).where(
        table.c.region == city.code, table.c.id == operator, table.c.service == OPERATOR
    )
    with city.database.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise Refused(Problem("operator_unknown"))
    return _person(row)


def set_roles(city: City, operator: bytes, roles: Sequence[str], who: str) -> None:
    """Give an operator other roles; the same ones change nothing.

    Refused(operator_unknown | operator_left | a problem of the roles).
    """
    form = city.catalogue.form(OPERATOR)
    with city.database.write() as connection:
        present = _working(connection, city, operator)
        office = offices.by_id(connection, city.code, present.office)
        scene = Scene(city.day(city.now()), office.area, city.region.areas)
        answers = check(form, {ROLES: list(roles)}, scene, partial=True)
        if answers[ROLES] == present.answers.get(ROLES):
            return
        body = Body(answers={ROLES: answers[ROLES]})
        base = {ROLES: present.head(ROLES)}
        change = acts.made(connection, city, form, EDIT, body, record=present.id, base=base)
        speaking.say(connection, city, present.office, change)
        facts = {"operator": present.id.hex(), "roles": ",".join(sorted(set(roles)))}
        audit.note(connection, city, who, "operator_roles", present.office, **facts)


def remove(city: City, operator: bytes, reason: str, who: str) -> None:
    """Let an operator's record say that they left.

    Refused(operator_unknown | operator_left | reason_missing).
    """
    form = city.catalogue.form(OPERATOR)
    with city.database.write() as connection:
        present = _working(connection, city, operator)
        target = form.machine.step(present.state, LEAVE, {"kepala"}, reason)
        parts: dict[str, Any] = {"base": {STATE: present.head(STATE)}, "state": target}
        body = Body(reason=reason)
        change = acts.made(connection, city, form, LEAVE, body, record=present.id, **parts)
        speaking.say(connection, city, present.office, change)
        audit.note(
            connection, city, who, "operator_left", present.office, operator=present.id.hex()
        )


def _working(connection: Connection, city: City, operator: bytes) -> Present:
    found = reading.records(connection, city.code, {operator}).get(operator)
    if found is None or found.service != OPERATOR:
        raise Refused(Problem("operator_unknown"))
    if found.state != WORKING:
        raise Refused(Problem("operator_left"))
    return found


def _person(row: Any) -> Person:
    answers = wire.decode(row.answers, dict[str, Any])
    roles = answers.get(ROLES)
    return Person(
        row.id,
        str(answers.get(NAME, "")),
        str(answers.get(FULL_NAME) or ""),
        str(answers.get(POST) or ""),
        tuple(map(str, roles)) if isinstance(roles, list) else (),
        row.state,
        row.office,
        (row.added, row.id),
    )
