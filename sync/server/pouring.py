"""Pours a region's rows from one database into another, whatever sort either is."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, select

from sync.server import bulk, schema
from sync.server.statements import CHUNK


def pour(source: Connection, target: Connection, region: str) -> None:
    """Put a region's rows of every table in the place of what the target holds of it."""
    for table in schema.metadata.sorted_tables:
        target.execute(table.delete().where(table.c.region == region))
        for rows in rows_of(source, table, region):
            bulk.add(target, table, rows)


def rows_of(connection: Connection, table: Table, region: str) -> Iterator[list[dict[str, Any]]]:
    """Read a region's rows of a table by portions, in the order of their keys."""
    query = select(table).where(table.c.region == region).order_by(*table.primary_key.columns)
    with connection.execute(query.execution_options(yield_per=CHUNK)) as found:
        for some in found.mappings().partitions():
            yield [dict(row) for row in some]
