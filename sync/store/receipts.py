"""The server's signed receipt: how far our batches have come, and verdicts."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.protocol import wire
from sync.protocol.change import NEW
from sync.protocol.place import TAKEN
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Signed
from sync.store import (
    conflicts,
    incarnation,
    kept,
    leaves,
    mirror,
    pages,
    recovery,
    remake,
    renaming,
    retention,
    settings,
    troubles,
)
from sync.store.handle import Store
from sync.store.statements import Connection

AHEAD_MS = 86_400_000  # an answer may be fetched again hours after it was given

_WAITING = frozenset({"refused", "held", "quarantined"})  # no row of the stream shows these


def take(store: Store, signed: Signed, *, first_hand: bool = False) -> Receipt:
    """Check a receipt and note what it says; an older one than we have moves nothing back.

    One that answers what we just asked is no older one: the city's clock was ahead then, and what
    it says of the time now goes before.

    The first one of a new epoch moves the marks to where that epoch is, and what it lacks goes
    again. One of another epoch than ours, or of an earlier life of ours, says nothing. Where the
    city has a batch of ours that this laptop never sealed, it was copied, or put back to an earlier
    state: a new life begins.

    Refused(signature_wrong | receipt_elsewhere).
    """
    receipt = wire.decode(signatures.check_any(signed, store.desk.signs, "receipt"), Receipt)
    desk = store.desk
    nothing = msgspec.structs.replace(receipt, verdicts=[])
    if (receipt.device, receipt.incarnation) != (desk.device, desk.incarnation):
        with store.read() as conn:
            if incarnation.was_ours(conn, receipt.device, receipt.incarnation):
                return nothing
        raise Refused(Problem("receipt_elsewhere"))
    if receipt.epoch != desk.epoch:
        return nothing
    with incarnation.renewing(store) as conn:
        received = _batch(store, conn, receipt.received, receipt.head)
        if received is None:
            incarnation.begin(conn)
            return nothing
        durable = _row(store, conn, receipt.durable)
        marks = settings.marks(conn)
        newer = receipt.time >= marks.receipt_time or (
            first_hand and receipt.time < marks.receipt_time - AHEAD_MS
        )
        if marks.epoch not in {b"", receipt.epoch}:
            remake.go_back(store, conn, receipt, received, durable)
        else:
            if receipt.received < _receipted(store, conn, marks.received) and newer:
                recovery.note_forgotten(conn)
            settings.write(
                conn,
                "marks",
                settings.Marks(
                    max(marks.sent, received),
                    max(marks.received, received),
                    max(marks.durable, durable),
                    receipt.time if newer else marks.receipt_time,
                    receipt.epoch,
                    receipt.streams if newer else marks.streams,
                    max(marks.generation, receipt.generation),
                ),
            )
        if received >= marks.received or marks.epoch != receipt.epoch:
            settings.write(conn, "receipt", signed)
        retention.prune(conn, settings.marks(conn), store.now())
        _verdicts(store, conn, receipt.verdicts)
    return receipt


def _batch(store: Store, conn: Connection, seq: int, head: bytes) -> int | None:
    """Find the row of the batch that the receipt covers; None where its id is not ours."""
    if seq == 0:
        return 0
    row = conn.exec_driver_sql(
        "SELECT n, id FROM batch WHERE incarnation = ? AND seq = ?", (store.desk.incarnation, seq)
    ).first()
    return int(row.n) if row is not None and row.id == head else None


def _receipted(store: Store, conn: Connection, row: int) -> int:
    """Tell the highest batch of this life up to a row; 0 for a life that has sent none yet."""
    query = "SELECT max(seq) FROM batch WHERE incarnation = ? AND n <= ?"
    return conn.exec_driver_sql(query, (store.desk.incarnation, row)).scalar() or 0


def _row(store: Store, conn: Connection, seq: int) -> int:
    query = "SELECT max(n) FROM batch WHERE incarnation = ? AND seq <= ?"
    return conn.exec_driver_sql(query, (store.desk.incarnation, seq)).scalar() or 0


def _verdicts(store: Store, conn: Connection, verdicts: list[Verdict]) -> None:
    waiting = _told(store, conn, [v for v in verdicts if v.verdict in _WAITING])
    if waiting:
        conn.exec_driver_sql(
            "UPDATE change SET verdict = ?, code = ? WHERE n = ? AND (pending = 1 "
            "OR (verdict = 'refused' AND verdict = ? AND row = 0))",
            [(told.verdict, told.code, row.n, told.verdict) for told, row in waiting],
        )
        again = _begun_anew(store, conn, waiting)
        found = [
            troubles.Trouble(row.id, row.record, verdict.code)
            for verdict, row in waiting
            if verdict.verdict == troubles.REFUSED and row.pending and row.record not in again
        ]
        troubles.open_all(conn, found, store.now())
        records = {trouble.record for trouble in found}
        leaves.disown(store, conn, records)
        conflicts.release(store, conn, [trouble.change for trouble in found])
        leaves.drop(store, conn, records)
    _passed(store, conn, [v for v in verdicts if v.verdict not in _WAITING])


def _begun_anew(
    store: Store, conn: Connection, waiting: Sequence[tuple[Verdict, "_Own"]]
) -> set[bytes]:
    """Begin records anew whose derived id is another's; name the records that this was done for."""
    names = [row.id for told, row in waiting if row.pending and (told.verdict, told.code) == TAKEN]
    query = "SELECT plain FROM change WHERE id = ?"
    taken = [
        change
        for name in names
        for change in [kept.unpack(conn.exec_driver_sql(query, (name,)).scalar_one(), name)]
        if change.act == NEW
    ]
    if taken:
        store.know(conn)  # a life may have begun in this very transaction
        renaming.begin_anew(store, conn, taken)
    return {change.target for change in taken}


