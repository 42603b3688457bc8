"""What may go: pages and sealed batches that a verified backup holds, and not before 90 days.

A batch's bytes go, its row stays: it names the place in the chain that a receipt may speak of, and
counts its changes. Changes stay, but for those of others on
records that left this office. A city without backups makes nothing durable, and all is kept.
"""

from sync.store import leaves
from sync.store.settings import Marks
from sync.store.statements import Connection

KEPT_MS = 90 * 24 * 3_600_000  # a city that falls back on an older backup is healed from these


def prune(conn: Connection, marks: Marks, now: int) -> None:
    """Let go of what is durable and old; the newest page of each stream stays."""
    before = now - KEPT_MS
    conn.exec_driver_sql(
        "UPDATE batch SET envelope = x'' WHERE n <= ? AND made < ? AND length(envelope) > 0",
        (min(marks.durable, marks.received), before),
    )
    for stream, row in sorted(marks.streams.items()):
        conn.exec_driver_sql(
            "DELETE FROM page WHERE stream = ? AND came < ? AND safe <= ? "
            "AND n < (SELECT max(n) FROM page WHERE stream = ?)",
            (stream, before, row, stream),
        )
        leaves.prune(conn, stream, row, before)
