"""Takes one batch: from a stranger's bytes to effects, history, stream rows and verdicts.

    envelope -> device known, not revoked -> signature -> seal -> header = content -> changes
             -> scope and answers, each change for itself (no lock held up to here)
             -> ONE transaction: place in the chain, judge, write, number the streams, the batch

The place in the chain (device, incarnation, seq) decides what a batch is:

    known here, same id      taken before: the old verdicts again
    known here, other id     batch_fork: two laptops write one history; nothing is taken
    next, prev fits          taken
    next, prev differs       batch_fork
    further on               batch_gap: the receipt says how far it has come
"""

import hashlib

import msgspec
from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.protocol import columns, wire
from sync.protocol.batch import CHANGES_MAX, SEALED_MAX, TEXT_BYTES_MAX, TEXTS_MAX, Batch
from sync.protocol.change import Change
from sync.protocol.header import Header, Kind
from sync.protocol.receipt import Verdict
from sync.protocol.stream import Cursor
from sync.server import (
    bulk,
    device_keys,
    guard,
    leases,
    lives,
    offices,
    receipts,
    tables,
    writing,
)
from sync.server.city import City
from sync.server.devices import Device, admitted, ancestors, known, note_seen
from sync.server.judging import Judging
from sync.server.scope import Doorkeeper
from sync.server.view import BatchView


class Taken(msgspec.Struct, frozen=True):
    """A batch that is here now; `known` if it was here before. Verdicts are in its own order."""

    device: bytes
    incarnation: bytes
    seq: int
    known: bool
    verdicts: list[Verdict]


class Opened(msgspec.Struct, frozen=True):
    """A message of a known device: who wrote it, header and id, and what was in the seal."""

    device: Device
    header: Header
    id: bytes
    content: bytes


def open_message(city: City, data: bytes, kind: Kind, *, revoked: bool = False) -> Opened:
    """Open a message to this server; with `revoked` also one of a device that is.

    Refused(envelope_malformed | envelope_version | envelope_kind | device_unknown |
    device_revoked | key_gone | signature_wrong | seal_wrong | frame_malformed |
    frame_too_large).
    """
    letter = envelope.read(data)
    header = letter.header
    if header.kind != kind:
        raise Refused(Problem("envelope_kind"))
    with city.database.read() as connection:
        device = (known if revoked else admitted)(connection, city.code, header.writer)
        opener = city.ring.opener(header.reader)
        device = device_keys.writer(connection, city.code, device, letter)
    content = envelope.unseal(letter, opener)
    return Opened(device, header, letter.id, content)


class Prepared(msgspec.Struct, frozen=True):
    """A batch that was opened and looked at, but not yet met the database."""

    opened: Opened
    changes: list[Change]
    texts: dict[str, str]
    faults: dict[bytes, str]
    cursors: list[Cursor]
    highest: list[tuple[bytes, int]]


def take(city: City, data: bytes, *, revoked: bool = False) -> Taken:
    """Take one batch, or Refused with nothing changed: what `prepare` and `apply` say.

    With `revoked` also one of a revoked device, at an administrator's word.
    """
    return apply(city, prepare(city, data, revoked=revoked), revoked=revoked)


def prepare(city: City, data: bytes, *, revoked: bool = False) -> Prepared:
    """Do all that needs no lock.

    Beside what `open_message` says, Refused(envelope_too_large | message_malformed | batch_header |
    column_malformed | batch_too_many).
    """
    if len(data) > SEALED_MAX:
        raise Refused(Problem("envelope_too_large", facts={"max": SEALED_MAX}))
    opened = open_message(city, data, "batch", revoked=revoked)
    batch = _batch(opened)
    changes = columns.decode(batch.changes, rows_max=CHANGES_MAX)
    with city.database.read() as connection:
        office = offices.by_id(connection, city.code, opened.device.office)
        authors = ancestors(connection, city.code, opened.device.id)
    faults = Doorkeeper(city, office, authors).faults(changes)
    texts = sound_texts(batch.texts)
    return Prepared(opened, changes, texts, faults, batch.cursors, batch.highest)


