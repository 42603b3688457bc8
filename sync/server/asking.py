"""What the city asks of an office: a record that only the city begins, and its own steps on it.

It travels like everything else: a change of the server's own in the office's stream, and the
office's answer as a change of its desk.
"""

from typing import Any

from sqlalchemy import Connection

from forms.engine.check import Scene, check
from forms.engine.problem import Problem, Refused
from forms.engine.spec import CITY
from sync.protocol.change import NEW, STATE, Body
from sync.protocol.view import Present
from sync.server import acts, offices, reading, speaking
from sync.server.city import City


def begin(
    connection: Connection, city: City, service: str, office_code: str, raw: dict[str, Any]
) -> tuple[bytes, bytes]:
    """Begin a record at an office; return its id and the office's.

    Refused(office_unknown | not_in_scope), or what is wrong with the answers.
    """
    form = city.catalogue.form(service)
    office = offices.by_id(
        connection, city.code, offices.by_code(connection, city.code, office_code)
    )
    if office.kind not in form.office_kinds:
        raise Refused(Problem("not_in_scope", facts={"service": service}))
    scene = Scene(city.day(city.now()), office.area, city.region.areas)
    body = Body(dict(check(form, raw, scene)))
    change = acts.made(connection, city, form, NEW, body, state=form.machine.start)
    speaking.say(connection, city, office.id, change)
    return change.id, office.id


def step(
    connection: Connection, city: City, service: str, record: bytes, act: tuple[str, str]
) -> bytes:
    """Do an action of the city's with a reason; return the record's office.

    Refused(record_unknown | action_unknown | action_not_now | role_missing | reason_missing).
    """
    name, reason = act[0], act[1].strip()
    form = city.catalogue.form(service)
    present = found(connection, city, service, record)
    row = form.machine.action(present.state, name)
    if CITY not in row.roles:
        raise Refused(Problem("role_missing", facts={"action": name}))
    if not reason and row.reason:
        raise Refused(Problem("reason_missing", "reason", {"action": name}))
    change = acts.made(
        connection,
        city,
        form,
        name,
        Body(reason=reason),
        record=record,
        base={STATE: present.head(STATE)},
        state=row.target,
    )
    speaking.say(connection, city, present.office, change)
    return present.office


def found(connection: Connection, city: City, service: str, record: bytes) -> Present:
    """Read a record of the service; Refused(record_unknown)."""
    present = reading.records(connection, city.code, [record]).get(record)
    if present is None or present.service != service:
        raise Refused(Problem("record_unknown"))
    return present
