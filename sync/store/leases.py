"""Leases of numbers: what the city granted, to this device and to others of the office."""

from collections.abc import Sequence

from sqlalchemy import Connection

from sync.protocol.lease import Lease


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


def highest(conn: Connection, incarnation: bytes) -> list[tuple[bytes, int]]:
    """Tell the highest number used of each lease that an incarnation has begun."""
    rows = conn.exec_driver_sql(
        "SELECT id, next FROM lease WHERE incarnation = ? AND next > low ORDER BY low",
        (incarnation,),
    )
    return [(row.id, row.next - 1) for row in rows]
