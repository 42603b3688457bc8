"""The server's tables. Every key begins with the region, so regions can be spread or kept apart.

Ids are 16 raw bytes, times milliseconds since 1970 UTC, 0 for "not yet". Columns of bytes named
answers, heads, stands, content and the like hold deterministic MessagePack (sync.protocol.wire).
Nothing refers by foreign key: history is append-only, and `administration.verify` checks what
belongs together.
"""

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

metadata = MetaData()
_QUARANTINED = sql("verdict = 'quarantined'")  # few, so counting them must not cost every change
_CORRECTION = sql("replaces IS NOT NULL")
_LEAVE = sql('"left" IS NOT NULL')


def _region() -> Column[str]:
    return Column("region", Text, primary_key=True)


def _key(name: str, kind: type) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> Column[object]:
    return Column(name, kind, nullable=False)


region = Table(
    "region",
    metadata,
    _region(),
    _have("id", LargeBinary),  # the server's own device id, as author of changes
    _have("pack", LargeBinary),
    _have("keys", LargeBinary),  # wrapped by the secret in the server's folder
    _have("policy", Integer),
    _have("made", BigInteger),
)

epoch = Table(
    "epoch",
    metadata,
    _region(),
    _key("number", Integer),
    _have("id", LargeBinary),
    _have("parent", LargeBinary),
    _have("forks", LargeBinary),  # where each stream left the parent
    _have("seq", BigInteger),  # of the server's own changes in this epoch
    _have("began", BigInteger),
)

administrator = Table(
    "administrator",
    metadata,
    _region(),
    _key("name", Text),
    _have("hashed", Text),  # Argon2id in PHC form
    _have("made", BigInteger),
)

office = Table(
    "office",
    metadata,
    _region(),
    _key("id", LargeBinary),
    _have("code", Text),
    _have("kind", Text),
    _have("name", Text),
    _have("area", Text),
    _have("catchment", Text),  # area codes, comma between them
    _have("address", Text),
    _have("phone", Text),
    _have("email", Text),
    _have("postcode", Text),
    _have("made", BigInteger),
    UniqueConstraint("region", "code", name="office_code"),
)

enrol_code = Table(
    "enrol_code",
    metadata,
    _region(),
    _key("hashed", LargeBinary),  # SHA-256 of the code's secret
    _have("office", LargeBinary),
    _have("role", Text),
    _have("made", BigInteger),
    _have("expires", BigInteger),
    _have("used", BigInteger),
    _have("device", LargeBinary),  # whom it let in
)

device = Table(
    "device",
    metadata,
    _region(),
    _key("id", LargeBinary),
    _have("office", LargeBinary),
    _have("sign", LargeBinary),
    _have("seal", LargeBinary),
    _have("letter", LargeBinary),
    _have("certificate", LargeBinary),
    _have("operator", LargeBinary),  # its first operator's record
    _have("incarnation", LargeBinary),  # the latest one seen
    _have("enrolled", BigInteger),
    _have("seen", BigInteger),
    _have("revoked", BigInteger),
    Column("parent", LargeBinary),  # the device whose copy it is; null: it joined by a code
    UniqueConstraint("region", "sign", name="device_sign"),
)

life = Table(
    "life",
    metadata,
    _region(),
    _key("device", LargeBinary),
    _key("incarnation", LargeBinary),
    _have("number", BigInteger),  # in the order in which they began here, from 1
    _have("began", BigInteger),
    UniqueConstraint("region", "device", "number", name="life_number"),
)

batch = Table(
    "batch",
    metadata,
    _region(),
    _key("device", LargeBinary),
    _key("incarnation", LargeBinary),
    _key("seq", BigInteger),
    _have("id", LargeBinary),
    _have("prev", LargeBinary),
    _have("epoch", LargeBinary),  # what the author knew when it sealed
    _have("received", BigInteger),
    _have("changes", Integer),
    _have("verdicts", LargeBinary),  # packed by receipts.pack
)

change = Table(
    "change",
    metadata,
    _region(),
    _key("id", LargeBinary),
    _have("record", LargeBinary),
    _have("office", LargeBinary),  # of the author
    _have("verdict", Text),
    _have("code", Text),
    Column("stands", LargeBinary),  # per group what it stands for; null: in every group itself
    _have("received", BigInteger),
    _have("content", LargeBinary),  # the whole change
    Column("place", BigInteger),  # rising within a record, in the order of judging; null: held
    Index("change_record", "region", "record", "place"),
    Index(
        "change_quarantined",
        "region",
        "verdict",
        sqlite_where=_QUARANTINED,
        postgresql_where=_QUARANTINED,
    ),
)

