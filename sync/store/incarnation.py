"""A device's life begins anew when its history forks: put back, or found to be copied.

    the city's receipt has a batch of ours that we never sealed      begin
    a lease of our name answers an ask that we never made            begin
    the keystore has seen more of us than the store knows            begin (sync.store.fence)
    an earlier life of ours is spoken of                             old news
    the city says that a later life has begun while we are alive     split: a device of our own
                                                                     (sync.store.rekey)

Changes stay. What the city may not have is sealed again in a chain of its own, and change ids
remove doubles there; leases of the life before are never used again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from sync.crypto.keys import public_sign
from sync.store import settings
from sync.store.handle import Store
from sync.store.settings import Desk
from sync.store.statements import Connection

INCARNATION_BYTES = 8
LIVES_MAX = 256  # that are remembered; a laptop is put back or copied a few times


class Former(msgspec.Struct, frozen=True):
    """A life that is over: who we were then, and the key by which its batches were signed."""

    device: bytes
    incarnation: bytes
    sign: bytes


def begin(conn: Connection, desk: Desk | None = None) -> Desk:
    """Begin a new incarnation, in the caller's transaction; return the desk as it now is.

    `desk` is who we are from now on where that is another device; its keys are the caller's to
    write, afterwards.
    """
    before, marks = settings.desk(conn), settings.marks(conn)
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
    # What was sealed and never received goes by no road any more: its changes are counted anew.
    conn.exec_driver_sql(
        "UPDATE batch SET changes = 0, envelope = x'' WHERE n > ?", (marks.received,)
    )
    settings.write(
        conn,
        "marks",
        msgspec.structs.replace(marks, sent=last_batch, received=last_batch),
    )
    old = Former(before.device, before.incarnation, public_sign(settings.keys(conn).sign))
    settings.write(conn, "lives", [*former(conn), old][-LIVES_MAX:])
    now = msgspec.structs.replace(
        desk or before,
        incarnation=desk.incarnation if desk else os.urandom(INCARNATION_BYTES),
        since=last_change,
    )
    settings.write(conn, "desk", now)
    settings.write(conn, "seq", 0)
    settings.write(conn, "nonces", [])
    settings.write(conn, "wishes", [])
    return now


def former(conn: Connection) -> list[Former]:
    """Read the lives that are over, the latest last."""
    return settings.read(conn, "lives", list[Former]) or []


def was_ours(conn: Connection, device: bytes, incarnation: bytes) -> bool:
    """Tell whether this was an earlier life of ours."""
    return any((life.device, life.incarnation) == (device, incarnation) for life in former(conn))


@contextmanager
def renewing(store: Store) -> Iterator[Connection]:
    """Give a transaction that may change who this desk is.

    The handle knows it before anybody else can write, and forgets it if nothing was done.
    """
    try:
        with store.write() as conn:
            yield conn
            store.know(conn)
    except BaseException:
        with store.read() as conn:
            store.know(conn)
        raise
