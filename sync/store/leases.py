"""Leases of numbers: what the city granted, to this device and to others of the office.

One that is told as over (sync.protocol.lease) gives no number any more, also where it was ours.
"""

from collections.abc import Iterable, Sequence

from sync.protocol.lease import LEAST, Lease
from sync.store import settings
from sync.store.settings import Desk
from sync.store.statements import Connection

_LIVING = (
    "device = ? AND incarnation = ? AND next <= high "
    "AND NOT EXISTS (SELECT 1 FROM lease_end e WHERE e.id = lease.id)"
)
WISHES_MAX = 512  # asks for numbers; a city at its ceiling may leave a hundred without an answer


def put(conn: Connection, leases: Sequence[Lease]) -> None:
    """Keep leases; one that is known stays as it is, its use with it."""
    if not leases:
        return
    conn.exec_driver_sql(
        "INSERT OR IGNORE INTO lease "
        "(id, office, series, year, low, high, next, device, incarnation) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                lease.id,
                lease.office,
                lease.series,
                lease.year,
                lease.low,
                lease.high,
                lease.low,
                lease.device,
                lease.incarnation,
            )
            for lease in leases
        ],
    )
    over = [(lease.id, lease.ended, lease.rest) for lease in leases if lease.ended]
    if over:
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO lease_end (id, why, rest) VALUES (?, ?, ?)", over
        )


def wish(conn: Connection, nonce: bytes) -> None:
    """Remember an ask for numbers: a lease of ours answers one of these."""
    wishes = settings.read(conn, "wishes", list[bytes]) or []
    settings.write(conn, "wishes", [*wishes, nonce][-WISHES_MAX:])


def strange(conn: Connection, leases: Iterable[Lease]) -> bool:
    """Tell whether one of these was granted to our name at an ask that we never made: to a copy."""
    desk = settings.desk(conn)
    new = [
        lease
        for lease in leases
        if lease.asked and (lease.device, lease.incarnation) == (desk.device, desk.incarnation)
    ]
    if not new:
        return False
    wishes = set(settings.read(conn, "wishes", list[bytes]) or [])
    known = "SELECT 1 FROM lease WHERE id = ?"
    return any(
        lease.asked not in wishes and conn.exec_driver_sql(known, (lease.id,)).first() is None
        for lease in new
    )


def highest(conn: Connection, incarnation: bytes) -> list[tuple[bytes, int]]:
    """Tell the highest number used of each lease that an incarnation has begun."""
    rows = conn.exec_driver_sql(
        "SELECT id, next FROM lease WHERE incarnation = ? AND next > low ORDER BY low",
        (incarnation,),
    )
    return [(row.id, row.next - 1) for row in rows]


def take(conn: Connection, desk: Desk, series: str, year: int) -> int:
    """Take the next number of our living leases; 0 where none has any left."""
    lease = conn.exec_driver_sql(
        f"SELECT id, next FROM lease WHERE series = ? AND year = ? AND {_LIVING} "  # noqa: S608 - our own condition
        "ORDER BY low LIMIT 1",
        (series, year, desk.device, desk.incarnation),
    ).first()
    if lease is None:
        return 0
    conn.exec_driver_sql("UPDATE lease SET next = next + 1 WHERE id = ?", (lease.id,))
    return int(lease.next)


def low(conn: Connection, desk: Desk) -> dict[tuple[str, int], bool]:
    """Tell of each series and year of which we have numbers left whether they run low.

    They do at half of the newest lease, or of LEAST where that is more.
    """
    rows = conn.exec_driver_sql(
        "SELECT series, year, sum(high - next + 1) AS left, high - low + 1 AS size, "  # noqa: S608 - our own condition
        # SQLite takes the size from the row with the highest low.
        f"max(low) FROM lease WHERE {_LIVING} GROUP BY series, year",
        (desk.device, desk.incarnation),
    )
    return {(row.series, row.year): 2 * row.left <= max(row.size, LEAST) for row in rows}
