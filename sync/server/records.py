"""What the city holds: records in the order they came, numbers with what became of each."""

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from forms.mail import series as post
from sync.protocol import wire
from sync.protocol.change import STATE, Change, Number
from sync.server import audit, offices, tables, unused
from sync.server.city import City
from sync.server.statements import chunks

VOID = "void"

# issued, void: on a paper that is here · double: on more than one
# reserved: kept for a letter that is written by hand
NumberState = Literal["issued", "void", "reserved", "double"]
_USES: dict[str, NumberState] = {"void": "void", "reserved": "reserved"}  # by a record's state


class Listed(msgspec.Struct, frozen=True):
    """One record; `office` is the office's code, `number` as it is printed."""

    id: bytes
    service: str
    office: str
    subject: bytes
    state: str
    answers: dict[str, Any]
    number: str


class Explained(msgspec.Struct, frozen=True):
    """What became of one number."""

    number: int
    state: NumberState | unused.State
    record: bytes = b""
    reason: str = ""
    text: str = ""


def note_listed(city: City, who: str, service: str, count: int) -> None:
    """Note that somebody read so many records of a service."""
    with city.database.write() as connection:
        audit.note(connection, city, who, "records_listed", service=service, records=str(count))


def listing(
    city: City, service: str, *, office: str = "", after: bytes = b"", limit: int = 0
) -> list[Listed]:
    """List records of a service, oldest first; all of them without a limit.

    Refused(service_unknown | office_unknown | record_unknown).
    """
    city.catalogue.form(service)
    table, place = tables.record, tables.office
    with city.database.read() as connection:
        query = (
            select(table, place.c.code.label("office_code"))
            .join(place, (place.c.region == table.c.region) & (place.c.id == table.c.office))
            .where(table.c.region == city.code, table.c.service == service)
            .order_by(table.c.added, table.c.id)
        )
        if office:
            query = query.where(table.c.office == offices.by_code(connection, city.code, office))
        if after:
            added = _added(connection, city, after)
            query = query.where(
                (table.c.added > added) | ((table.c.added == added) & (table.c.id > after))
            )
        if limit:
            query = query.limit(limit)
        return [_listed(row) for row in connection.execute(query)]


def explain(city: City, office_code: str, series: str, year: int) -> list[Explained]:
    """Explain every number of a series from 1 to the highest that was granted or used."""
    with city.database.read() as connection:
        office = offices.by_code(connection, city.code, office_code)
        place = (city.code, office, series, year)
        used = _used(connection, place)
        reasons = _reasons(connection, city, [row for row in used.values() if row.state == VOID])
        doubled = _doubled(connection, city, used.values())
        left = unused.ranges(connection, place)
    highest = max([*used, *(one.high for one in left)], default=0)
    leased = {number: one for one in left for number in range(one.low, one.high + 1)}
    found, nowhere = [], unused.skipped()
    for number in range(1, highest + 1):
        row = used.get(number)
        if row is None:
            one = leased.get(number, nowhere)
            found.append(Explained(number, one.state, reason=one.reason))
            continue
        state = _USES.get(row.state, "issued")
        if row.change in doubled:
            state = "double"
        found.append(Explained(number, state, row.record, reasons.get(row.record, ""), row.text))
    return found


def inserted(city: City, office_code: str, series: str, year: int) -> dict[int, list[Explained]]:
    """Explain the numbers inserted in a series, by the number behind which they stand."""
    table, found = tables.number, dict[int, list[Explained]]()
    with city.database.read() as connection:
        office = offices.by_code(connection, city.code, office_code)
        names = connection.scalars(
            select(table.c.series)
            .distinct()
            .where(
                table.c.region == city.code,
                table.c.office == office,
                table.c.year == year,
                table.c.series.startswith(post.within(series), autoescape=True),
            )
        )
        for name in names.all():
            behind = post.parent(name)
            if behind is None:
                continue
            used = _used(connection, (city.code, office, name, year))
            void = _reasons(connection, city, [row for row in used.values() if row.state == VOID])
            doubled = _doubled(connection, city, used.values())
            found[behind[1]] = [_inserted(row, void, doubled) for _, row in sorted(used.items())]
    return found


def _inserted(row: Any, void: dict[bytes, str], doubled: set[bytes]) -> Explained:
    state = "double" if row.change in doubled else _USES.get(row.state, "issued")
    return Explained(row.position, state, row.record, void.get(row.record, ""), row.text)


def _listed(row: Any) -> Listed:
    number = None if row.number is None else wire.decode(row.number, Number)
    return Listed(
        row.id,
        row.service,
        row.office_code,
        row.subject,
        row.state,
        wire.decode(row.answers, dict[str, Any]),
        number.text if number is not None else "",
    )


def _added(connection: Connection, city: City, record: bytes) -> int:
    table = tables.record
    found = connection.scalar(
        select(table.c.added).where(table.c.region == city.code, table.c.id == record)
    )
    if found is None:
        raise Refused(Problem("record_unknown"))
    return int(found)


def _used(connection: Connection, place: tuple[str, bytes, str, int]) -> dict[int, Any]:
    table, record = tables.number, tables.record
    rows = connection.execute(
        select(table.c.position, table.c.text, table.c.change, table.c.record, record.c.state)
        .outerjoin(record, (record.c.region == table.c.region) & (record.c.id == table.c.record))
        .where(*_at(table, place))
    )
    return {row.position: row for row in rows}


def _doubled(connection: Connection, city: City, rows: Iterable[Any]) -> set[bytes]:
    """Find which of these papers' numbers stand on another paper as well."""
    table, found = tables.conflict, set()
    for some in chunks([row.change for row in rows]):
        found |= set(
            connection.scalars(
                select(table.c.present).where(
                    table.c.region == city.code,
                    table.c.kind == "number_taken",
                    table.c.closed == 0,
                    table.c.present.in_(some),
                )
            )
        )
    return found


def _reasons(connection: Connection, city: City, rows: list[Any]) -> dict[bytes, str]:
    """Find why letters are void: the reason of the act that moved them."""
    record, change, found = tables.record, tables.change, {}
    for some in chunks([row.record for row in rows]):
        heads = connection.execute(
            select(record.c.id, record.c.heads).where(
                record.c.region == city.code, record.c.id.in_(some)
            )
        )
        acts = {wire.decode(row.heads, dict[str, bytes])[STATE]: row.id for row in heads}
        contents = connection.execute(
            select(change.c.id, change.c.content).where(
                change.c.region == city.code, change.c.id.in_(sorted(acts))
            )
        )
        for row in contents:
            found[acts[row.id]] = wire.decode(row.content, Change).body.reason
    return found


def _at(table: Any, place: tuple[str, bytes, str, int]) -> tuple[Any, ...]:
    region, office, series, year = place
    return (
        table.c.region == region,
        table.c.office == office,
        table.c.series == series,
        table.c.year == year,
    )
