"""What leaves this laptop: changes sealed into batches once, the same bytes ever after.

A batch is sealed outside the transaction that keeps it, so a clerk who saves meanwhile never
waits.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import columns, wire
from sync.protocol.batch import CHANGES_MAX, Batch
from sync.protocol.change import Change
from sync.protocol.exchange import Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.protocol.stream import Cursor
from sync.store import kept, leases, numbers, settings, texts
from sync.store.handle import Store

CHAIN_START = bytes(32)
PLAIN_MAX = (
    4 * 1024 * 1024
)  # of one batch's changes before compression; half the bound of a sealed one
NONCE_BYTES = 16
NONCES_MAX = 64  # asks that may still be answered: a stick a day for two months


class Frozen(msgspec.Struct, frozen=True):
    """One sealed batch: its row, its place in the chain of its incarnation, its name, its bytes."""

    n: int
    seq: int
    id: bytes
    envelope: bytes


class Asked(msgspec.Struct, frozen=True):
    """A sealed ask, and the nonce that its answer must bear."""

    envelope: bytes
    nonce: bytes


class _Unsealed(NamedTuple):
    """Changes that make the next batch, and what was read with them."""

    rows: list[int]
    changes: list[Change]
    texts: dict[str, str]
    cursors: list[Cursor]
    highest: list[tuple[bytes, int]]
    last: Frozen | None


def freeze(store: Store) -> list[Frozen]:
    """Seal every change that is in no batch yet, oldest first, and keep the batches.

    One trip or stick at a time may do this; Refused(outbox_busy) if another came in between.
    """
    made = []
    while (unsealed := _unsealed(store)) is not None:
        made.append(_kept(store, unsealed))
    return made


def unreceipted(store: Store, limit: int | None = None) -> list[bytes]:
    """Give the envelopes of batches without a receipt, in the order of their chain."""
    return [frozen.envelope for frozen in waiting(store, limit)]


def waiting(store: Store, limit: int | None = None) -> list[Frozen]:
    """Give the batches without a receipt, in the order of their chain."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT n, seq, id, envelope FROM batch WHERE n > ? AND incarnation = ? "
            "ORDER BY n LIMIT ?",
            (settings.marks(conn).received, store.desk.incarnation, -1 if limit is None else limit),
        )
        return [Frozen(*row) for row in rows]


def sent(store: Store, n: int, carrier: str) -> None:
    """Note that all batches up to this row have left, by "https" or "folder"."""
    with store.write() as conn:
        conn.exec_driver_sql(
            "UPDATE batch SET sent = ?, carrier = ? WHERE n <= ? AND sent IS NULL",
            (store.now(), carrier, n),
        )
        marks = settings.marks(conn)
        if n > marks.sent:
            settings.write(conn, "marks", msgspec.structs.replace(marks, sent=n))


def ask(store: Store) -> Asked:
    """Seal a request for what is new, and remember its nonce."""
    nonce = os.urandom(NONCE_BYTES)
    with store.write() as conn:
        nonces = settings.read(conn, "nonces", list[bytes]) or []
        settings.write(conn, "nonces", [*nonces, nonce][-NONCES_MAX:])
        content = Ask(
            nonce=nonce,
            device=store.desk.device,
            incarnation=store.desk.incarnation,
            cursors=cursors(conn),
            wanted=numbers.wanted(store, conn),
            clock=store.now(),
        )
    sealed = _seal(store, wire.encode(content), "ask", 0, CHAIN_START)
    return Asked(sealed, nonce)


def cursors(conn: Connection) -> list[Cursor]:
    """Tell how far every stream was read."""
    rows = conn.exec_driver_sql("SELECT name, row, chain FROM stream ORDER BY name")
    return [Cursor(*row) for row in rows]


def _unsealed(store: Store) -> _Unsealed | None:
    with store.read() as conn:
        rows = list(_next(conn))
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
            texts.get(conn, sorted(_cited(changes))),
            cursors(conn),
            leases.highest(conn, store.desk.incarnation),
            Frozen(*last) if last else None,
        )


def _next(conn: Connection) -> Iterator[tuple[int, bytes, bytes]]:
    """Give the oldest unsealed changes, as many as a batch may have."""
    size = 0
    rows = conn.exec_driver_sql(
        "SELECT n, id, plain FROM change WHERE batch IS NULL AND seq IS NOT NULL "
        "ORDER BY n LIMIT ?",
        (CHANGES_MAX,),
    )
    for at, (n, name, plain) in enumerate(rows):
        size += len(plain)
        if at and size > PLAIN_MAX:
            break
        yield n, name, plain


def _cited(changes: list[Change]) -> set[str]:
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
    sealed = _seal(store, wire.encode(content), "batch", seq, last.id if last else CHAIN_START)
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


def _seal(store: Store, content: bytes, kind: Kind, seq: int, prev: bytes) -> bytes:
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