def apply(city: City, prepared: Prepared, *, revoked: bool = False) -> Taken:
    """Take a prepared batch in one transaction; Refused(batch_fork | batch_gap)."""
    opened = prepared.opened
    header = opened.header
    with city.database.write() as connection:
        if not revoked:
            admitted(connection, city.code, opened.device.id)  # revoked meanwhile?
        before = _met_before(connection, city, opened)
        if before is not None:
            return before
        now = city.now()
        writing.write_texts(connection, city.code, prepared.texts)
        verdicts = _judge_and_write(connection, city, prepared, now)
        _keep(connection, city, opened, verdicts, now)
        place = (opened.device.office, opened.device.id)
        leases.reached(connection, city, place, prepared.highest)
        lives.begin(connection, city, opened.device, header.incarnation)
        note_seen(connection, city.code, header.writer, now)
    return Taken(header.writer, header.incarnation, header.seq, known=False, verdicts=verdicts)


def _batch(opened: Opened) -> Batch:
    batch = wire.decode_exactly(opened.content, Batch)
    said = (batch.device, batch.incarnation, batch.seq)
    if said != (opened.header.writer, opened.header.incarnation, opened.header.seq):
        raise Refused(Problem("batch_header"))
    if len(batch.changes) > SEALED_MAX:  # a desk's are half as long; a table takes eight times that
        raise Refused(Problem("frame_too_large"))
    return batch


def sound_texts(texts: dict[str, str]) -> dict[str, str]:
    """Keep the texts that are what their name says; a wrong one holds nothing up (P7).

    Refused(batch_too_many).
    """
    if len(texts) > TEXTS_MAX:
        raise Refused(Problem("batch_too_many", facts={"max": TEXTS_MAX}))
    return {
        digest: content
        for digest, content in texts.items()
        if len(content) <= TEXT_BYTES_MAX
        and columns.NUL not in content
        and hashlib.sha256(content.encode()).hexdigest() == digest
    }


def is_here(connection: Connection, region: str, header: Header, name: bytes) -> bool:
    """Tell whether this very batch was taken before."""
    place = {
        "region": region,
        "device": header.writer,
        "incarnation": header.incarnation,
        "seq": header.seq,
    }
    row = bulk.found(connection, tables.batch, ("id",), place).first()
    return row is not None and row.id == name


def _met_before(connection: Connection, city: City, opened: Opened) -> Taken | None:
    """Find the batch's place in its chain; Refused(batch_fork | batch_gap)."""
    header = opened.header
    author = (header.writer, header.incarnation)
    place = {
        "region": city.code,
        "device": header.writer,
        "incarnation": header.incarnation,
        "seq": header.seq,
    }
    row = bulk.found(connection, tables.batch, ("id", "verdicts"), place).first()
    if row is not None:
        if row.id != opened.id:
            raise Refused(Problem("batch_fork", facts={"seq": header.seq}))
        return Taken(*author, header.seq, known=True, verdicts=receipts.unpack(row.verdicts))
    received, head = receipts.chain_head(connection, city.code, *author)
    if header.seq != received + 1:
        raise Refused(Problem("batch_gap", facts={"seq": header.seq, "next": received + 1}))
    if header.prev != head:
        raise Refused(Problem("batch_fork", facts={"seq": header.seq}))
    return None


def _judge_and_write(
    connection: Connection, city: City, prepared: Prepared, now: int
) -> list[Verdict]:
    view = BatchView(connection, city, prepared.faults)
    view.reach.knew(prepared.opened.device.id, prepared.cursors)
    device = prepared.opened.device
    guarding = guard.Guard(view, device.id, device.office, now)
    guarding.look(prepared.changes)
    judging = Judging(view, guarding.stops, guard.HELD)
    judging.close_overdue(now)
    judging.run(prepared.changes)
    guarding.note(judging.outcomes)
    verdicts = writing.write(view, judging.outcomes, now)
    own = prepared.opened.header.incarnation
    return [_told(verdicts[change.id], change, own) for change in prepared.changes]


def _told(verdict: Verdict, change: Change, own: bytes) -> Verdict:
    """Name the incarnation of a change that an earlier life made, which counted for itself."""
    if change.incarnation == own:
        return verdict
    return msgspec.structs.replace(verdict, incarnation=change.incarnation)


def _keep(
    connection: Connection, city: City, opened: Opened, verdicts: list[Verdict], now: int
) -> None:
    header = opened.header
    row = {
        "region": city.code,
        "device": header.writer,
        "incarnation": header.incarnation,
        "seq": header.seq,
        "id": opened.id,
        "prev": header.prev,
        "epoch": header.epoch,
        "received": now,
        "changes": len(verdicts),
        "verdicts": receipts.pack(verdicts),
    }
    bulk.add(connection, tables.batch, [row])
