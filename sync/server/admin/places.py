"""Offices by their ids, for lists that name them and filters that choose one."""

import msgspec
from sqlalchemy import select

from forms.engine.problem import Problem, Refused
from sync.server import tables
from sync.server.city import City
from sync.server.web.visit import Visit

OFFICES_MAX = 5_000  # of one region, read whole for a choice; the largest city has some hundreds


class Place(msgspec.Struct, frozen=True):
    """What a list says of an office."""

    id: bytes
    code: str
    name: str
    kind: str


NOWHERE = Place(b"", "", "", "")


class Places:
    """The offices of a region, by code."""

    def __init__(self, city: City) -> None:
        table = tables.office
        columns = (table.c.id, table.c.code, table.c.name, table.c.kind)
        query = select(*columns).where(table.c.region == city.code).order_by(table.c.code)
        with city.database.read() as connection:
            rows = connection.execute(query.limit(OFFICES_MAX)).all()
        self.every = [Place(*row) for row in rows]
        self._found = {place.id: place for place in self.every}

    def of(self, office: bytes) -> Place:
        """Name an office; nothing for one that isn't there."""
        return self._found.get(office, NOWHERE)


def chosen(visit: Visit, name: str = "office") -> bytes:
    """Read the office that a filter names; empty for all."""
    return identity(visit.query.get(name), "page_unknown") if visit.query.get(name) else b""


def identity(text: str, code: str) -> bytes:
    """Read an id from an address or a form; Refused with a code that says it isn't one."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Refused(Problem(code)) from error
