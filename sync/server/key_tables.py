"""The tables of the city's keys; keys and types as in sync.server.tables.

`region.keys` holds the present private keys; here lie the public halves of all that ever were, and
the private ones of retired sealing keys until their day.
"""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from sync.server.attachment_tables import metadata

__all__ = ["city_key", "key_list", "metadata"]


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


city_key = Table(
    "city_key",
    metadata,
    _region(),
    Column("public", LargeBinary, primary_key=True, autoincrement=False),
    _have("use", Text),  # "seal" or "sign"
    _have("began", BigInteger),
    _have("retired", BigInteger),
    # A sealing key: since when nothing that it sealed can be opened here. A signing key: since when
    # nothing of it counts, because somebody may have it.
    _have("gone", BigInteger),
    _have("private", LargeBinary),  # of a retired sealing key, wrapped; empty once it is gone
    _have("handover", LargeBinary),  # of a signing key, what it signed last; empty for none
)

key_list = Table(
    "key_list",
    metadata,
    _region(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _have("digest", LargeBinary),  # SHA-256 of the plain list
    _have("content", LargeBinary),  # Signed, encoded
)
