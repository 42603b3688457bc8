"""The tables of who may come to the pages; keys and types as in sync.server.tables.

`administrator` there has name and passphrase; `account` the rest of each.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sync.server.tables import metadata

__all__ = [
    "account",
    "device_confirmed",
    "device_standing",
    "familiar",
    "metadata",
    "recovery_code",
    "throttle",
    "web_session",
]


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


account = Table(
    "account",
    metadata,
    _key("region", Text),
    _key("name", Text),
    _have("role", Text),
    Column("factor", LargeBinary),  # the second factor's secret, wrapped; null: none yet
    Column("proposed", LargeBinary),  # one that was shown and not yet confirmed
    _have("step", BigInteger),  # of the last code that was accepted
    _have("entered", BigInteger),  # the last sign-in
)

recovery_code = Table(
    "recovery_code",
    metadata,
    _key("region", Text),
    _key("name", Text),
    _key("hashed", LargeBinary),
)

web_session = Table(
    "web_session",
    metadata,
    _key("region", Text),
    _key("hashed", LargeBinary),  # of the cookie; who reads the database can't use it
    _have("name", Text),
    _have("stage", Text),  # "whole", or "enrolling" until there is a second factor
    _have("token", LargeBinary),  # what each form of this session bears
    _have("made", BigInteger),
    _have("seen", BigInteger),
    _have("proved", BigInteger),  # when passphrase and code were last shown
    Index("web_session_name", "region", "name"),
)

familiar = Table(
    "familiar",
    metadata,
    _key("region", Text),
    _key("hashed", LargeBinary),  # of the cookie that a browser keeps after a sign-in
    _have("name", Text),
    _have("made", BigInteger),
    Index("familiar_name", "region", "name"),
)

throttle = Table(
    "throttle",
    metadata,
    _key("region", Text),
    _key("kind", Text),
    _key("place", Integer),  # one of PLACES into which names or addresses fall
    _have("failures", Integer),
    _have("last", BigInteger),
)

device_confirmed = Table(
    "device_confirmed",
    metadata,
    _key("region", Text),
    _key("device", LargeBinary),
    _have("at", BigInteger),
    _have("by", Text),  # the administrator who compared its fingerprint
)

device_standing = Table(
    "device_standing",
    metadata,
    _key("region", Text),
    _key("device", LargeBinary),
    _have("at", BigInteger),
    _have("pending", BigInteger),
    _have("oldest", BigInteger),  # when the oldest pending change was made; 0 without one
    _have("version", Text),
    _have("system", Text),
    _have("keystore", Integer),
    _have("disk", Text),
)
