"""What the desk knows of itself, each under one key of the `setting` table, typed.

desk    Desk           who and where it is, and whose server it speaks to
keys    DeviceKeys     its private keys
pack    {name: bytes}  the region's files
marks   Marks          how far its batches have come
seq     int            acts of this incarnation so far
nonces  [bytes]        of the asks that may still be answered, the newest last
wishes  [bytes]        of those that asked for numbers: a lease of ours answers one of them
lives   [Former]       what this desk was before (sync.store.incarnation), the latest last
parting    Parting     while we ask for new keys, or a device of our own (sync.store.rekey)
keyed      int         when our keys were made, in ms of our clock
signed_by  [bytes]     public signing keys that we had before and changed within a life
receipt    Signed      the newest that counts, as it came
joined     int         the server's clock in ms when it let us in
opened     Opened      the day that a person confirmed last (sync.store.doubt)
borne      Borne       the latest day that a letter bore by the clock alone
admission  Signed      what lets us in again at a city that has forgotten us
lineage    [Signed]    the epochs that we have been through, the present one last
trust      Trust       the newest list of the city's keys (sync.store.trust)
recovery   Recovery    what is under way with a city that was put back (sync.store.recovery)
provisional  int       how many provisional numbers were given
snapshot  UnderWay     the one that is being taken (sync.store.snapshot)
snapshot_place  int    its next part
starts  [Cursor]       where streams begin that came by a snapshot (sync.store.starts)
evidence  Brought      what a city that revoked us was brought (sync.store.evidence)
erased  Last           the entry of the list of erased persons up to which all are carried out
forgotten_erasures  bool  the city has not the entry that we told of
hub     str            the address of the office's hub, with its fingerprint; "" without one
pace    int            bytes that the line carried at once lately (sync.client.pace)
window  int            the day on which files of closed records were last looked through
backups  [Made]        backup files that were made here (sync.store.backup_list), the newest last
habits  Habits         how work is done at this desk
first_day  Day         what is done of the first day, at a desk for practice
queue   Counter        how tickets are called and printed here (sync.store.queue_desk)
queue_counted  (day, {prefix: int})  the last ticket number of each prefix on a service day
scans    Scans         the folder that a scanner fills, and whether what was taken goes from there
languages  {id: str}   what is spoken to each operator who chose, by id in hex
printers  [(name, Fit)]  what puts each printer's faults right, the last measured at the end
"""

from typing import Any, TypeVar

import msgspec

from sync.crypto.keys import DeviceKeys, key_id
from sync.protocol import wire
from sync.protocol.enrol import OfficeShape, ServerKeys
from sync.store.settled import LARGE, Settled
from sync.store.statements import Connection

T = TypeVar("T")


class Desk(msgspec.Struct, frozen=True):
    """Which device this is, of which office and region, and the server's side as last heard.

    `since` is the row of `change` after which this incarnation began. `url` is where the server is
    reached, "" for a desk that only carries. `clock_offset` is the server's clock less ours in ms,
    when we last heard of it. `former_signs` are signing keys that the city had before and whose
    word still counts.
    """

    device: bytes
    incarnation: bytes
    office: OfficeShape
    region: str
    server: ServerKeys
    epoch: bytes
    policy: int
    certificate: bytes
    since: int = 0
    url: str = ""
    clock_offset: int = 0
    former_signs: list[bytes] = []

    @property
    def signs(self) -> list[bytes]:
        """The city's signing keys, the present one first."""
        return [self.server.sign, *self.former_signs]

    def signer(self, writer: bytes) -> bytes:
        """Find the city's signing key that a header names, the present one where it is none."""
        return next((sign for sign in self.signs if key_id(sign) == writer), self.server.sign)


class Marks(msgspec.Struct, frozen=True):
    """Rows of `batch` up to which all batches have left, were received, are durable.

    `receipt_time` is the server's clock in ms, 0 before the first receipt. They belong to an epoch:
    another one's first receipt sets them, also back. `streams` are the durable rows of streams,
    `generation` numbers the newest backup that we were told of.
    """

    sent: int = 0
    received: int = 0
    durable: int = 0
    receipt_time: int = 0
    epoch: bytes = b""
    streams: dict[str, int] = {}
    generation: int = 0


class Habits(msgspec.Struct, frozen=True):
    """How work is done at this desk.

    With `one_action` a form goes up to issued at once, as far as the operator's roles allow; else
    every step is taken for itself, so that a second person can look at each.
    """

    one_action: bool = True


def read(conn: Connection, key: str, shape: type[T]) -> T | None:
    """Read a setting; None where it was never written."""
    plain = None
    is_known = False
    if conn.settled is not None:
        is_known, plain = conn.settled.read(key)
    if not is_known:
        plain = conn.exec_driver_sql("SELECT plain FROM setting WHERE key = ?", (key,)).scalar()
    return None if plain is None else wire.decode(plain, shape)


def write(conn: Connection, key: str, value: Any) -> None:
    """Write a setting."""
    plain = wire.encode(value)
    conn.exec_driver_sql(
        "INSERT INTO setting (key, plain) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET plain = excluded.plain",
        (key, plain),
    )
    if conn.settled is not None:
        conn.settled.write(key, plain)


def forget(conn: Connection, key: str) -> None:
    """Take a setting away; nothing happens where there is none."""
    conn.exec_driver_sql("DELETE FROM setting WHERE key = ?", (key,))
    if conn.settled is not None:
        conn.settled.write(key, None)


def settled(conn: Connection) -> Settled:
    """Read all settings, for an engine whose transactions alone write from now on."""
    return Settled(
        conn.exec_driver_sql(
            "SELECT key, CASE WHEN length(plain) <= ? THEN plain END FROM setting", (LARGE,)
        )
    )


def desk(conn: Connection) -> Desk:
    """Read who this desk is."""
    found = read(conn, "desk", Desk)
    assert found is not None, "a store is made with its desk"
    return found


def keys(conn: Connection) -> DeviceKeys:
    """Read the device's private keys."""
    found = read(conn, "keys", DeviceKeys)
    assert found is not None, "a store is made with its keys"
    return found


def habits(conn: Connection) -> Habits:
    """Read how work is done here."""
    return read(conn, "habits", Habits) or Habits()


def marks(conn: Connection) -> Marks:
    """Read how far our batches have come."""
    return read(conn, "marks", Marks) or Marks()
