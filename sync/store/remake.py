"""What a city that was put back lacks of our batches goes again: the same bytes where we have them.

batches of this incarnation behind its receipt    sent again as they are
bytes that are gone, or chains of a life before   the changes are sealed again, in a new chain
or this one; change ids remove doubles

A life may have begun after the city was put back and before anybody knew: its own batches are with
the city then, and those of the lives before may not be. Whatever of theirs has no row in the
history that is left goes again.
"""

from sync.protocol.receipt import Receipt
from sync.store import incarnation, settings, trust
from sync.store.handle import Store
from sync.store.statements import Connection

_ALL, _LOST = "1 = 1", "(pending = 1 OR row = 0)"


def go_back(store: Store, conn: Connection, receipt: Receipt, received: int, durable: int) -> None:
    """Set the marks to what the first receipt of an epoch says; rows of `batch`, 0 for none."""
    before = settings.marks(conn)
    if received == 0:
        received = _last_of_former(conn, store.desk.incarnation)
        _reseal(conn, store.desk.incarnation, _ALL)
    else:
        reseal_lost(store, conn)
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


def reseal_lost(store: Store, conn: Connection) -> None:
    """Let what former incarnations sent be sealed anew where no row of the history shows it."""
    _reseal(conn, store.desk.incarnation, _LOST)


def _last_of_former(conn: Connection, present: bytes) -> int:
    """Tell the row of the newest batch of former incarnations, 0 without one."""
    query = "SELECT coalesce(max(n), 0) FROM batch WHERE incarnation <> ?"
    return int(conn.exec_driver_sql(query, (present,)).scalar_one())


def _reseal(conn: Connection, present: bytes, which: str) -> None:
    own = f"{which} AND seq IS NOT NULL AND batch IN (SELECT n FROM batch WHERE incarnation <> ?)"  # noqa: S608 - no values in it
    conn.exec_driver_sql(
        f"UPDATE record SET batch = NULL WHERE id IN (SELECT record FROM change WHERE {own})",  # noqa: S608 - no values in it
        (present,),
    )
    conn.exec_driver_sql(f"UPDATE change SET batch = NULL WHERE {own}", (present,))  # noqa: S608 - no values in it
