"""Which desk of a waiting room this is: the mark in its numbers, what it calls, where it prints.

Two desks of one office may be apart for weeks, so each numbers for itself, and its mark keeps the
numbers of two apart. It comes from the leases of the series of tickets, which never overlap:

    all leases from 1 up to our first one are known     our place among the lives that have one:
                                                        "" for the first, then 2, 3, ...
    a range in between is not known                     X and the first number of ours
    no lease of the year yet                            parts of device and incarnation

A new life of a laptop has another lease, so what was put back or copied prints no number of before;
until the copy has met the city, two copies are as one laptop.
"""

from collections.abc import Iterable

import msgspec

from forms.queue import tickets
from sync.store import leases, settings
from sync.store.handle import Store
from sync.store.settings import Desk
from sync.store.statements import Connection

STRIDE = (
    25  # tickets for which one number of the lease is taken, so that the keystore's fence knows
)
_KEY = "queue"
NAME_MAX = 40

Life = tuple[bytes, bytes]


class Counter(msgspec.Struct, frozen=True):
    """How tickets are called and printed at this desk.

    `name` is what the waiting room reads, `letters` are the groups that are called here, none being
    all. `printer` is where tickets go: "" nowhere, "paper" the printer of letters, "HOST:PORT" a
    thermal printer in the network, else the path of its device or of a file. `width` is in mm.
    `shows_room` says that the waiting room's window was open last.
    """

    name: str = ""
    letters: tuple[str, ...] = ()
    printer: str = ""
    width: int = 58
    shows_room: bool = False


def counter(store: Store) -> Counter:
    """Read how this desk calls and prints."""
    return store.setting(_KEY, Counter) or Counter()


def read(conn: Connection) -> Counter:
    """Do what `counter` does, on a connection that is open."""
    return settings.read(conn, _KEY, Counter) or Counter()


def adopt(store: Store, said: Counter) -> None:
    """Call and print like this from now on; the window stays as it is."""
    with store.write() as conn:
        shows = read(conn).shows_room
        settings.write(conn, _KEY, msgspec.structs.replace(said, shows_room=shows))


def show_room(store: Store, shows: bool) -> None:  # noqa: FBT001 - the one thing that it says
    """Remember whether the waiting room's window is open."""
    with store.write() as conn:
        settings.write(conn, _KEY, msgspec.structs.replace(read(conn), shows_room=shows))


def mark(conn: Connection, desk: Desk, year: int) -> str:
    """Give what stands behind the letter in this desk's numbers of a year; "" is one as well."""
    rows = conn.exec_driver_sql(
        "SELECT low, high, device, incarnation FROM lease "
        "WHERE office = ? AND series = ? AND year = ? ORDER BY low",
        (desk.office.id, tickets.SERIES, year),
    )
    ours = (desk.device, desk.incarnation)
    before: set[Life] = set()
    next_one, is_whole = 1, True
    for row in rows:
        life = (row.device, row.incarnation)
        if life == ours:
            whole = is_whole and row.low == next_one
            return _placed(len(before)) if whole else f"X{row.low}"
        is_whole = is_whole and row.low == next_one
        next_one = row.high + 1
        before.add(life)
    return (desk.device.hex()[:4] + desk.incarnation.hex()[:2]).upper()


def spend(store: Store, conn: Connection, count: int, year: int) -> None:
    """Take a number of the lease with the first of each STRIDE tickets."""
    if count % STRIDE == 1 and leases.take(conn, store.desk, tickets.SERIES, year):
        store.spent = True


def others(conn: Connection, desk: Desk) -> list[str]:
    """List the office's other devices that may call tickets, in hex, as the city has told of them.

    One whose leases are all over is shut out, or lives another life under the same name.
    """
    rows = conn.exec_driver_sql(
        "SELECT DISTINCT l.device FROM lease l WHERE l.office = ? AND l.series = ? "
        "AND l.device <> ? AND NOT EXISTS (SELECT 1 FROM lease_end e WHERE e.id = l.id) "
        "ORDER BY l.device",
        (desk.office.id, tickets.SERIES, desk.device),
    )
    return [device.hex() for device in rows.scalars()]


def highest(numbers: Iterable[str], prefix: str) -> int:
    """Find the highest count among numbers that begin like this."""
    counts = (number.removeprefix(prefix) for number in numbers if number.startswith(prefix))
    return max((int(count) for count in counts if count.isdecimal()), default=0)


def _placed(before: int) -> str:
    return str(before + 1) if before else ""
