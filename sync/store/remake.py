"""What a city that was put back lacks of our batches goes again: the same bytes where we have them.

batches of this incarnation behind its receipt    sent again as they are
bytes that are gone, or chains of a life before   the changes are sealed again, in a new chain
or this one; change ids remove doubles
"""

from sync.protocol.receipt import Receipt
from sync.store import incarnation, settings, trust
from sync.store.handle import Store
from sync.store.statements import Connection


def go_back(store: Store, conn: Connection, receipt: Receipt, received: int, durable: int) -> None:
    """Set the marks to what the first receipt of an epoch says; rows of `batch`, 0 for none."""
    before = settings.marks(conn)
    if received == 0:
        received = _reseal_former(conn, store.desk.incarnation)
    settings.write(
        conn,
        "marks",
        settings.Marks(
            received,
            received,
            durable,
            receipt.time,
            receipt.epoch,
            receipt.streams,
            max(before.generation, receipt.generation),
        ),
    )
    # What the city has of attachments it says again; what is here of them is offered again.
    conn.exec_driver_sql("UPDATE attachment SET received = 0, durable = 0, asked = 0")
    gap = conn.exec_driver_sql(
        "SELECT 1 FROM batch WHERE n > ? AND incarnation = ? AND length(envelope) = 0 LIMIT 1",
        (received, store.desk.incarnation),
    ).first()
    if gap is not None or trust.is_gone(conn, store.desk.incarnation, received):
        incarnation.begin(conn)


def _reseal_former(conn: Connection, present: bytes) -> int:
    """Let all that former incarnations sent be sealed anew; return their newest batch's row."""
    last: int = conn.exec_driver_sql(
        "SELECT coalesce(max(n), 0) FROM batch WHERE incarnation <> ?", (present,)
    ).scalar_one()
    if last:
        own = "seq IS NOT NULL AND batch IN (SELECT n FROM batch WHERE incarnation <> ?)"
        conn.exec_driver_sql(
            f"UPDATE record SET batch = NULL WHERE id IN (SELECT record FROM change WHERE {own})",  # noqa: S608 - no values in it
            (present,),
        )
        conn.exec_driver_sql(f"UPDATE change SET batch = NULL WHERE {own}", (present,))  # noqa: S608 - no values in it
    return last
