"""Unfinished forms as they were left, so that nothing typed is lost."""

from typing import Any

import msgspec

from sync.protocol import wire
from sync.protocol.change import NOBODY
from sync.protocol.rows import Row
from sync.store.handle import Store
from sync.store.statements import Connection

DRAFTS_MAX = 200  # of one operator; the oldest go


class Draft(msgspec.Struct, frozen=True):
    """One unfinished form; `answers` are raw, `key` is the window's own name for it.

    `reason` is what was typed of why.
    """

    key: str
    service: str
    subject: bytes
    answers: dict[str, Any]
    updated: int
    reason: str = ""


class _Typed(msgspec.Struct, frozen=True):
    """What was typed, as it is kept."""

    answers: dict[str, Any]
    reason: str = ""


def put(
    store: Store,
    key: str,
    service: str,
    answers: dict[str, Any],
    *,
    subject: bytes = NOBODY,
    reason: str = "",
) -> None:
    """Keep a draft of this operator, in place of the one of the same key."""
    with store.write() as conn:
        conn.exec_driver_sql(
            "INSERT OR REPLACE INTO draft (key, operator, service, subject, answers, updated) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                _own(store, key),
                store.operator.id,
                service,
                subject,
                wire.encode(_Typed(answers, reason)),
                store.now(),
            ),
        )
        _trim(store, conn)


def get(store: Store, key: str) -> Draft | None:
    """Give back a draft of this operator; None where there is none."""
    with store.read() as conn:
        row = conn.exec_driver_sql(
            f"{_COLUMNS} WHERE key = ?",
            (_own(store, key),),
        ).first()
        return _draft(row) if row else None


def drop(store: Store, key: str) -> None:
    """Forget a draft; there need not be one."""
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM draft WHERE key = ?", (_own(store, key),))


def listing(store: Store) -> list[Draft]:
    """List this operator's drafts, the newest first."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            f"{_COLUMNS} WHERE operator = ? ORDER BY updated DESC", (store.operator.id,)
        )
        return [_draft(row) for row in rows]


def follow(conn: Connection, old: bytes, new: bytes) -> None:
    """Let the drafts about a record be about the one that was begun in its place."""
    conn.exec_driver_sql(
        "UPDATE draft SET key = replace(key, ?, ?), "
        "subject = CASE subject WHEN ? THEN ? ELSE subject END WHERE instr(key, ?)",
        (old.hex(), new.hex(), old, new, old.hex()),
    )
    conn.exec_driver_sql("UPDATE draft SET subject = ? WHERE subject = ?", (new, old))


_COLUMNS = "SELECT key, service, subject, answers, updated FROM draft"


def _own(store: Store, key: str) -> str:
    """Two operators of one laptop may use the same key."""
    return f"{store.operator.id.hex()}/{key}"


def _trim(store: Store, conn: Connection) -> None:
    conn.exec_driver_sql(
        "DELETE FROM draft WHERE operator = ? AND key NOT IN "
        "(SELECT key FROM draft WHERE operator = ? ORDER BY updated DESC LIMIT ?)",
        (store.operator.id, store.operator.id, DRAFTS_MAX),
    )


def _draft(row: Row) -> Draft:
    typed = wire.decode(row.answers, _Typed)
    key = row.key.partition("/")[2]
    return Draft(key, row.service, row.subject, typed.answers, row.updated, typed.reason)
