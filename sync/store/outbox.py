"""What leaves this laptop: changes sealed into batches once, the same bytes ever after.

A batch is sealed outside the transaction that keeps it, so a clerk who saves meanwhile never
waits.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import columns, wire
from sync.protocol.attachment import Files
from sync.protocol.batch import CHANGES_MAX, Batch
from sync.protocol.change import Change
from sync.protocol.exchange import FORMER_MAX, ROWS_MAX, Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.protocol.looks import ASKED_MAX, NARROW_MAX
from sync.protocol.stream import Cursor, Signed
from sync.store import (
    cursors,
    erasing,
    finals,
    incarnation,
    kept,
    lanes,
    leases,
    looks,
    policy,
    recovery,
    rekey,
    settings,
    snapshot,
    standing,
    texts,
    trust,
)
from sync.store.handle import Store
from sync.store.statements import Connection

CHAIN_START = bytes(32)
PLAIN_MAX = (
    4 * 1024 * 1024
)  # of one batch's changes before compression; half the bound of a sealed one
AT_ONCE = 16 * 1024  # of changes before compression: a narrow line takes so many in one piece
NONCE_BYTES = 16
NONCES_MAX = 64  # asks that may still be answered: a stick a day for two months


class Frozen(msgspec.Struct, frozen=True):
    """One sealed batch: its row, its place in the chain of its incarnation, its name, its bytes."""

    n: int
    seq: int
    id: bytes
    envelope: bytes


class Asked(msgspec.Struct, frozen=True):
    """A sealed ask, and the nonce that its answer must bear.

    While we are `parting` it is for a device of our own, and nothing is brought with it.
    """

    envelope: bytes
    nonce: bytes
    parting: bool = False


class _Unsealed(NamedTuple):
    """Changes that make the next batch, and what was read with them."""

    rows: list[int]
    changes: list[Change]
    texts: dict[str, str]
    cursors: list[Cursor]
    highest: list[tuple[bytes, int]]
    last: Frozen | None


def freeze(store: Store, *, narrow: bool = False) -> list[Frozen]:
    """Seal every change that is in no batch yet, oldest first, and keep the batches.

    Where they don't go at once, since there are too many or the line is `narrow`, the urgent ones
    have batches of their own in front. One trip or stick at a time may do this;
    Refused(outbox_busy) if another came in between.
    """
    made = list[Frozen]()
    count, ahead = _ahead(store, narrow=narrow)
    if not count:
        return made
    while (unsealed := _unsealed(store, ahead)) is not None:
        made.append(_kept(store, unsealed))
        ahead = ahead[len(unsealed.rows) :]
    return made


def is_waiting(store: Store) -> bool:
    """Tell whether something was saved that is in no batch yet."""
    with store.read() as conn:
        query = "SELECT 1 FROM change WHERE batch IS NULL AND seq IS NOT NULL LIMIT 1"
        return conn.exec_driver_sql(query).first() is not None


def unreceipted(store: Store, limit: int | None = None) -> list[bytes]:
    """Give the envelopes of batches without a receipt, in the order of their chain."""
    return [frozen.envelope for frozen in waiting(store, limit)]


def waiting(store: Store, limit: int | None = None, after: int = 0) -> list[Frozen]:
    """Give the batches without a receipt behind the row `after`, in the order of their chain."""
    with store.read() as conn:
        begin = max(settings.marks(conn).received, after)
        rows = conn.exec_driver_sql(
            # By n, which the plus brings about: else every batch that ever was is read and sorted.
            "SELECT n, seq, id, envelope FROM batch WHERE n > ? AND +incarnation = ? "
            "ORDER BY n LIMIT ?",
            (begin, store.desk.incarnation, -1 if limit is None else limit),
        )
        return [Frozen(*row) for row in rows]


def sent(store: Store, n: int, carrier: str) -> None:
    """Note that all batches up to this row that have no receipt left, by "folder" or "hub".

    One that goes again keeps the time when it first left.
    """
    with store.write() as conn:
        marks = settings.marks(conn)
        conn.exec_driver_sql(
            "UPDATE batch SET sent = coalesce(sent, ?), carrier = ? WHERE n > ? AND n <= ?",
            (store.now(), carrier, marks.received, n),
        )
        if n > marks.sent:
            settings.write(conn, "marks", msgspec.structs.replace(marks, sent=n))


def ask(
    store: Store,
    rows_max: int = ROWS_MAX,
    files: Files | None = None,
    *,
    remembered: bool = True,
) -> Asked:
    """Seal a request for what is new, at most so many rows at once, and remember its nonce.

    One that is not `remembered` asks for no numbers, and only who holds its nonce takes the answer.
    """
    nonce = os.urandom(NONCE_BYTES)
    looks_max = ASKED_MAX if rows_max >= ROWS_MAX else NARROW_MAX
    with store.write() as conn:
        if remembered:
            nonces = settings.read(conn, "nonces", list[bytes]) or []
            settings.write(conn, "nonces", [*nonces, nonce][-NONCES_MAX:])
        under_way, healing = recovery.read(conn), recovery.is_healing(conn)
        # While the city learns again what it granted, it must not grant anew.
        wanted = [] if healing or not remembered else finals.wanted(store, conn)
        if wanted:
            leases.wish(conn, nonce)
        content = Ask(
            nonce=nonce,
            device=store.desk.device,
            incarnation=store.desk.incarnation,
            cursors=cursors.every(conn),
            wanted=wanted,
            clock=store.now(),
            rows_max=rows_max,
            received=received(store, conn),
            marks=recovery.marks(conn, under_way.lost),
            lineage=recovery.lineage(conn) if under_way.shows else [],
            receipt=settings.read(conn, "receipt", Signed) if under_way.forgotten else None,
            generation=settings.marks(conn).generation,
            former=_former(store, conn),
            rekey=rekey.shown(conn),
            files=files,
            keys=trust.number(conn),
            erased=erasing.carried(store, conn),
            erasures=erasing.shown(conn),
            snapshot=snapshot.want(conn) if remembered and not healing else None,
            standing=standing.told(store, conn) if remembered else None,
            policy=policy.name(conn),
            looks=looks.waiting(conn, looks_max) if remembered else b"",
        )
    sealed = seal(store, wire.encode(content), "ask", 0, CHAIN_START)
    return Asked(sealed, nonce, content.rekey is not None)


def _former(store: Store, conn: Connection) -> list[bytes]:
    """Name what this very device was before, the latest last."""
    lives = incarnation.former(conn)
    return [life.incarnation for life in lives if life.device == store.desk.device][-FORMER_MAX:]


def received(store: Store, conn: Connection) -> int:
    """Tell the highest batch of this incarnation that we have a receipt for, 0 before the first.

    While a city that was put back learns again what it forgot, it judges anew: the batch before the
    first one with an act whose verdict we don't know any more.
    """
    query = "SELECT max(seq) FROM batch WHERE incarnation = ? AND n <= ?"
    row = conn.exec_driver_sql(query, (store.desk.incarnation, settings.marks(conn).received))
    known = row.scalar() or 0
    if not recovery.read(conn).open:
        return known
    query = (
        "SELECT min(b.seq) FROM change c JOIN batch b ON b.n = c.batch "
        "WHERE c.pending = 1 AND c.verdict = '' AND b.incarnation = ?"
    )
    first = conn.exec_driver_sql(query, (store.desk.incarnation,)).scalar()
    return known if first is None else min(known, first - 1)


def _ahead(store: Store, *, narrow: bool) -> tuple[int, list[int]]:
    """Count what is unsealed, and list the rows that are sealed before all others.

    None are where one batch takes everything.
    """
    with store.read() as conn:
        count, size = conn.exec_driver_sql(
            "SELECT count(*), coalesce(sum(length(plain)), 0) "
            "FROM change INDEXED BY ix_change_unsealed WHERE batch IS NULL AND seq IS NOT NULL"
        ).one()
        if count <= CHANGES_MAX and not (narrow and size > AT_ONCE):
            return count, []
        return count, lanes.urgent(conn)


def _unsealed(store: Store, ahead: list[int]) -> _Unsealed | None:
    with store.read() as conn:
        rows = list(_next(conn, ahead))
        if not rows:
            return None
        changes = [kept.unpack(plain, name) for _, name, plain in rows]
        last = conn.exec_driver_sql(
            "SELECT n, seq, id, envelope FROM batch WHERE incarnation = ? "
            "ORDER BY seq DESC LIMIT 1",
            (store.desk.incarnation,),
        ).first()
        return _Unsealed(
            [n for n, _, _ in rows],
            changes,
            texts.get(conn, sorted(cited(changes))),
            cursors.known(conn, rows[0][0]),
            leases.highest(conn, store.desk.incarnation),
            Frozen(*last) if last else None,
        )


def _next(conn: Connection, ahead: list[int]) -> Iterator[tuple[int, bytes, bytes]]:
    """Give the oldest unsealed changes, of those ahead first, as many as a batch may have."""
    size = 0
    where = "n IN (SELECT value FROM json_each(?)) AND " if ahead else ""
    these = (msgspec.json.encode(ahead[:CHANGES_MAX]).decode(),) if ahead else ()
    rows = conn.exec_driver_sql(
        f"SELECT n, id, plain FROM change WHERE {where}batch IS NULL AND seq IS NOT NULL "  # noqa: S608 - both texts stand above
        "ORDER BY n LIMIT ?",
        (*these, CHANGES_MAX),
    )
    for at, (n, name, plain) in enumerate(rows):
        size += len(plain)
        if at and size > PLAIN_MAX:
            break
        yield n, name, plain


def cited(changes: list[Change]) -> set[str]:
    """Collect the digests of the texts that letters among these changes cite."""
    papers = [change.body.paper for change in changes if change.body.paper]
    return {paper[name] for paper in papers for name in ("template", "head") if name in paper}


def _kept(store: Store, unsealed: _Unsealed) -> Frozen:
    """Seal one batch, then keep it and mark its changes in one short transaction."""
    last = unsealed.last
    seq = last.seq + 1 if last else 1
    content = Batch(
        device=store.desk.device,
        incarnation=store.desk.incarnation,
        seq=seq,
        changes=columns.encode(unsealed.changes),
        texts=unsealed.texts,
        cursors=unsealed.cursors,
        policy=store.desk.policy,
        highest=unsealed.highest,
        clock=store.now(),
    )
    sealed = seal(store, wire.encode(content), "batch", seq, last.id if last else CHAIN_START)
    name = envelope.read(sealed).id
    with store.write() as conn:
        here = conn.exec_driver_sql(
            "SELECT max(seq) FROM batch WHERE incarnation = ?", (store.desk.incarnation,)
        ).scalar()
        if (here or 0) != seq - 1:
            raise Refused(Problem("outbox_busy"))
        oldest = min(change.time for change in unsealed.changes)
        n = conn.exec_driver_sql(
            "INSERT INTO batch (id, incarnation, seq, changes, oldest, made, carrier, envelope) "
            "VALUES (?, ?, ?, ?, ?, ?, '', ?) RETURNING n",
            (name, store.desk.incarnation, seq, len(unsealed.rows), oldest, store.now(), sealed),
        ).scalar_one()
        conn.exec_driver_sql(
            "UPDATE change SET batch = ? WHERE n = ?", [(n, row) for row in unsealed.rows]
        )
        _mark_records(conn, n, {change.target for change in unsealed.changes})
    return Frozen(n, seq, name, sealed)


def _mark_records(conn: Connection, n: int, records: set[bytes]) -> None:
    """A record all of whose changes are in batches belongs to its newest one."""
    conn.exec_driver_sql(
        "UPDATE record SET batch = ? WHERE id = ? AND NOT EXISTS (SELECT 1 FROM change "
        "WHERE change.record = record.id AND change.batch IS NULL AND change.seq IS NOT NULL)",
        [(n, record) for record in sorted(records)],
    )


def seal(store: Store, content: bytes, kind: Kind, seq: int, prev: bytes) -> bytes:
    """Seal and sign something of this desk's for the city."""
    desk = store.desk
    header = Header(
        kind=kind,
        suite=CLASSICAL,
        writer=desk.device,
        reader=key_id(desk.server.seal),
        incarnation=desk.incarnation,
        seq=seq,
        prev=prev,
        epoch=desk.epoch,
    )
    return envelope.seal(content, header, sign=store.keys.sign, reader=desk.server.seal)
