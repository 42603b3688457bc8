"""What the laptop keeps. Those of the search and of the registers are made there.

`change` is append-only: the audit trail, and where `batch` is empty, the outbox. A new service adds
no table. Ids are 16 raw bytes; times are ms since 1970 UTC; `plain` is canonical MessagePack of the
value its docstring names. Tables don't check values: forms and protocol do.
"""

from typing import ClassVar

from sqlalchemy import Index, LargeBinary, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
HIDDEN = ("search_", "register_")  # tables that the search and the registers make themselves


class StoreTable(SQLModel):
    """A table of the store; its MetaData is apart from every other one of the process."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)


class ChangeRow(StoreTable, table=True):
    """One saved act of this or another desk, in the order in which it came here.

    `plain` is a protocol.change.Change as sync.store.kept packs it. `seq` is set on our own acts.
    `batch` is the row of our own batch that carries it; batches are forgotten before changes are.
    `pending` while the stream has not passed it. `verdict`, `stream` and `row` are what the server
    said of it.
    """

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_pending", "record", sqlite_where=text("pending = 1")),
        Index("ix_change_seq", "seq", sqlite_where=text("seq IS NOT NULL")),
        Index("ix_change_unsealed", "n", sqlite_where=text("batch IS NULL AND seq IS NOT NULL")),
    )
    n: int | None = Field(default=None, primary_key=True)
    id: bytes = Field(unique=True, sa_type=LargeBinary)
    record: bytes = Field(index=True, sa_type=LargeBinary)
    seq: int | None = None
    time: int
    batch: int | None = None
    pending: int
    verdict: str
    code: str
    stream: str
    row: int
    plain: bytes = Field(sa_type=LargeBinary)


class MirrorRow(StoreTable, table=True):
    """What the server last said of a record with pending changes; empty if it has none.

    `plain` is a sync.store.case.Case. A record without pending changes has no row here: it *is*
    what the server last said.
    """

    __tablename__ = "mirror"
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)
    plain: bytes | None = Field(default=None, sa_type=LargeBinary)


class RecordRow(StoreTable, table=True):
    """What the clerk sees of a record: the mirror with pending changes on it. `plain` is a Case.

    `batch`: empty while something of ours is in no batch yet, 0 where nothing is ours, else the
    row of the newest batch that has something of it. `trouble` is "", "to_fix" or "conflict".
    """

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_service", "service", "n"),
        Index("ix_record_subject", "subject", sqlite_where=text("subject IS NOT NULL")),
        Index("ix_record_trouble", "trouble", sqlite_where=text("trouble <> ''")),
    )
    n: int | None = Field(default=None, primary_key=True)
    id: bytes = Field(unique=True, sa_type=LargeBinary)
    service: str
    subject: bytes | None = Field(default=None, sa_type=LargeBinary)
    batch: int | None = None
    trouble: str
    plain: bytes = Field(sa_type=LargeBinary)


class UniqueRow(StoreTable, table=True):
    """A value that a form marks `unique`, such as a NIK, and a record that bears it now."""

    __tablename__ = "unique_value"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}
    service: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)


class BatchRow(StoreTable, table=True):
    """One batch of ours, sealed once and kept as frozen bytes until durable, and 90 days at least.

    Then the bytes are empty; the row stays.

    `n` runs over all incarnations; `seq` is the place in the chain of one. `sent` is when it first
    left by a carrier, `carrier` by which.
    """

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("incarnation", "seq"),)
    n: int | None = Field(default=None, primary_key=True)
    id: bytes = Field(unique=True, sa_type=LargeBinary)
    incarnation: bytes = Field(sa_type=LargeBinary)
    seq: int
    changes: int
    oldest: int
    made: int
    sent: int | None = None
    carrier: str
    envelope: bytes = Field(sa_type=LargeBinary)


class LeaseRow(StoreTable, table=True):
    """Numbers that a device of this office may use; `next` is the first free one."""

    __tablename__ = "lease"
    __table_args__ = (Index("ix_lease_series", "series", "year", "low"),)
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)
    office: bytes = Field(sa_type=LargeBinary)
    series: str
    year: int
    low: int
    high: int
    next: int
    device: bytes = Field(sa_type=LargeBinary)
    incarnation: bytes = Field(sa_type=LargeBinary)


class LeaseEndRow(StoreTable, table=True):
    """A lease that is over; from `rest` on nobody told of using its numbers."""

    __tablename__ = "lease_end"
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)
    why: str
    rest: int


class NumberRow(StoreTable, table=True):
    """A number that stands on a paper; two records under one number are a task for a person."""

    __tablename__ = "number_use"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}
    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)


class DraftRow(StoreTable, table=True):
    """An unfinished form as it was left; `answers` are raw and unchecked."""

    __tablename__ = "draft"
    key: str = Field(primary_key=True)
    operator: bytes = Field(index=True, sa_type=LargeBinary)
    service: str
    subject: bytes = Field(sa_type=LargeBinary)
    answers: bytes = Field(sa_type=LargeBinary)
    updated: int


class EventRow(StoreTable, table=True):
    """Something that happened here and changed no record, such as a printed copy; append-only."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_record", "record", "kind"),)
    n: int | None = Field(default=None, primary_key=True)
    record: bytes = Field(sa_type=LargeBinary)
    kind: str
    time: int
    operator: bytes = Field(sa_type=LargeBinary)


