"""What a verified backup holds, as receipts say it: read from the reopened copy, never from here.

Those of the copy that a server was restored from are void: its backup at the end sets them anew.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from sync.server import attachment_tables, backup_tables, bulk, streams, tables


class Held(msgspec.Struct, frozen=True):
    """The marks of one copy: rows of durable_batch and durable_row, keys of whole attachments."""

    batches: Sequence[dict[str, Any]]
    rows: Sequence[dict[str, Any]]
    files: Sequence[dict[str, Any]] = ()


def read(connection: Connection, region: str) -> Held:
    """Read how far the batches of every incarnation and the rows of every stream have come."""
    batch, stream = tables.batch, tables.stream
    batches = connection.execute(
        select(batch.c.device, batch.c.incarnation, func.max(batch.c.seq).label("seq"))
        .where(batch.c.region == region)
        .group_by(batch.c.device, batch.c.incarnation)
    )
    rows = connection.execute(
        select(stream.c.office, stream.c.service_group, stream.c.head.label("number")).where(
            stream.c.region == region
        )
    )
    file = attachment_tables.attachment
    files = connection.execute(
        select(file.c.digest, file.c.office).where(file.c.region == region, file.c.received > 0)
    )
    return Held(
        [{"region": region, **row} for row in batches.mappings()],
        [{"region": region, **row} for row in rows.mappings()],
        [{"region": region, **row} for row in files.mappings()],
    )


def adopt(connection: Connection, region: str, held: Held) -> None:
    """Let these marks count from now on, and no others."""
    for table, rows in (
        (backup_tables.durable_batch, held.batches),
        (backup_tables.durable_row, held.rows),
    ):
        connection.execute(delete(table).where(table.c.region == region))
        bulk.add(connection, table, rows)
    file = attachment_tables.attachment
    connection.execute(
        update(file).where(file.c.region == region, file.c.durable == 1).values(durable=0)
    )
    marked = [{**key, "durable": 1} for key in held.files]
    bulk.change(connection, file, ("region", "digest", "office"), marked)


def batch(connection: Connection, region: str, device: bytes, incarnation: bytes) -> int:
    """Tell the highest batch of an incarnation that a verified backup holds, 0 for none."""
    life = {"region": region, "device": device, "incarnation": incarnation}
    found = bulk.found(connection, backup_tables.durable_batch, ("seq",), life)
    return int(found.scalar() or 0)


def rows(connection: Connection, region: str, device: bytes) -> dict[str, int]:
    """Map the streams of a device's office to the highest row that a verified backup holds."""
    here = {"region": region, "id": device}
    office = bulk.found(connection, tables.device, ("office",), here).scalar()
    found = bulk.found(
        connection,
        backup_tables.durable_row,
        ("office", "service_group", "number"),
        {"region": region, "office": office},
    )
    return {streams.name(office, group): number for office, group, number in found}
