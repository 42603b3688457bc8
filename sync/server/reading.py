"""The reads of an intake, each a statement or a few for any number of keys."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, or_, select

from sync.protocol import wire
from sync.protocol.change import ID_BYTES, NOBODY, SETTLE, Change, Number
from sync.protocol.settle import chosen
from sync.protocol.view import Dispute, Known, Present
from sync.server import bulk, erasure_tables, tables
from sync.server.statements import Statement

# The columns of a record that `present_of` reads.
PRESENT = (
    "id", "service", "office", "subject", "state", "answers", "heads", "number", "guests",
    "replaces",
)  # fmt: skip
_ERASED = erasure_tables.erased
_ANY_ERASED = Statement(
    select(_ERASED.c.record).where(_ERASED.c.region == bindparam("region")).limit(1)
)


class Brief(msgspec.Struct):
    """The parts of a stored change that later judging asks for."""

    act: str
    base: dict[str, bytes]


def known(connection: Connection, region: str, ids: Collection[bytes]) -> dict[bytes, Known]:
    """Read changes that were judged before."""
    columns = ("id", "verdict", "code", "record", "stands", "content")
    found = {}
    for row in bulk.among(connection, tables.change, columns, {"region": region}, "id", ids):
        brief = wire.decode(row.content, Brief)
        stands = {} if row.stands is None else wire.decode(row.stands, dict[str, bytes])
        chose = chosen(wire.decode(row.content, Change)) if brief.act == SETTLE else b""
        found[row.id] = Known(
            row.verdict, row.code, row.record, brief.act, brief.base, stands, chose
        )
    return found


def records(connection: Connection, region: str, ids: Collection[bytes]) -> dict[bytes, Present]:
    """Read records as they are."""
    rows = bulk.among(connection, tables.record, PRESENT, {"region": region}, "id", ids)
    return {row.id: present_of(row) for row in rows}


def places(connection: Connection, region: str, records: Collection[bytes]) -> dict[bytes, int]:
    """Read the last place that was given in the history of each of these records."""
    columns, found = ("record", "place"), dict[bytes, int]()
    for row in bulk.among(
        connection, tables.change, columns, {"region": region}, "record", records
    ):
        found[row.record] = max(found.get(row.record, 0), row.place or 0)
    return found


def bearers(
    connection: Connection, region: str, place: tuple[str, str], values: Collection[str]
) -> dict[str, dict[bytes, bytes]]:
    """Read for each value of a service's key the records that bear it, with their offices."""
    fixed = {"region": region, "service": place[0], "key": place[1]}
    columns = ("value", "record", "office")
    found: dict[str, dict[bytes, bytes]] = {}
    for row in bulk.among(connection, tables.identity, columns, fixed, "value", values):
        found.setdefault(row.value, {})[row.record] = row.office
    return found


def numbers(
    connection: Connection, region: str, place: tuple[bytes, str, int], positions: Collection[int]
) -> dict[int, bytes]:
    """Read which changes have these numbers of an office's series and year."""
    fixed = {"region": region, "office": place[0], "series": place[1], "year": place[2]}
    columns = ("position", "change")
    rows = bulk.among(connection, tables.number, columns, fixed, "position", positions)
    return {row.position: row.change for row in rows}


def leases(
    connection: Connection, region: str, holder: tuple[bytes, bytes, bytes]
) -> list[tuple[str, int, int, int]]:
    """Read series, year, low and high of the leases of an office's device and incarnation."""
    table = tables.lease
    rows = connection.execute(
        select(table.c.series, table.c.year, table.c.low, table.c.high).where(
            table.c.region == region,
            table.c.office == holder[0],
            table.c.device == holder[1],
            table.c.incarnation == holder[2],
        )
    )
    return [(series, year, low, high) for series, year, low, high in rows]


def device_office(connection: Connection, region: str, device: bytes) -> bytes:
    """Read the office of a device; empty for one that is not known."""
    place = {"region": region, "id": device}
    return bytes(bulk.found(connection, tables.device, ("office",), place).scalar() or b"")


def erased(connection: Connection, region: str, records: Collection[bytes]) -> dict[bytes, bool]:
    """Read which of these records are erased, and whether with all that is about them."""
    table = erasure_tables.erased
    columns = ("record", "whole")
    rows = bulk.among(connection, table, columns, {"region": region}, "record", records)
    return {row.record: bool(row.whole) for row in rows}


def last_erasure(connection: Connection, region: str) -> int:
    """Number the newest entry of the list of erased persons, 0 without one."""
    table = erasure_tables.erasure
    newest = select(func.max(table.c.number)).where(table.c.region == region)
    return connection.scalar(newest) or 0


def is_anybody_erased(connection: Connection, region: str) -> bool:
    """Tell whether anybody was ever erased here."""
    return bool(_ANY_ERASED.run(connection, region=region))


def dispute(connection: Connection, region: str, tip: bytes, group: str) -> Dispute | None:
    """Read the dispute of a group whose latest proposal is this change, open or closed."""
    table = tables.conflict
    row = connection.execute(
        select(table).where(
            table.c.region == region,
            table.c.proposed == tip,
            table.c.group == group,
        )
    ).first()
    return None if row is None else dispute_of(row)


def doubts(connection: Connection, region: str, record: bytes) -> list[Dispute]:
    """Read the open disputes about a record, and about numbers that its papers bear."""
    table, change = tables.conflict, tables.change
    own = select(change.c.id).where(change.c.region == region, change.c.record == record)
    rows = connection.execute(
        select(table)
        .where(
            table.c.region == region,
            table.c.closed == 0,
            or_(
                table.c.record == record,
                (table.c.kind == "number_taken") & table.c.present.in_(own),
            ),
        )
        .order_by(table.c.id, table.c.group)
    )
    return [dispute_of(row) for row in rows]


def present_of(row: Any) -> Present:
    """Read a row of the record table."""
    return Present(
        row.id,
        row.service,
        row.office,
        row.subject,
        row.state,
        wire.decode(row.answers, dict[str, Any]),
        wire.decode(row.heads, dict[str, bytes]),
        None if row.number is None else wire.decode(row.number, Number),
        _ids(row.guests or b""),
        row.replaces or NOBODY,
    )


def _ids(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + ID_BYTES] for at in range(0, len(joined), ID_BYTES))


def dispute_of(row: Any) -> Dispute:
    """Read a row of the conflict table."""
    return Dispute(
        row.kind,
        row.id,
        row.group,
        row.record,
        row.present,
        row.proposed,
        wire.decode(row.present_value, dict[str, Any]),
        wire.decode(row.proposed_value, dict[str, Any]),
        row.closed_by or NOBODY,
        row.kept or "",
    )