class ConflictRow(StoreTable, table=True):
    """What waits for a person; one entry for each group of a dispute.

    `kind` is "conflict" with the dispute's kind as `code`, `change` what opened it and `proposed`
    the latest in its branch; "to_fix" with a refused change of ours; closed from the first:
    "returned" with a settlement of ours that came too late, "ended" with an act after its author's
    right to it had ended. `settlement` closed it.
    """

    __tablename__ = "conflict"
    change: bytes = Field(primary_key=True, sa_type=LargeBinary)
    group: str = Field(primary_key=True)
    record: bytes = Field(index=True, sa_type=LargeBinary)
    kind: str
    code: str
    proposed: bytes = Field(sa_type=LargeBinary)
    opened: int
    closed: int | None = None
    settlement: bytes | None = Field(default=None, sa_type=LargeBinary)


class OperatorRow(StoreTable, table=True):
    """Somebody of the office; `slot` is the digest of the key slot by which they sign in here."""

    __tablename__ = "operator"
    id: bytes = Field(primary_key=True, sa_type=LargeBinary)
    name: str
    roles: str
    slot: bytes | None = Field(default=None, sa_type=LargeBinary)


class SettingRow(StoreTable, table=True):
    """What the desk knows of itself; sync.store.settings names each and its type."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    plain: bytes = Field(sa_type=LargeBinary)


class TextRow(StoreTable, table=True):
    """A letter's template or head, by the SHA-256 of its text in hex."""

    __tablename__ = "text"
    digest: str = Field(primary_key=True)
    text: str


class StreamRow(StoreTable, table=True):
    """How far a stream was read, the chain value there, and the newest row the server told of."""

    __tablename__ = "stream"
    name: str = Field(primary_key=True)
    row: int
    chain: bytes = Field(sa_type=LargeBinary)
    head: int


class PageRow(StoreTable, table=True):
    """A page as the server signed it, kept to heal a server that was put back.

    `chain` is the value after row `last`. `standing` is what it is to the present history
    (sync.store.rewind). It may go when row `safe` of its stream is durable, and after 90 days.
    """

    __tablename__ = "page"
    n: int | None = Field(default=None, primary_key=True)
    stream: str = Field(index=True)
    first: int
    last: int
    chain: bytes = Field(sa_type=LargeBinary)
    standing: int
    safe: int | None = None
    came: int = Field(index=True)
    plain: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class RewoundRow(StoreTable, table=True):
    """A record that shows what the city said before it was put back, until it is told again."""

    __tablename__ = "rewound"
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)


