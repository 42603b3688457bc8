"""What lies on a laptop that is lost, as far as the city knows: whose data, since when, how safe.

Somebody's data may be there if a row of its office's streams told it before the laptop last spoke.
That is an upper bound: it may have read less, or have let it go since; it never has more of others'
data than that. What only it wrote and nobody received is counted by its own last word. The law asks
for such an answer within three times 24 hours (UU 27/2022, article 46).
"""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from forms.engine.region import Office
from sync.protocol import wire
from sync.server import audit, bulk, device_details, offices, operators, tables
from sync.server.city import OPERATOR, City
from sync.server.device_details import Device, Lease
from sync.server.devices import SEEN_EVERY_MS
from sync.server.operators import Person as Operator

NAME, NIK, ADDRESS, PHONE = "nama", "nik", ("alamat", "rt", "rw"), "telepon"
OPERATORS_MAX = 5_000  # of one office, read whole
HIDDEN_FROM, HIDDEN_TO = 6, -4  # of a NIK: the birth date and sex are not told once more


class Person(msgspec.Struct, frozen=True):
    """Somebody whose data may be there; `records` counts those about them, their own one too.

    `since` is when the first of them came, in ms; `left` is when the last of them was told to
    leave, 0 while one is there. An erased person has no name.
    """

    id: bytes
    name: str
    nik: str
    address: str
    phone: str
    records: int
    since: int
    left: int


class Lost(msgspec.Struct, frozen=True):
    """All that is known of one laptop; `until` is when it last can have been told anything."""

    device: Device
    office: Office
    made: int
    until: int
    persons: list[Person]
    services: dict[str, int]  # how many records of each service
    leases: list[Lease]
    operators: list[Operator]  # of the office, who may have a key slot there


class _Told(msgspec.Struct):
    """When a record's first row came, and when it was last told to leave."""

    since: int
    left: int = 0


def report(city: City, device: bytes, who: str) -> Lost:
    """Say what is on a laptop; Refused(device_unknown). That somebody asked is noted."""
    found = device_details.find(city, device)
    until = max(found.seen, found.sent, found.enrolled) + SEEN_EVERY_MS
    until = min(until, found.revoked) if found.revoked else until
    with city.database.read() as connection:
        office = offices.by_id(connection, city.code, found.office)
        told = _told(connection, city.code, found, until)
        services, persons = _persons(connection, city, told)
    people = operators.listing(city, office=found.office, limit=OPERATORS_MAX)
    with city.database.write() as connection:
        facts = {"device": device.hex(), "records": str(len(persons))}
        audit.note(connection, city, who, "device_lost_report", found.office, **facts)
    return Lost(
        found,
        office,
        city.now(),
        until,
        sorted(persons, key=lambda one: (one.name, one.id)),
        dict(sorted(services.items())),
        device_details.leases(city, device, revoked=True),
        [one for one in people if one.state == operators.WORKING],
    )


def masked(nik: str) -> str:
    """Show of a NIK what tells people apart, without their birth date."""
    if len(nik) <= HIDDEN_FROM - HIDDEN_TO:
        return nik
    hidden = len(nik) - HIDDEN_FROM + HIDDEN_TO
    return nik[:HIDDEN_FROM] + "•" * hidden + nik[HIDDEN_TO:]


def _told(connection: Connection, region: str, device: Device, until: int) -> dict[bytes, _Told]:
    """Find the records that rows of the office's streams told until then."""
    row, change = tables.stream_row, tables.change
    on = (change.c.region == row.c.region) & (change.c.id == row.c.change)
    record = func.coalesce(row.c.left, change.c.record)
    query = (
        select(
            record,
            row.c.left.is_not(None),
            func.min(change.c.received),
            func.max(row.c.number),
            func.max(change.c.received),
        )
        .select_from(row.join(change, on))
        .where(row.c.region == region, row.c.office == device.office, change.c.received <= until)
        .group_by(record, row.c.left.is_not(None))
    )
    came, went = dict[bytes, tuple[int, int]](), dict[bytes, tuple[int, int]]()
    for name, leaves, first, number, last in connection.execute(query):
        if leaves:
            went[name] = number, last
        else:
            came[name] = first, number
    floor = 0 if device.parent else device.enrolled
    found = dict[bytes, _Told]()
    for name, (first, number) in came.items():
        gone, at = went.get(name, (0, 0))
        found[name] = _Told(max(first, floor), at if gone > number else 0)
    for name in went.keys() - came.keys():
        found[name] = _Told(floor, went[name][1])
    return found


def _persons(
    connection: Connection, city: City, told: dict[bytes, _Told]
) -> tuple[dict[str, int], list[Person]]:
    """Gather the records by the person whom each is about."""
    services = dict[str, int]()
    about = dict[bytes, list[_Told]]()
    answers = dict[bytes, dict[str, Any]]()
    columns = ("id", "service", "subject", "answers")
    for row in _records(connection, city.code, columns, told):
        if row.service == OPERATOR:
            continue
        services[row.service] = services.get(row.service, 0) + 1
        form = city.catalogue.forms.get(row.service)
        if row.subject:
            about.setdefault(row.subject, []).append(told[row.id])
        elif form is None or NAME in form.fields or NIK in form.fields:
            about.setdefault(row.id, []).append(told[row.id])
            answers[row.id] = wire.decode(row.answers, dict[str, Any])
    elsewhere = about.keys() - answers.keys()
    for row in _records(connection, city.code, ("id", "answers"), elsewhere):
        answers[row.id] = wire.decode(row.answers, dict[str, Any])
    return services, [_person(name, rows, answers.get(name, {})) for name, rows in about.items()]


def _records(
    connection: Connection, region: str, columns: tuple[str, ...], names: Collection[bytes]
) -> Any:
    return bulk.among(connection, tables.record, columns, {"region": region}, "id", names)


def _person(name: bytes, rows: list[_Told], answers: dict[str, Any]) -> Person:
    gone = all(row.left for row in rows)
    return Person(
        name,
        str(answers.get(NAME) or ""),
        masked(str(answers.get(NIK) or "")),
        " ".join(str(answers[key]) for key in ADDRESS if answers.get(key)),
        str(answers.get(PHONE) or ""),
        len(rows),
        min(row.since for row in rows),
        max(row.left for row in rows) if gone else 0,
    )
