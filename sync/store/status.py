"""How this laptop stands with the city, worked out from what is stored, never events."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from sqlalchemy import Connection

from sync.store import settings
from sync.store.handle import Store

HOUR_MS = 3_600_000
LATE_MS = 24 * HOUR_MS
OVERDUE_MS = 72 * HOUR_MS

# all_received · sending · waiting · on_stick · to_fix · late
Code = Literal["all_received", "sending", "waiting", "on_stick", "to_fix", "late"]


class Status(msgspec.Struct, frozen=True):
    """Counts of changes: `pending` have no signed receipt, `carried` of them left on a stick.

    `durable` are in a verified backup of the city. `to_fix` and `conflicts` wait for a person.
    Times are ms, None where there is none. `safe_to_close` is the promise that nothing exists only
    here.
    """

    pending: int
    carried: int
    oldest_unsent: int | None
    last_receipt: int | None
    durable: int
    conflicts: int
    to_fix: int
    epoch: bytes
    incarnation: bytes
    safe_to_close: bool


class State(msgspec.Struct, frozen=True):
    """One of the six states of the sync line, with the facts that its words name.

    `urgent` is set where something waits since three days; `late` from one day on is the state
    itself.
    """

    code: Code
    facts: Mapping[str, int]
    urgent: bool = False


def status(store: Store) -> Status:
    """Read how things stand now."""
    with store.read() as conn:
        marks = settings.marks(conn)
        unsealed, oldest_unsealed = _unsealed(conn)
        batches = conn.exec_driver_sql(
            "SELECT coalesce(sum(changes), 0), min(oldest), "
            "coalesce(sum(changes) FILTER (WHERE carrier = 'folder'), 0) FROM batch WHERE n > ?",
            (marks.received,),
        ).one()
        durable = conn.exec_driver_sql(
            "SELECT coalesce(sum(changes), 0) FROM batch WHERE n <= ?", (marks.durable,)
        ).scalar_one()
        kinds: dict[str, int] = dict(
            conn.exec_driver_sql(
                "SELECT kind, count(*) FROM conflict WHERE closed IS NULL GROUP BY kind"
            ).all()
        )
    pending = unsealed + batches[0]
    oldest = [time for time in (oldest_unsealed, batches[1]) if time is not None]
    return Status(
        pending=pending,
        carried=batches[2],
        oldest_unsent=min(oldest, default=None),
        last_receipt=marks.receipt_time or None,
        durable=durable,
        conflicts=kinds.get("conflict", 0),
        to_fix=kinds.get("to_fix", 0),
        epoch=store.desk.epoch,
        incarnation=store.desk.incarnation,
        safe_to_close=pending == 0,
    )


def state(found: Status, now: int, *, sending: tuple[int, int] | None = None) -> State:
    """Choose the state to show; `sending` is (done, all) while a trip is under way.

    What needs a person goes first, then what has waited too long, then what is happening.
    """
    waiting = found.to_fix + found.conflicts
    if waiting:
        return State("to_fix", {"count": waiting})
    age = max(0, now - found.oldest_unsent) if found.oldest_unsent is not None else 0
    if sending is not None and found.pending:
        return State("sending", {"done": sending[0], "count": sending[1]})
    if age >= LATE_MS:
        days = age // LATE_MS
        return State("late", {"days": days, "count": found.pending}, urgent=age >= OVERDUE_MS)
    if not found.pending:
        return State("all_received", {"time": found.last_receipt or 0})
    if found.carried == found.pending:
        return State("on_stick", {"count": found.pending})
    return State("waiting", {"count": found.pending})


def _unsealed(conn: Connection) -> tuple[int, int | None]:
    row = conn.exec_driver_sql(
        "SELECT count(*), min(time) FROM change WHERE batch IS NULL AND seq IS NOT NULL"
    ).one()
    return row[0], row[1]
