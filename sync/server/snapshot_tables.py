"""The tables of snapshots; keys and types as in sync.server.tables.

They are kept for minutes to weeks and made again whenever one is missing. The key lies beside what
it seals: whoever reads this database has all that is in them.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["metadata", "part", "snapshot"]


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


snapshot = Table(
    "snapshot",
    metadata,
    _region(),
    _key("name", LargeBinary),
    _have("office", LargeBinary),
    _have("epoch", LargeBinary),
    _have("made", BigInteger),
    _have("ends", LargeBinary),  # where its streams stood, as the manifest says it
    _have("rows", BigInteger),
    _have("manifest", LargeBinary),  # signed whenever it is given: the city's keys change
    _have("key", LargeBinary),
    Index("snapshot_office", "region", "office", "made"),
)

part = Table(
    "snapshot_part",
    metadata,
    _region(),
    _key("name", LargeBinary),
    _key("place", Integer),
    _have("office", LargeBinary),
    _have("rows", Integer),
    _have("content", LargeBinary),  # sealed under the snapshot's key
    Index("snapshot_part_office", "region", "office"),
)
