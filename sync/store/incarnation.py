"""A device's life begins anew when its history forks: put back, or found to be copied.

Device id and changes stay. What the city may not have is sealed again in a chain of its own, and
change ids remove doubles there; leases of the life before are never used again.
"""

import os

import msgspec
from sqlalchemy import Connection

from sync.store import settings
from sync.store.settings import Desk, Marks

INCARNATION_BYTES = 8


def begin(conn: Connection) -> Desk:
    """Begin a new incarnation, in the caller's transaction; return the desk as it now is."""
    marks = settings.marks(conn)
    last_change = conn.exec_driver_sql("SELECT coalesce(max(n), 0) FROM change").scalar_one()
    last_batch = conn.exec_driver_sql("SELECT coalesce(max(n), 0) FROM batch").scalar_one()
    conn.exec_driver_sql(
        "UPDATE record SET batch = NULL WHERE id IN "
        "(SELECT record FROM change WHERE seq IS NOT NULL AND coalesce(batch, ?) > ?)",
        (last_batch + 1, marks.received),
    )
    conn.exec_driver_sql(
        "UPDATE change SET batch = NULL WHERE seq IS NOT NULL AND batch > ?", (marks.received,)
    )
    settings.write(
        conn,
        "marks",
        Marks(last_batch, last_batch, marks.durable, marks.receipt_time),
    )
    desk = msgspec.structs.replace(
        settings.desk(conn), incarnation=os.urandom(INCARNATION_BYTES), since=last_change
    )
    settings.write(conn, "desk", desk)
    settings.write(conn, "seq", 0)
    settings.write(conn, "nonces", [])
    return desk
