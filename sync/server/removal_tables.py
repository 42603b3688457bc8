"""The table of what takes records away; keys and types as in sync.server.tables."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["metadata", "removal"]


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


removal = Table(
    "removal",
    metadata,
    Column("region", Text, primary_key=True),
    Column("change", LargeBinary, primary_key=True, autoincrement=False),
    _have("device", LargeBinary),
    _have("office", LargeBinary),  # of the author
    _have("service_group", Text),
    _have("record", LargeBinary),
    _have("received", BigInteger),
    _have("state", Text),  # passed: kept for a day; waiting; then released or refused
    Column("decided_by", Text),  # the administrator
    Index("removal_state", "region", "state", "received"),
    Index("removal_device", "region", "device", "service_group"),
)
