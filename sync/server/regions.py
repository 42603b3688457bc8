"""The regions that share a database: how each of them stands, for whom looks after all of them.

a superuser               sees all of them
the owner                 takes the place of one after another: of those with roles of their own
a region's own role       sees itself

Nothing here tells of a person, and nothing is written.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, func, select, text

from forms.engine.region import Region
from sync.protocol import wire
from sync.server import apart, schema, tables
from sync.server.backup_tables import backup
from sync.server.database import Database
from sync.server.statements import POSTGRES

Counts = Mapping[str, int]  # rows by table

_SIZES = """
SELECT relname, pg_total_relation_size(oid) AS bytes, greatest(reltuples, 0)::bigint AS rows
FROM pg_class WHERE oid = ANY (SELECT to_regclass(one) FROM unnest(CAST(:names AS text[])) AS one)
"""
_FILE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


class Standing(msgspec.Struct, frozen=True):
    """How a region stands; times are ms, 0 for never.

    `seen` is when any of its devices last came, `generation` and `backed_up` are of its newest
    backup. `bytes` is its part of the database by its part of the rows, indexes included.
    """

    region: str
    name: str
    epoch: int
    policy: int
    offices: int
    devices: int
    seen: int
    generation: int
    backed_up: int
    changes: int
    bytes: int


def listing(url: str) -> list[Standing]:
    """List the regions of a database by code; Refused(database_url | database_unsupported).

    It counts rows by the index of every table: some seconds where there are tens of millions.
    """
    database = Database(url)
    try:
        with database.read() as connection:
            if not schema.version(connection):
                return []
            names = _names(connection)
            counts = {name: _counts(connection, name) for name in names}
            sizes = _sizes(connection, counts)
            return [
                _standing(connection, name, counts[name], sizes[name])
                for name in names
                if counts[name][tables.region.name]
            ]
    finally:
        database.close()


def _names(connection: Connection) -> list[str]:
    names = set(connection.scalars(select(tables.region.c.region)))
    if connection.dialect.name == POSTGRES:
        names |= {region for _, region in apart.bound(connection)}
    return sorted(names)


def _speak_for(connection: Connection, region: str) -> None:
    """Take a region's place, where the database keeps the owner to one."""
    if connection.dialect.name == POSTGRES:
        said = text("SELECT set_config(:setting, :region, true)")
        connection.execute(said, {"setting": apart.SETTING, "region": region})


def _counts(connection: Connection, region: str) -> Counts:
    _speak_for(connection, region)
    return {
        table.name: connection.scalar(
            select(func.count()).select_from(table).where(table.c.region == region)
        )
        or 0
        for table in schema.metadata.sorted_tables
    }


def _sizes(connection: Connection, counts: Mapping[str, Counts]) -> dict[str, int]:
    """Give each region's part of every table, or of the one file."""
    if connection.dialect.name != POSTGRES:
        whole = int(connection.scalar(text(_FILE)) or 0)
        rows = {region: sum(found.values()) for region, found in counts.items()}
        every = sum(rows.values()) or 1
        return {region: whole * count // every for region, count in rows.items()}
    names = [table.name for table in schema.metadata.sorted_tables]
    found = connection.execute(text(_SIZES), {"names": names}).all()
    sizes = dict.fromkeys(counts, 0)
    for row in found:
        every = max(row.rows, sum(one[row.relname] for one in counts.values()), 1)
        for region, one in counts.items():
            sizes[region] += int(row.bytes) * one[row.relname] // every
    return sizes


def _standing(connection: Connection, code: str, counts: Counts, size: int) -> Standing:
    _speak_for(connection, code)
    region, epoch, device = tables.region, tables.epoch, tables.device
    said = connection.execute(
        select(region.c.pack, region.c.policy).where(region.c.region == code)
    ).one()
    present = connection.execute(
        select(func.count(), func.max(device.c.seen)).where(
            device.c.region == code, device.c.revoked == 0
        )
    ).one()
    newest = connection.execute(
        select(backup.c.number, backup.c.made)
        .where(backup.c.region == code)
        .order_by(backup.c.number.desc())
        .limit(1)
    ).first()
    number = select(func.max(epoch.c.number)).where(epoch.c.region == code)
    return Standing(
        region=code,
        name=Region.from_pack(wire.decode(bytes(said.pack), dict[str, bytes])).name,
        epoch=connection.scalar(number) or 0,
        policy=said.policy,
        offices=counts[tables.office.name],
        devices=present[0],
        seen=present[1] or 0,
        generation=newest.number if newest is not None else 0,
        backed_up=newest.made if newest is not None else 0,
        changes=counts[tables.change.name],
        bytes=size,
    )
