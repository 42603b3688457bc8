"""Refused changes of ours, to be mended by a later one, and the mark that records bear.

A record's mark says what is open on it; disputes are kept by sync.store.conflicts.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sync.store.statements import Connection

REFUSED = "refused"  # the verdict that asks its author to mend something


class Trouble(NamedTuple):
    """A change of ours that was refused; `code` says why."""

    change: bytes
    record: bytes
    code: str


def open_all(conn: Connection, troubles: Sequence[Trouble], now: int) -> None:
    """Note troubles; one that is known stays as it is."""
    if troubles:
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO conflict "
            '(change, record, code, opened, proposed, kind, "group") '
            "VALUES (?, ?, ?, ?, ?, 'to_fix', '')",
            [(*trouble, now, trouble.change) for trouble in troubles],
        )
        mark(conn, {trouble.record for trouble in troubles})


def fixed(conn: Connection, records: Collection[bytes], now: int) -> None:
    """Close what was to be fixed of records of which a later change of ours was applied."""
    if not records or conn.exec_driver_sql(_ANY).first() is None:
        return
    names = [(name,) for name in records]
    conn.exec_driver_sql(
        "UPDATE conflict SET closed = ? WHERE record = ? AND kind = 'to_fix' AND closed IS NULL",
        [(now, name) for name in records],
    )
    conn.exec_driver_sql(
        "UPDATE change SET pending = 0 WHERE record = ? AND pending = 1 AND verdict = 'refused'",
        names,
    )
    mark(conn, records)


def mark(conn: Connection, records: Collection[bytes]) -> None:
    """Let records bear the mark of what is open on them; a conflict goes before a thing to fix."""
    conn.exec_driver_sql(
        "UPDATE record SET trouble = coalesce((SELECT min(kind) FROM conflict "
        "WHERE conflict.record = record.id AND closed IS NULL), '') WHERE id = ?",
        [(name,) for name in sorted(records)],
    )


_ANY = "SELECT 1 FROM conflict WHERE kind = 'to_fix' AND closed IS NULL LIMIT 1"
