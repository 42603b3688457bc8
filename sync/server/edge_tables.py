"""The tables of the city's edges: what is to go to other systems, and which of these rest.

An item knows what caused it and no person: what goes is read from the record when it goes.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["edge_item", "edge_rest", "metadata"]

edge_item = Table(
    "edge_item",
    metadata,
    Column("region", Text, primary_key=True),
    # The change that caused it: the key by which the other side tells that it has it already.
    Column("change", LargeBinary, primary_key=True, autoincrement=False),
    Column("destination", Text, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("office", LargeBinary, nullable=False),  # the record's
    Column("state", Text, nullable=False),  # of sync.server.edge_queue
    Column("attempts", Integer, nullable=False),  # since it waits, or was last told to go again
    Column("due", BigInteger, nullable=False),  # not before; of what has ended 0
    Column("added", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("code", Text, nullable=False),  # why the last attempt came to nothing; "" for none
    Column("words", Text, nullable=False),  # what the other side said of it, cut
    Column("reference", Text, nullable=False),  # what the other side calls it
    Index("edge_item_due", "region", "state", "due"),
    Index("edge_item_added", "region", "added"),
)

edge_rest = Table(
    "edge_rest",
    metadata,
    Column("region", Text, primary_key=True),
    Column("destination", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),  # one after another
    Column("code", Text, nullable=False),
)
