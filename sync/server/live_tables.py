"""The tables of the live room: counters, what each record put into them, what is still to count.

A counter knows no record; `live_share` names records by id alone, so that a cell leads to its list.
Days are ISO dates of the region, hours 0 to 23; of an `open` tile they are those of the deadline,
NEVER without one.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = [
    "live_cell",
    "live_change",
    "live_due",
    "live_share",
    "live_state",
    "live_token",
    "metadata",
]

NEVER = "9999-12-31"


def _cell() -> tuple[Column[object], ...]:
    return (
        Column("measure", Text, primary_key=True),  # a tile's name
        Column("day", Text, primary_key=True),
        Column("office", LargeBinary, primary_key=True, autoincrement=False),
        Column("hour", Integer, primary_key=True, autoincrement=False),
        Column("item", Text, primary_key=True),  # a class of time, a line of a series; else ""
    )


live_cell = Table(
    "live_cell",
    metadata,
    Column("region", Text, primary_key=True),
    *_cell(),
    Column("count", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

live_change = Table(
    "live_change",
    metadata,
    Column("region", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("changed", BigInteger, nullable=False),  # when a counter of the tile last moved
)

live_share = Table(
    "live_share",
    metadata,
    Column("region", Text, primary_key=True),
    Column("record", LargeBinary, primary_key=True, autoincrement=False),
    *_cell(),
    Column("count", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Index("live_share_cell", "region", "measure", "day", "office", "hour"),
    sqlite_with_rowid=False,
)

live_due = Table(
    "live_due",
    metadata,
    Column("region", Text, primary_key=True),
    Column("added", BigInteger, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, primary_key=True, autoincrement=False),
    Column("records", LargeBinary, nullable=False),  # ids, one after another
)

live_state = Table(
    "live_state",
    metadata,
    Column("region", Text, primary_key=True),
    Column("revision", BigInteger, nullable=False),  # goes up with every change of a counter
    Column("changed", BigInteger, nullable=False),
    Column("declared", Text, nullable=False),  # what the counters were made by: tiles and standards
)

live_token = Table(
    "live_token",
    metadata,
    Column("region", Text, primary_key=True),
    Column("hashed", LargeBinary, primary_key=True, autoincrement=False),  # SHA-256 of the token
    Column("name", Text, nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("revoked", BigInteger, nullable=False),
)
