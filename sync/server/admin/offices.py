"""Offices and what they serve: the list, a new one, and each with its letterhead and catchment."""

from typing import Any

from sqlalchemy import func, select

from forms.engine.region import Office
from sync.server import accounts, tables
from sync.server import offices as rooms
from sync.server.admin.places import identity
from sync.server.city import City
from sync.server.web import paging
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Visit

LIST = HOME + "/offices"
NEW = LIST + "/new"
ONE = LIST + "/{office}"
EDIT = ONE + "/edit"
PARTS = ("code", "kind", "name", "area", "address", "phone", "email", "postcode")
AREAS_MAX = 1_000  # that are offered for ticking; a province writes codes by command


def show_all(visit: Visit) -> Reply:
    """List offices by code."""
    kind, text = visit.query.get("kind"), visit.query.get("q")
    table = tables.office
    query = select(table).where(table.c.region == visit.city.code).order_by(table.c.code)
    if kind:
        query = query.where(table.c.kind == kind)
    if text:
        name, code = table.c.name, table.c.code
        like = name.icontains(text, autoescape=True) | code.icontains(text, autoescape=True)
        query = query.where(like)
    if (after := paging.after(visit, str)) is not None:
        query = query.where(table.c.code > after)
    with visit.city.database.read() as connection:
        found = connection.execute(query.limit(paging.ROWS + 1)).all()
    rows = paging.part(visit, found, lambda row: row.code)
    facts = {
        "rows": rows,
        "kinds": rooms.KINDS,
        "kind": kind,
        "text": text,
        "devices": _devices(visit.city, [row.id for row in rows.items]),
        "area": lambda code: _area(visit.city, code),
    }
    return Shown("admin/offices.html", facts)


def ask(visit: Visit) -> Reply:
    """Ask for a new office."""
    given = {name: visit.form.get(name) for name in PARTS}
    facts = {
        "problems": visit.problems,
        "given": given,
        "ticked": visit.form.every("catchment"),
        "kinds": rooms.KINDS,
        "areas": _areas(visit.city),
    }
    return Shown("admin/office_new.html", facts)


def add(visit: Visit) -> Reply:
    """Add an office."""
    parts: dict[str, Any] = {name: visit.form.get(name) for name in PARTS}
    catchment = tuple(visit.form.every("catchment"))
    made = rooms.add(visit.city, Office(b"", catchment=catchment, **parts), visit.who)
    return Sent(f"{LIST}/{made.hex()}")


def show(visit: Visit) -> Reply:
    """Show one office."""
    office = _office(visit)
    facts = {
        "problems": visit.problems,
        "office": office,
        "areas": _areas(visit.city),
        "ticked": visit.form.every("catchment") if visit.problems else office.catchment,
        "area": lambda code: _area(visit.city, code),
        "devices": _devices(visit.city, [office.id]).get(office.id, 0),
        "came": visit.query.get("came"),
        "went": visit.query.get("went"),
        "edited": visit.query.get("edited"),
    }
    return Shown("admin/office.html", facts)


def cover(visit: Visit) -> Reply:
    """Give an office another catchment; records come to it and leave it by that."""
    office = _office(visit)
    came, went = rooms.cover(visit.city, office.code, visit.form.every("catchment"), visit.who)
    return Sent(f"{LIST}/{office.id.hex()}?came={came}&went={went}")


def ask_again(visit: Visit) -> Reply:
    """Ask what an office is called now and how it is reached."""
    office = _office(visit)
    given = {
        name: visit.form.get(name) if visit.problems else getattr(office, name)
        for name in rooms.PARTS
    }
    facts = {"problems": visit.problems, "office": office, "given": given}
    return Shown("admin/office_edit.html", facts)


def edit(visit: Visit) -> Reply:
    """Change what an office is called and how it is reached."""
    office = _office(visit)
    parts = {name: visit.form.get(name) for name in rooms.PARTS}
    rooms.edit(visit.city, office.code, visit.who, **parts)
    return Sent(f"{LIST}/{office.id.hex()}?edited=1")


def _office(visit: Visit) -> Office:
    name = identity(visit.given["office"], "page_unknown")
    with visit.city.database.read() as connection:
        return rooms.by_id(connection, visit.city.code, name)


def _devices(city: City, names: list[bytes]) -> dict[bytes, int]:
    """Count the devices of some offices that may speak."""
    table = tables.device
    query = (
        select(table.c.office, func.count())
        .where(table.c.region == city.code, table.c.revoked == 0, table.c.office.in_(names))
        .group_by(table.c.office)
    )
    with city.database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _areas(city: City) -> list[tuple[str, list[tuple[str, str]]]]:
    """Lay the region's areas out as districts with their kelurahan; nothing where they are many."""
    if len(city.region.areas) > AREAS_MAX:
        return []
    areas = city.region.areas
    return [
        (
            district.name,
            [(one.code, one.name) for one in (district, *areas.children(district.code))],
        )
        for district in areas.children(city.code)
    ]


def _area(city: City, code: str) -> str:
    areas = city.region.areas
    return areas.area(code).name if areas.knows(code) else code


PAGES = (
    Page(LIST, accounts.LISTS, show_all, menu="offices"),
    Page(NEW, accounts.ACTS, ask, add),
    Page(ONE, accounts.LISTS, show, cover, acts=accounts.ACTS),
    Page(EDIT, accounts.ACTS, ask_again, edit),
)
