"""The city's keys as this desk knows them: the newest list of its root's, by whatever road it came.

a list of a higher number     taken: what is sealed from now on is sealed to its first key
the same number, or a lower   nothing new, whoever plays it again
not by our city's root        refused
a batch without a receipt     its changes are sealed anew, in a new incarnation: change ids
  for a key that is gone      remove the doubles of what was received after all
the city says key_gone        it was put back, or we were away long: our list goes alone in an
                              exchange, and its newest one comes back
"""

import msgspec

from sync.crypto import envelope
from sync.crypto import trust as lists
from sync.crypto.keys import key_id
from sync.protocol import wire
from sync.protocol.stream import Signed
from sync.protocol.trust import KeyList, Revoked, Shown
from sync.store import incarnation, settings
from sync.store.handle import Store
from sync.store.statements import Connection

_KEY = "trust"
WAITING = "n > ? AND incarnation = ? AND length(envelope) > 0"


class Trust(msgspec.Struct, frozen=True):
    """The newest list, its number, and the ids of the sealing keys that the city opens.

    It is `new` until the waiting batches were looked through.
    """

    number: int
    listed: Signed
    opens: list[bytes]
    new: bool = True


def read(conn: Connection) -> Trust | None:
    """Read what we know; None before the first list."""
    return settings.read(conn, _KEY, Trust)


def number(conn: Connection) -> int:
    """Tell the number of our list, 0 before the first."""
    known = read(conn)
    return 0 if known is None else known.number


def take(store: Store, listed: Signed) -> bool:
    """Take a list if it is newer than ours; the caller sees to `renew` afterwards.

    Refused(signature_wrong | message_malformed | key_list_malformed).
    """
    found = lists.checked(listed, store.desk.server.root)
    with incarnation.renewing(store) as conn:
        if found.number <= number(conn):
            return False
        opens = [key_id(seal.public) for seal in found.seals]
        settings.write(conn, _KEY, Trust(found.number, listed, opens))
        desk = settings.desk(conn)
        server = msgspec.structs.replace(
            desk.server, sign=found.signs[0].public, seal=found.seals[0].public
        )
        former = [sign.public for sign in found.signs[1:] if not sign.lost]
        settings.write(
            conn, "desk", msgspec.structs.replace(desk, server=server, former_signs=former)
        )
    return True


def take_shown(store: Store, data: bytes) -> bool:
    """Take a list that came open, from anybody; `take` says what it refuses, and keys_elsewhere."""
    shown = lists.opened(data, store.desk.server.root)
    return shown.keys is not None and take(store, shown.keys)


def shown(store: Store) -> bytes:
    """Lay our list in an envelope, for a city that may have forgotten it."""
    with store.read() as conn:
        known = read(conn)
    return lists.enclosed(
        Shown(None if known is None else known.listed),
        sign=store.keys.sign,
        writer=store.desk.device,
        root=store.desk.server.root,
    )


def revoked(conn: Connection) -> list[Revoked]:
    """Read which devices our list calls revoked."""
    known = read(conn)
    return [] if known is None else wire.decode(known.listed.plain, KeyList).revoked


def is_revoked(store: Store) -> bool:
    """Tell whether our list says that this very device is let in no more."""
    with store.read() as conn:
        return any(entry.device == store.desk.device for entry in revoked(conn))


def renew(store: Store) -> bool:
    """Begin a new incarnation where a batch waits that the city can't open any more."""
    known = store.setting(_KEY, Trust)
    if known is None or not known.new:
        return False
    with incarnation.renewing(store) as conn:
        settings.write(conn, _KEY, msgspec.structs.replace(known, new=False))
        gone = is_gone(conn, store.desk.incarnation, settings.marks(conn).received)
        if gone:
            incarnation.begin(conn)
    return gone


def is_gone(conn: Connection, living: bytes, received: int) -> bool:
    """Tell whether a batch behind the row `received` is sealed to a key that is gone.

    It reads every one of them, so it is asked only when the list or that row has changed.
    """
    known = read(conn)
    if known is None:
        return False
    query = f"SELECT n FROM batch WHERE {WAITING} ORDER BY n"  # noqa: S608 - the text stands above
    waiting = list(conn.exec_driver_sql(query, (received, living)).scalars())
    for n in waiting:
        data = conn.exec_driver_sql("SELECT envelope FROM batch WHERE n = ?", (n,)).scalar_one()
        if envelope.read(data).header.reader not in known.opens:
            return True
    return False