class LeaveRow(StoreTable, table=True):
    """A record left this office by a row of a stream (sync.store.leaves).

    `back` is the row by which it came again, 0 while it is away, -1 once its changes are gone too.
    """

    __tablename__ = "leave"
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)
    stream: str
    row: int = Field(primary_key=True)
    back: int
    came: int


class ErasureRow(StoreTable, table=True):
    """An entry of the city's list of erased persons that was carried out here, as it was signed.

    `head` is what an entry behind it names as the one before it.
    """

    __tablename__ = "erasure"
    head: bytes = Field(primary_key=True, sa_type=LargeBinary)
    number: int
    plain: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class ErasedRow(StoreTable, table=True):
    """A record whose person is erased: nothing of it is ever kept here again."""

    __tablename__ = "erased"
    record: bytes = Field(primary_key=True, sa_type=LargeBinary)


class ErasedPaperRow(StoreTable, table=True):
    """The day that stays of an erased paper, by the change that carried it."""

    __tablename__ = "erased_paper"
    change: bytes = Field(primary_key=True, sa_type=LargeBinary)
    day: str


class WatchRow(StoreTable, table=True):
    """What the guard remembers of a stream (sync.store.removals).

    `settled` is the row at which it was last read to its end. `gone` records left by rows of `day`,
    a day of the server's; rows up to `passed` a person has allowed.
    """

    __tablename__ = "watch"
    stream: str = Field(primary_key=True)
    settled: int
    day: int
    gone: int
    passed: int


class StoppedRow(StoreTable, table=True):
    """A page as it came that would take `gone` records away, and waits for a person."""

    __tablename__ = "stopped"
    stream: str = Field(primary_key=True)
    last: int
    gone: int
    since: int
    plain: bytes = Field(sa_type=LargeBinary)
    signature: bytes = Field(sa_type=LargeBinary)


class PassedOnRow(StoreTable, table=True):
    """The newest receipt for another desk that a stick brought here, to go on by the next one.

    `reader` is the id of that desk's sealing key, `seq` the batch up to which the receipt goes.
    """

    __tablename__ = "passed_on"
    reader: bytes = Field(primary_key=True, sa_type=LargeBinary)
    incarnation: bytes = Field(sa_type=LargeBinary)
    seq: int
    came: int
    envelope: bytes = Field(sa_type=LargeBinary)


class AttachmentRow(StoreTable, table=True):
    """A file attached to a record, by the digest of its manifest (sync.protocol.attachment).

    `manifest` is empty and `size` 0 before the city has told it. `plain` is the SHA-256 of the
    content and `file_key` its key where it was attached here, both empty else. `whole`: every chunk
    is here. `received` and `durable` are what the city said, `asked` the newest backup by then.
    `wished`: somebody wants to open it, and it is to be fetched.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_plain", "plain", sqlite_where=text("length(plain) > 0")),
        Index("ix_attachment_unsent", "made", sqlite_where=text("whole = 1 AND received = 0")),
        Index("ix_attachment_wished", "made", sqlite_where=text("wished = 1")),
        Index("ix_attachment_doubtful", "asked", sqlite_where=text("received = 1 AND durable = 0")),
    )
    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    manifest: bytes = Field(sa_type=LargeBinary)
    size: int
    plain: bytes = Field(sa_type=LargeBinary)
    file_key: bytes = Field(sa_type=LargeBinary)
    made: int
    whole: int
    received: int
    durable: int
    asked: int
    wished: int


class ChunkRow(StoreTable, table=True):
    """A sealed chunk that lies beside the store as the file `name` (sync.store.chunks)."""

    __tablename__ = "chunk"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}
    attachment: bytes = Field(primary_key=True, sa_type=LargeBinary)
    place: int = Field(primary_key=True)
    name: str = Field(unique=True)
    size: int
