"""The first schema, frozen: the tables of sync.server as they stood in 2026.11.

A copy, not an import: what this file makes must stay the same however the tables go on.
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_metadata = MetaData()
_QUARANTINED = sql("verdict = 'quarantined'")
_CORRECTION = sql("replaces IS NOT NULL")


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


Table(
    "region",
    _metadata,
    _region(),
    _have("id", LargeBinary),
    _have("pack", LargeBinary),
    _have("keys", LargeBinary),
    _have("policy", Integer),
    _have("made", BigInteger),
)

Table(
    "epoch",
    _metadata,
    _region(),
    _key("number", Integer),
    _have("id", LargeBinary),
    _have("parent", LargeBinary),
    _have("forks", LargeBinary),
    _have("seq", BigInteger),
    _have("began", BigInteger),
)

Table(
    "administrator",
    _metadata,
    _region(),
    _key("name", Text),
    _have("hashed", Text),
    _have("made", BigInteger),
)

Table(
    "office",
    _metadata,
    _region(),
    _key("id", LargeBinary),
    _have("code", Text),
    _have("kind", Text),
    _have("name", Text),
    _have("area", Text),
    _have("catchment", Text),
    _have("address", Text),
    _have("phone", Text),
    _have("email", Text),
    _have("postcode", Text),
    _have("made", BigInteger),
    UniqueConstraint("region", "code", name="office_code"),
)

Table(
    "enrol_code",
    _metadata,
    _region(),
    _key("hashed", LargeBinary),
    _have("office", LargeBinary),
    _have("role", Text),
    _have("made", BigInteger),
    _have("expires", BigInteger),
    _have("used", BigInteger),
    _have("device", LargeBinary),
)

Table(
    "device",
    _metadata,
    _region(),
    _key("id", LargeBinary),
    _have("office", LargeBinary),
    _have("sign", LargeBinary),
    _have("seal", LargeBinary),
    _have("letter", LargeBinary),
    _have("certificate", LargeBinary),
    _have("operator", LargeBinary),
    _have("incarnation", LargeBinary),
    _have("enrolled", BigInteger),
    _have("seen", BigInteger),
    _have("revoked", BigInteger),
    UniqueConstraint("region", "sign", name="device_sign"),
)

Table(
    "batch",
    _metadata,
    _region(),
    _key("device", LargeBinary),
    _key("incarnation", LargeBinary),
    _key("seq", BigInteger),
    _have("id", LargeBinary),
    _have("prev", LargeBinary),
    _have("epoch", LargeBinary),
    _have("received", BigInteger),
    _have("changes", Integer),
    _have("verdicts", LargeBinary),
)

Table(
    "change",
    _metadata,
    _region(),
    _key("id", LargeBinary),
    _have("record", LargeBinary),
    _have("office", LargeBinary),
    _have("verdict", Text),
    _have("code", Text),
    Column("stands", LargeBinary),
    _have("received", BigInteger),
    _have("content", LargeBinary),
    Index("change_record", "region", "record"),
    Index(
        "change_quarantined",
        "region",
        "verdict",
        sqlite_where=_QUARANTINED,
        postgresql_where=_QUARANTINED,
    ),
)

Table(
    "record",
    _metadata,
    _region(),
    _key("id", LargeBinary),
    _have("service", Text),
    _have("office", LargeBinary),
    _have("subject", LargeBinary),
    _have("state", Text),
    _have("answers", LargeBinary),
    _have("heads", LargeBinary),
    Column("number", LargeBinary),
    Column("guests", LargeBinary),
    Column("replaces", LargeBinary),
    _have("added", BigInteger),
    _have("changed", BigInteger),
    Index("record_listed", "region", "service", "office", "added"),
    Index(
        "record_correction",
        "region",
        "replaces",
        sqlite_where=_CORRECTION,
        postgresql_where=_CORRECTION,
    ),
)

Table(
    "identity",
    _metadata,
    _region(),
    _key("service", Text),
    _key("key", Text),
    _key("value", Text),
    _key("record", LargeBinary),
    _have("office", LargeBinary),
    sqlite_with_rowid=False,
)

Table(
    "stream",
    _metadata,
    _region(),
    _key("office", LargeBinary),
    _key("service_group", Text),
    _have("head", BigInteger),
    _have("chain", LargeBinary),
)

Table(
    "stream_row",
    _metadata,
    _region(),
    _key("office", LargeBinary),
    _key("service_group", Text),
    _key("number", BigInteger),
    Column("change", LargeBinary),
    Column("lease", LargeBinary),
    _have("chain", LargeBinary),
    CheckConstraint("(change IS NULL) <> (lease IS NULL)", name="stream_row_one"),
    sqlite_with_rowid=False,
)

Table(
    "conflict",
    _metadata,
    _region(),
    _key("id", LargeBinary),
    _key("group", Text),
    _have("kind", Text),
    _have("record", LargeBinary),
    _have("office", LargeBinary),
    _have("present", LargeBinary),
    _have("proposed", LargeBinary),
    _have("present_value", LargeBinary),
    _have("proposed_value", LargeBinary),
    _have("opened", BigInteger),
    _have("closed", BigInteger),
    Index("conflict_tip", "region", "proposed", "group"),
    Index("conflict_office", "region", "office", "closed"),
    Index("conflict_record", "region", "record"),
    Index("conflict_present", "region", "present"),
)

Table(
    "held",
    _metadata,
    _region(),
    _key("waits_for", LargeBinary),
    _key("change", LargeBinary),
    _have("since", BigInteger),
    _have("added", BigInteger),
    Index("held_since", "region", "since"),
)

Table(
    "lease",
    _metadata,
    _region(),
    _key("office", LargeBinary),
    _key("series", Text),
    _key("year", Integer),
    _key("low", BigInteger),
    _have("high", BigInteger),
    _have("id", LargeBinary),
    _have("device", LargeBinary),
    _have("incarnation", LargeBinary),
    _have("granted", BigInteger),
    UniqueConstraint("region", "office", "series", "year", "high", name="lease_high"),
    CheckConstraint("high >= low AND low > 0", name="lease_range"),
)

Table(
    "number",
    _metadata,
    _region(),
    _key("office", LargeBinary),
    _key("series", Text),
    _key("year", Integer),
    _key("position", BigInteger),
    _have("text", Text),
    _have("change", LargeBinary),
    _have("record", LargeBinary),
    _have("device", LargeBinary),
    _have("incarnation", LargeBinary),
    Index("number_text", "region", "office", "text"),
    sqlite_with_rowid=False,
)

Table(
    "paper",
    _metadata,
    _region(),
    _key("letter", LargeBinary),
    _key("change", LargeBinary),
    _have("record", LargeBinary),
    sqlite_with_rowid=False,
)

Table(
    "text",
    _metadata,
    _region(),
    _key("digest", Text),
    _have("content", Text),
)

Table(
    "audit",
    _metadata,
    _region(),
    _key("number", BigInteger),
    _have("office", LargeBinary),
    _have("event", LargeBinary),
    _have("chain", LargeBinary),
)


def upgrade() -> None:
    _metadata.create_all(op.get_bind())


def downgrade() -> None:
    _metadata.drop_all(op.get_bind())