record = Table(
    "record",
    metadata,
    _region(),
    _key("id", LargeBinary),
    _have("service", Text),
    _have("office", LargeBinary),
    _have("subject", LargeBinary),
    _have("state", Text),
    _have("answers", LargeBinary),
    _have(
        "heads", LargeBinary
    ),  # group -> the change that last wrote it; "" -> the one that began it
    Column("number", LargeBinary),
    Column("guests", LargeBinary),  # ids of other offices that it was put before, one after another
    Column("replaces", LargeBinary),  # the record whose letter this one corrects
    _have("added", BigInteger),  # microseconds, rising within a batch: the order of listings
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

identity = Table(
    "identity",
    metadata,
    _region(),
    _key("service", Text),
    _key("key", Text),
    _key("value", Text),  # a value that should be unique (a NIK), and each record that bears it
    _key("record", LargeBinary),
    _have("office", LargeBinary),
    sqlite_with_rowid=False,
)

stream = Table(
    "stream",
    metadata,
    _region(),
    _key("office", LargeBinary),
    _key("service_group", Text),
    _have("head", BigInteger),
    _have("chain", LargeBinary),
)

stream_row = Table(
    "stream_row",
    metadata,
    _region(),
    _key("office", LargeBinary),
    _key("service_group", Text),
    _key("number", BigInteger),
    Column("change", LargeBinary),
    Column("lease", LargeBinary),  # a grant, encoded, where it is no change
    _have("chain", LargeBinary),
    Column("left", LargeBinary),  # the record that leaves by this change; the change is not told
    Column("announced", Integer),  # 1: an administrator said that it leaves; null else
    CheckConstraint("(change IS NULL) <> (lease IS NULL)", name="stream_row_one"),
    Index(
        "stream_row_left",
        "region",
        "office",
        "left",
        sqlite_where=_LEAVE,
        postgresql_where=_LEAVE,
    ),
    sqlite_with_rowid=False,
)

conflict = Table(
    "conflict",
    metadata,
    _region(),
    _key("id", LargeBinary),  # the change that opened it
    _key("group", Text),
    _have("kind", Text),
    _have("record", LargeBinary),
    _have("office", LargeBinary),
    _have("present", LargeBinary),  # the change whose value stands
    _have("proposed", LargeBinary),  # the latest change that proposes another
    _have("present_value", LargeBinary),
    _have("proposed_value", LargeBinary),
    _have("opened", BigInteger),
    _have("closed", BigInteger),
    Column("closed_by", LargeBinary),  # the settlement, or the act that made the paper void
    Column("kept", Text),  # what the settlement chose: "present" or "proposed"
    Index("conflict_tip", "region", "proposed", "group"),
    Index("conflict_office", "region", "office", "closed"),
    Index("conflict_record", "region", "record"),
    Index("conflict_present", "region", "present"),
)

held = Table(
    "held",
    metadata,
    _region(),
    _key("waits_for", LargeBinary),  # a change or record that the server has not met
    _key("change", LargeBinary),
    _have("since", BigInteger),
    _have("added", BigInteger),  # microseconds, always rising: the order in which they are woken
    Index("held_since", "region", "since"),
)

lease = Table(
    "lease",
    metadata,
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
    Column("asked", LargeBinary),  # the nonce of the ask that it answers; null at enrolment
    Column("reached", BigInteger),  # the highest number that its holder told of using
    Column("ended", Text),  # why it is over (sync.protocol.lease); null while it lives
    Column("rest", BigInteger),  # then: the first number that nobody told of using
    UniqueConstraint("region", "office", "series", "year", "high", name="lease_high"),
    CheckConstraint("high >= low AND low > 0", name="lease_range"),
)

number = Table(
    "number",
    metadata,
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

paper = Table(
    "paper",
    metadata,
    _region(),
    _key("letter", LargeBinary),  # the id in the letter's QR; a code on the paper is its beginning
    _key("change", LargeBinary),  # that carries the paper; more than one if a laptop was copied
    _have("record", LargeBinary),
    sqlite_with_rowid=False,
)

text = Table(
    "text",
    metadata,
    _region(),
    _key("digest", Text),  # SHA-256 of the content, in hex
    _have("content", Text),
)

audit = Table(
    "audit",
    metadata,
    _region(),
    _key("number", BigInteger),
    _have("office", LargeBinary),
    _have("event", LargeBinary),
    _have("chain", LargeBinary),
)
