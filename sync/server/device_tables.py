"""The tables of devices' keys; keys and types as in sync.server.tables."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = ["device_key", "evidence", "metadata", "revocation"]

device_key = Table(
    "device_key",
    metadata,
    Column("region", Text, primary_key=True),
    Column("device", LargeBinary, primary_key=True, autoincrement=False),
    Column("sign", LargeBinary, primary_key=True, autoincrement=False),  # public, of before
    Column("seal", LargeBinary, nullable=False),
    Column("letter", LargeBinary, nullable=False),
    Column("ended", BigInteger, nullable=False),
)

revocation = Table(
    "revocation",
    metadata,
    Column("region", Text, primary_key=True),
    Column("device", LargeBinary, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),  # sync.protocol.trust.Revoked, encoded
)

evidence = Table(
    "evidence",
    metadata,
    Column("region", Text, primary_key=True),
    Column("id", LargeBinary, primary_key=True, autoincrement=False),  # of the batch's envelope
    Column("device", LargeBinary, nullable=False),
    Column("incarnation", LargeBinary, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the envelope; empty once it is decided
    Column("decided", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),  # "released" or "refused"; "" while it waits
)
