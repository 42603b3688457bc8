"""From a cell of the live room to the records behind it; each look is noted with who looked.

A list has what somebody needs to ask the office about it, and no more: which service, since when,
until when, in which state, and the name by which the counter finds it.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from forms.engine.words import worded
from sync.protocol import wire
from sync.protocol.change import Number
from sync.server import audit, tables
from sync.server.city import City
from sync.server.live_tables import NEVER, live_share

LINES_MAX = 200  # of one look; who needs more asks the office for its register
NAME = "nama"


class Line(msgspec.Struct, frozen=True):
    """One record; times are ms, `due` an ISO date, "" without one."""

    title: str
    name: str
    number: str
    state: str
    office: str
    added: int
    due: str
    hour: int
    late: bool


class Listed(msgspec.Struct, frozen=True):
    """The open records of an area, the oldest deadline first, and how many there are in all."""

    lines: list[Line]
    count: int


def waiting(city: City, area: str, who: str) -> Listed:
    """List what is open in an area; Refused(region_unknown). The look is noted."""
    if not city.region.areas.knows(area):
        raise Refused(Problem("region_unknown", facts={"region": area[:20]}))
    measures = [
        tile.name
        for form in city.catalogue.forms.values()
        for tile in form.tiles
        if tile.spec.kind == "open"
    ]
    with city.database.read() as connection:
        rows = _rows(connection, city, area, sorted(set(measures)))
        lines = [_line(city, row) for row in rows[:LINES_MAX]]
    with city.database.write() as connection:
        count = str(len(lines))
        audit.note(connection, city, who, "live_list_seen", area=area, records=count)
    return Listed(lines, len(rows))


def _rows(connection: Connection, city: City, area: str, measures: list[str]) -> list[Any]:
    share, record, office = live_share.c, tables.record, tables.office
    query = (
        select(
            share.day,
            share.hour,
            record.c.service,
            record.c.state,
            record.c.answers,
            record.c.number,
            record.c.added,
            office.c.name.label("office_name"),
        )
        .join(record, (record.c.region == share.region) & (record.c.id == share.record))
        .join(office, (office.c.region == share.region) & (office.c.id == share.office))
        .where(share.region == city.code, share.measure.in_(measures), office.c.area == area)
        .order_by(share.day, share.hour, record.c.added)
    )
    return list(connection.execute(query))


def _line(city: City, row: Any) -> Line:
    answers = wire.decode(row.answers, dict[str, Any])
    number = None if row.number is None else wire.decode(row.number, Number)
    form = city.catalogue.forms.get(row.service)
    today = city.day(city.now()).isoformat()
    return Line(
        title=worded(form.title) if form is not None else row.service,
        name=str(answers.get(NAME, "")),
        number=number.text if number is not None else "",
        state=row.state,
        office=row.office_name,
        added=row.added // 1_000,
        due="" if row.day == NEVER else row.day,
        hour=row.hour,
        late=row.day < today,
    )