def _passed(store: Store, conn: Connection, verdicts: list[Verdict]) -> None:
    """Drop what is still pending though the stream has passed the row that shows it.

    That is so of a change that the city knew before this laptop sent it again.
    """
    if conn.exec_driver_sql("SELECT 1 FROM change WHERE pending = 1 LIMIT 1").first() is None:
        return
    reached = {name: pages.cursor(conn, name).row for name in {v.stream for v in verdicts}}
    shown = [verdict for verdict in verdicts if verdict.row <= reached[verdict.stream]]
    passed = [(verdict, row) for verdict, row in _told(store, conn, shown) if row.pending]
    if not passed:
        return
    records = {row.record for _, row in passed}
    here = mirror.held(conn, records)
    # Noted as if the row had told it: a cursor in a lost history, which has its own row of that
    # number, goes back some day, and then the change is pending again.
    conn.exec_driver_sql(
        "UPDATE change SET pending = 0, verdict = ?, code = ?, stream = ?, row = ? WHERE n = ?",
        [(told.verdict, told.code, told.stream, told.row, row.n) for told, row in passed],
    )
    mirror.settle(store, conn, here, {name: held.said for name, held in here.items()})
    leaves.drop(store, conn, records)


class _Own(NamedTuple):
    """A change of ours that a verdict is about."""

    n: int
    id: bytes
    record: bytes
    pending: bool


def _told(
    store: Store, conn: Connection, verdicts: Sequence[Verdict]
) -> list[tuple[Verdict, _Own]]:
    """Find the changes that verdicts are about: each life counted its acts from 1."""
    found = []
    for verdict in verdicts:
        since = store.desk.since
        rows = conn.exec_driver_sql(
            "SELECT n, id, record, pending, plain FROM change WHERE seq = ? AND (n <= ?) = ?",
            (verdict.seq, since, bool(verdict.incarnation)),
        )
        for n, name, record, pending, plain in rows:
            wanted = verdict.incarnation
            if not wanted or kept.unpack(plain, name).incarnation == wanted:
                found.append((verdict, _Own(n, name, record, bool(pending))))
    return found


def heard(store: Store, time: int) -> None:
    """Note how far the server's clock is from ours."""
    desk = msgspec.structs.replace(store.desk, clock_offset=time - store.now())
    with store.write() as conn:
        settings.write(conn, "desk", desk)
    store.desk = desk
