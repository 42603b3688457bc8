"""The offices of the region."""

import os
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from forms.engine.problem import Problem, Refused
from forms.engine.region import Office
from sync.protocol.change import ID_BYTES
from sync.protocol.enrol import OfficeShape
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
PARTS = ("name", "address", "phone", "email", "postcode")  # that may change
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


def edit(city: City, code: str, by: str, **parts: str) -> Office:
    """Change what an office is called and how it is reached; its letterheads say so from then on.

    `parts` are of PARTS; its code, kind and area stand in what was numbered and who holds what.
    Refused(office_unknown | office_name).
    """
    wrong = parts.keys() - set(PARTS)
    assert not wrong, wrong
    plain = {name: text.strip() for name, text in parts.items()}
    if "name" in plain and not 0 < len(plain["name"]) <= NAME_MAX:
        raise Refused(Problem("office_name", "name", {"max": NAME_MAX}))
    table = tables.office
    with city.database.write() as connection:
        office = by_id(connection, city.code, by_code(connection, city.code, code))
        changed = msgspec.structs.replace(office, **plain)
        if changed == office:
            return office
        connection.execute(
            update(table)
            .where(table.c.region == city.code, table.c.id == office.id)
            .values(**plain)
        )
        city.raise_policy(connection)
        news = {name: text for name, text in plain.items() if getattr(office, name) != text}
        audit.note(connection, city, by, "office_changed", office.id, **news)
    return changed


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
        city.raise_policy(connection)
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


def shape(office: Office) -> OfficeShape:
    """Give an office as its desks keep it."""
    return msgspec.convert(office, OfficeShape, from_attributes=True)


def listing(city: City) -> list[tuple[Office, int]]:
    """List the offices by code, each with how many devices may speak for it."""
    table, device = tables.office, tables.device
    counting = (
        select(device.c.office, func.count())
        .where(device.c.region == city.code, device.c.revoked == 0)
        .group_by(device.c.office)
    )
    query = select(table.c.id).where(table.c.region == city.code).order_by(table.c.code)
    with city.database.read() as connection:
        count = {bytes(row[0]): int(row[1]) for row in connection.execute(counting)}
        names = connection.scalars(query).all()
        return [(by_id(connection, city.code, name), count.get(bytes(name), 0)) for name in names]


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
