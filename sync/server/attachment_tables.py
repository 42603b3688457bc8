"""The tables of attachments; keys and types as in sync.server.tables.

Chunks lie in the database, so that a copy of it is a whole backup: 50 scans a day of one office are
7.5 MB, 2.2 GB a year.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.backup_tables import metadata

__all__ = ["attachment", "chunk", "citation", "metadata"]


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


attachment = Table(
    "attachment",
    metadata,
    _region(),
    _key("digest", LargeBinary),
    _key("office", LargeBinary),  # of who brought it: what one office has tells no other
    _have("manifest", LargeBinary),
    _have("size", BigInteger),  # of all chunks, sealed
    _have("offered", BigInteger),
    _have("received", BigInteger),  # when the last chunk came
    _have("durable", Integer),  # 1: the newest verified backup has it whole
)

chunk = Table(
    "chunk",
    metadata,
    _region(),
    _key("digest", LargeBinary),
    _key("office", LargeBinary),
    _key("place", Integer),
    _have("content", LargeBinary),  # sealed under the file's key
)

citation = Table(
    "citation",
    metadata,
    _region(),
    _key("digest", LargeBinary),
    _key("record", LargeBinary),  # whose answers name the file
    Index("citation_record", "region", "record"),
)
