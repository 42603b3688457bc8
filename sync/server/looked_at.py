"""Finds whom somebody asks about, and names those whom a list of looks speaks of."""

from collections.abc import Sequence

from sqlalchemy import select

from forms.engine.problem import Problem, Refused
from forms.engine.words import has, label, worded
from sync.server import operators, reading, tables
from sync.server.city import City
from sync.server.looks import Seen
from sync.server.wall.lists import NAME

ID_DIGITS = 32  # of a record's id in hex; a NIK has sixteen


def person(city: City, text: str) -> bytes:
    """Find a person by a record's id, or by what is unique of them such as a NIK.

    Of a record that concerns somebody it is them. Refused(record_unknown).
    """
    table, identity = tables.record, tables.identity
    with city.database.read() as connection:
        if len(text) == ID_DIGITS:
            try:
                name = bytes.fromhex(text)
            except ValueError as error:
                raise Refused(Problem("record_unknown")) from error
            query = select(table.c.subject).where(table.c.region == city.code, table.c.id == name)
            return connection.scalar(query) or name  # one that the city hasn't was looked at too
        query = select(identity.c.record).where(
            identity.c.region == city.code,
            identity.c.service.in_(sorted(city.catalogue.forms)),
            identity.c.key.in_(_unique(city)),
            identity.c.value == text,
        )
        found = connection.scalar(query.order_by(identity.c.record).limit(1))
    if found is None:
        raise Refused(Problem("record_unknown"))
    return bytes(found)


def names(city: City, found: Sequence[Seen]) -> dict[bytes, str]:
    """Name operators and persons by their ids; who is erased or unknown is left out."""
    ids = {one.operator for one in found} | {one.subject for one in found if one.subject}
    with city.database.read() as connection:
        present = reading.records(connection, city.code, ids)
    keys = (operators.NAME, NAME)
    told = {
        name: next((str(one.answers[key]) for key in keys if one.answers.get(key)), "")
        for name, one in present.items()
    }
    return {name: said for name, said in told.items() if said}


def title(city: City, what: str) -> str:
    """Name a service by its title, a report or list by its word."""
    form = city.catalogue.forms.get(what)
    if form is not None:
        return worded(form.title)
    return label("look_list" if has(f"look_list.{what}") else "report", what)


def _unique(city: City) -> list[str]:
    return sorted({key for form in city.catalogue.forms.values() for key in form.unique})
