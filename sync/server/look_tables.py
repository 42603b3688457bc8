"""The tables of looks at people's records; keys and types as in sync.server.tables."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["look", "look_head", "metadata"]


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


look = Table(
    "look",
    metadata,
    _key("region", Text),
    _key("office", LargeBinary),  # whose device told it
    _key("number", BigInteger),  # in the office's chain, from 1
    _have("at", BigInteger),  # by the device's clock
    _have("received", BigInteger),
    _have("device", LargeBinary),
    _have("operator", LargeBinary),
    _have("record", LargeBinary),  # empty: a list or report of `count` people
    _have("how", Text),
    _have("what", Text),
    _have("count", BigInteger),
    _have("subject", LargeBinary),  # whom the record concerns; the record itself where it is theirs
    _have("chain", LargeBinary),
    Index("look_subject", "region", "subject", "at"),
    Index("look_operator", "region", "operator", "at"),
    Index("look_time", "region", "office", "at"),
)

look_head = Table(
    "look_head",
    metadata,
    _key("region", Text),
    _key("office", LargeBinary),
    _have("number", BigInteger),
    _have("chain", LargeBinary),
)
