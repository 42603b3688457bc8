"""The tables of backups and of what comes after them; keys and types as in sync.server.tables."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["backup", "ceiling", "durable_batch", "durable_row", "metadata", "recovery", "rival"]


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


backup = Table(
    "backup",
    metadata,
    _region(),
    _key("number", BigInteger),  # generations, of all epochs together
    _have("epoch", LargeBinary),
    _have("made", BigInteger),
    _have("reserve", BigInteger),  # numbers between what was granted and the ceiling
    _have("file", Text),  # the whole path
    Column("tested", BigInteger),  # when it was restored for a rehearsal and verified; null: never
)

ceiling = Table(
    "ceiling",
    metadata,
    _region(),
    _key("office", LargeBinary),
    _key("series", Text),
    _key("year", Integer),
    _have("number", BigInteger),  # as the newest verified backup has it: no grant goes past
    _have("floor", BigInteger),  # of the last restore: grants go on above it; 0 without one
)

recovery = Table(
    "recovery",
    metadata,
    _region(),
    _key("epoch", Integer),  # the number of the epoch that it began
    _have("made", BigInteger),
    _have("generation", BigInteger),  # the newest backup that the floors allow for
    _have("reserve", BigInteger),
    _have("year", Integer),  # of the backup; series that it doesn't list begin above
    _have("floor", BigInteger),  # this, in its year and in those up to the restore's
)

durable_batch = Table(
    "durable_batch",
    metadata,
    _region(),
    _key("device", LargeBinary),
    _key("incarnation", LargeBinary),
    _have("seq", BigInteger),
)

durable_row = Table(
    "durable_row",
    metadata,
    _region(),
    _key("office", LargeBinary),
    _key("service_group", Text),
    _have("number", BigInteger),
)

rival = Table(
    "rival",
    metadata,
    _region(),
    _key("id", LargeBinary),  # an epoch of this lineage that a desk showed and this server has not
    _have("number", Integer),
    _have("began", BigInteger),
    _have("ended_in", LargeBinary),  # our epoch that took it over; empty: we are its past and stop
)
