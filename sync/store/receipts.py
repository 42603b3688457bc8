"""The server's signed receipt: how far our batches have come, and verdicts."""

import msgspec
from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.protocol import wire
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Signed
from sync.store import mirror, pages, settings, troubles
from sync.store.handle import Store

_WAITING = frozenset({"refused", "held", "quarantined"})  # no row of the stream shows these


def take(store: Store, signed: Signed) -> Receipt:
    """Check a receipt and note what it says; an older one than we have moves nothing back.

    Refused(signature_wrong | receipt_elsewhere), and receipt_head where the city has a batch of
    ours that this laptop never sealed: it was copied, or put back to an earlier state.
    """
    receipt = wire.decode(signatures.check(signed, store.desk.server.sign, "receipt"), Receipt)
    desk = store.desk
    if (receipt.device, receipt.incarnation) != (desk.device, desk.incarnation):
        raise Refused(Problem("receipt_elsewhere"))
    with store.write() as conn:
        received = _batch(store, conn, receipt.received, receipt.head)
        durable = _row(store, conn, receipt.durable)
        marks = settings.marks(conn)
        settings.write(
            conn,
            "marks",
            settings.Marks(
                max(marks.sent, received),
                max(marks.received, received),
                max(marks.durable, durable),
                max(marks.receipt_time, receipt.time),
            ),
        )
        _verdicts(store, conn, receipt.verdicts)
    return receipt


def _batch(store: Store, conn: Connection, seq: int, head: bytes) -> int:
    """Find the row of the batch that the receipt covers; its id must be ours."""
    if seq == 0:
        return 0
    row = conn.exec_driver_sql(
        "SELECT n, id FROM batch WHERE incarnation = ? AND seq = ?", (store.desk.incarnation, seq)
    ).first()
    if row is None or row.id != head:
        raise Refused(Problem("receipt_head"))
    return int(row.n)


def _row(store: Store, conn: Connection, seq: int) -> int:
    query = "SELECT max(n) FROM batch WHERE incarnation = ? AND seq <= ?"
    return conn.exec_driver_sql(query, (store.desk.incarnation, seq)).scalar() or 0


def _verdicts(store: Store, conn: Connection, verdicts: list[Verdict]) -> None:
    waiting = [verdict for verdict in verdicts if verdict.verdict in _WAITING]
    if waiting:
        conn.exec_driver_sql(
            "UPDATE change SET verdict = ?, code = ? WHERE seq = ? AND n > ? AND pending = 1",
            [(v.verdict, v.code, v.seq, store.desk.since) for v in waiting],
        )
        found = []
        for verdict in waiting:
            kind = troubles.kind_of(verdict.verdict, verdict.code, ours=True)
            row = _change(store, conn, verdict.seq) if kind else None
            if kind is not None and row is not None:
                found.append(troubles.Trouble(row[0], row[1], kind, verdict.code))
        troubles.open_all(conn, found, store.now())
    _passed(store, conn, [v for v in verdicts if v.verdict not in _WAITING])


def _passed(store: Store, conn: Connection, verdicts: list[Verdict]) -> None:
    """Drop what is still pending though the stream has passed the row that shows it.

    That is so of a change that the city knew before this laptop sent it again.
    """
    if conn.exec_driver_sql("SELECT 1 FROM change WHERE pending = 1 LIMIT 1").first() is None:
        return
    reached = {name: pages.cursor(conn, name).row for name in {v.stream for v in verdicts}}
    seqs = [v.seq for v in verdicts if v.row <= reached[v.stream]]
    names = set()
    for seq in seqs:
        row = _change(store, conn, seq)
        if row is not None and row[2]:
            names.add(row[1])
    if not names:
        return
    here = mirror.held(conn, names)
    conn.exec_driver_sql(
        "UPDATE change SET pending = 0 WHERE seq = ? AND n > ?",
        [(seq, store.desk.since) for seq in seqs],
    )
    mirror.settle(store, conn, here, {name: held.said for name, held in here.items()})


def _change(store: Store, conn: Connection, seq: int) -> tuple[bytes, bytes, bool] | None:
    row = conn.exec_driver_sql(
        "SELECT id, record, pending FROM change WHERE seq = ? AND n > ?", (seq, store.desk.since)
    ).first()
    return (row.id, row.record, bool(row.pending)) if row else None


def heard(store: Store, epoch: bytes, time: int) -> None:
    """Note the server's epoch and how far its clock is from ours."""
    desk = msgspec.structs.replace(store.desk, epoch=epoch, clock_offset=time - store.now())
    with store.write() as conn:
        settings.write(conn, "desk", desk)
    store.desk = desk
