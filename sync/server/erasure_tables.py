"""The tables of erased persons; keys and types as in sync.server.tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.key_tables import metadata

__all__ = ["erased", "erased_paper", "erasure", "erasure_office", "erasure_proof", "metadata"]


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


erasure = Table(
    "erasure",
    metadata,
    _region(),
    _key("number", BigInteger),
    _have("plain", LargeBinary),  # a sync.protocol.erase.Erasure, as it was signed
    _have("signature", LargeBinary),
)

erasure_office = Table(
    "erasure_office",
    metadata,
    _region(),
    _key("office", LargeBinary),  # that held a record of it
    _key("number", BigInteger),
)

erased = Table(
    "erased",
    metadata,
    _region(),
    _key("record", LargeBinary),
    _have("number", BigInteger),  # of the entry; 0: it came erased already
    _have("whole", Integer),  # 1: with every record that names it as its subject
    Index("erased_number", "region", "number"),
)

erased_paper = Table(
    "erased_paper",
    metadata,
    _region(),
    _key("change", LargeBinary),  # that carried the paper
    _have("day", Text),  # of the paper, as ISO date
)

# With a row here something was deleted for good, and the pages not yet written anew.
soiled = Table("soiled", metadata, _region(), _key("mark", LargeBinary))

erasure_proof = Table(
    "erasure_proof",
    metadata,
    _region(),
    _key("device", LargeBinary),
    _have("number", BigInteger),  # it has carried out all entries of its office up to this one
    _have("time", BigInteger),  # by its own clock
    _have("came", BigInteger),
    _have("plain", LargeBinary),  # a sync.protocol.erase.Carried, as the device signed it
    _have("signature", LargeBinary),
)
