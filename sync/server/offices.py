"""The offices of the region."""

import os
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, insert, select, update

from forms.engine.problem import Problem, Refused
from forms.engine.region import Office
from sync.protocol.change import ID_BYTES
from sync.server import audience, audit, bulk, moves, tables
from sync.server.city import City
from sync.server.holding import areas

KINDS = (
    "kelurahan", "kecamatan", "puskesmas", "hospital", "school", "dinas", "police", "field",
)  # fmt: skip
SHAPE = (
    "id",
    "code",
    "kind",
    "name",
    "area",
    "catchment",
    "address",
    "phone",
    "email",
    "postcode",
)
CODE_MAX = 40
NAME_MAX = 120


def add(city: City, office: Office, by: str) -> bytes:
    """Add an office, giving it its id; Refused with all problems.

    The problems: office_kind, office_code, office_name, office_code_taken, region_unknown.
    """
    problems = list(_wrong(city, office))
    if problems:
        raise Refused(*problems)
    name = os.urandom(ID_BYTES)
    table = tables.office
    with city.database.write() as connection:
        taken = connection.scalar(
            select(table.c.id).where(table.c.region == city.code, table.c.code == office.code)
        )
        if taken is not None:
            raise Refused(Problem("office_code_taken", "code", {"office": office.code}))
        connection.execute(
            insert(table).values(
                region=city.code,
                id=name,
                code=office.code,
                kind=office.kind,
                name=office.name.strip(),
                area=office.area,
                catchment=",".join(office.catchment),
                address=office.address,
                phone=office.phone,
                email=office.email,
                postcode=office.postcode,
                made=city.now(),
            )
        )
        audit.note(connection, city, by, "office_added", name, code=office.code)
        added = msgspec.structs.replace(office, id=name)
        audience.invite(connection, city, added)
        moves.admit(connection, city, added)
    return name


def cover(city: City, code: str, catchment: Sequence[str], by: str) -> tuple[int, int]:
    """Give an office another catchment; return how many records came to it and went.

    Refused(office_unknown | region_unknown).
    """
    wrong = [
        Problem("region_unknown", "catchment", {"region": area[:CODE_MAX]})
        for area in catchment
        if not city.region.areas.knows(area)
    ]
    if wrong:
        raise Refused(*wrong)
    table, told = tables.office, ",".join(dict.fromkeys(catchment))
    with city.database.write() as connection:
        office = by_id(connection, city.code, by_code(connection, city.code, code))
        connection.execute(
            update(table)
            .where(table.c.region == city.code, table.c.id == office.id)
            .values(catchment=told)
        )
        count = moves.cover(connection, city, office, areas(told))
        audit.note(connection, city, by, "catchment_changed", office.id, catchment=told)
    return count


def _wrong(city: City, office: Office) -> Iterable[Problem]:
    if office.kind not in KINDS:
        yield Problem("office_kind", "kind", {"kind": office.kind[:CODE_MAX]})
    if not office.code.strip() or len(office.code) > CODE_MAX:
        yield Problem("office_code", "code", {"max": CODE_MAX})
    if not office.name.strip() or len(office.name) > NAME_MAX:
        yield Problem("office_name", "name", {"max": NAME_MAX})
    for area in (office.area, *office.catchment):
        if not city.region.areas.knows(area):
            yield Problem("region_unknown", "area", {"region": area[:CODE_MAX]})


def by_code(connection: Connection, region: str, code: str) -> bytes:
    """Find an office's id by its code; Refused(office_unknown)."""
    table = tables.office
    found = connection.scalar(
        select(table.c.id).where(table.c.region == region, table.c.code == code)
    )
    if found is None:
        raise Refused(Problem("office_unknown", facts={"office": code[:CODE_MAX]}))
    return bytes(found)


def by_id(connection: Connection, region: str, office: bytes) -> Office:
    """Read an office by its id; Refused(office_unknown)."""
    place = {"region": region, "id": office}
    row = bulk.found(connection, tables.office, SHAPE, place).first()
    if row is None:
        raise Refused(Problem("office_unknown"))
    return Office(
        row.id,
        row.code,
        row.kind,
        row.name,
        row.area,
        areas(row.catchment),
        row.address,
        row.phone,
        row.email,
        row.postcode,
    )
