"""How this laptop stands with the city, worked out from what is stored, never events."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

import msgspec

from forms.engine.region import Unsent
from sync.store import attachments, settings, snapshot, watch
from sync.store.handle import Store
from sync.store.snapshot import Progress
from sync.store.statements import Connection

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
PATIENCE = Unsent()  # of a region that says nothing of it

# all_received · files · sending · waiting · on_stick · at_hub · to_fix · removals · late · stuck
Code = Literal[
    "all_received", "files", "sending", "waiting", "on_stick", "at_hub", "to_fix", "removals",
    "late", "stuck",
]  # fmt: skip


class Status(msgspec.Struct, frozen=True):
    """Counts of changes: `pending` have no signed receipt, `carried` of them left all the same.

    Those are on a stick or, `at_hub` of them, with the office's hub. `durable` are in a verified
    backup of the city. `to_fix` and `conflicts` wait for a person; so do `removals`, records that
    the city would take from here at once (sync.store.watch).
    Times are ms, None where there is none. `files` are attachments that the city has not said to
    have, of `file_bytes` sealed; `nearly_full` that files are near their quota. `safe_to_close` is
    the promise that nothing exists only here.
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
    at_hub: int = 0
    removals: int = 0
    files: int = 0
    file_bytes: int = 0
    nearly_full: bool = False


class State(msgspec.Struct, frozen=True):
    """One of the states of the sync line, with the facts that its words name.

    How long may be waited the region says: then it is `late`, later `urgent` besides. `stuck` is
    the alarm: something waits for hours though there is a network.
    """

    code: Code
    facts: Mapping[str, int]
    urgent: bool = False


def pending(store: Store) -> int:
    """Count the changes that have no signed receipt."""
    with store.read() as conn:
        return unsent(conn)[0]


def status(store: Store) -> Status:
    """Read how things stand now."""
    with store.read() as conn:
        marks = settings.marks(conn)
        unsealed, oldest_unsealed = _unsealed(conn)
        batches = conn.exec_driver_sql(
            "SELECT coalesce(sum(changes), 0), min(oldest), "
            "coalesce(sum(changes) FILTER (WHERE carrier IN ('folder', 'hub')), 0), "
            "coalesce(sum(changes) FILTER (WHERE carrier = 'hub'), 0) FROM batch WHERE n > ?",
            (marks.received,),
        ).one()
        durable = conn.exec_driver_sql(
            "SELECT coalesce(sum(changes), 0) FROM batch WHERE n <= ?", (marks.durable,)
        ).scalar_one()
        kinds = _waiting(store, conn)
        held = attachments.held(conn)
        removals = watch.waiting(conn)
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
        safe_to_close=pending == 0 and held.unsent == 0,
        at_hub=batches[3],
        removals=removals,
        files=held.unsent,
        file_bytes=held.unsent_bytes,
        nearly_full=held.nearly_full,
    )


def _waiting(store: Store, conn: Connection) -> Counter[str]:
    """Count what waits for this operator, by kind: about the people here only what a head is to."""
    found = Counter[str]()
    for row in conn.exec_driver_sql(
        "SELECT c.kind, r.service, count(*) AS waiting FROM conflict c "
        "LEFT JOIN record r ON r.id = c.record WHERE c.closed IS NULL GROUP BY c.kind, r.service"
    ):
        form = store.form(row.service) if row.service is not None else None
        if row.kind != "conflict" or form is None or not form.internal or store.minds(form):
            found[row.kind] += row.waiting
    return found


def coming(store: Store) -> Progress | None:
    """Tell how far the first load by a snapshot has come, None without one."""
    with store.read() as conn:
        return snapshot.progress(conn)


def state(
    found: Status,
    now: int,
    *,
    sending: tuple[int, int] | None = None,
    online: bool = False,
    patience: Unsent = PATIENCE,
) -> State:
    """Choose the state to show; `sending` is (done, all) while a trip is under way.

    `online` says that there is a network, by the system's word or by a trip that arrived.

    What needs a person goes first, then what has waited too long, then what is happening.
    """
    waiting = found.to_fix + found.conflicts
    if waiting:
        return State("to_fix", {"count": waiting})
    if found.removals:
        return State("removals", {"count": found.removals})
    age = max(0, now - found.oldest_unsent) if found.oldest_unsent is not None else 0
    if sending is not None and found.pending:
        return State("sending", {"done": sending[0], "count": sending[1]})
    if online and age >= patience.stuck_hours * HOUR_MS and found.carried < found.pending:
        return State("stuck", {"hours": age // HOUR_MS, "count": found.pending}, urgent=True)
    days = age // DAY_MS
    if days >= patience.late_days:
        urgent = days >= patience.urgent_days
        return State("late", {"days": days, "count": found.pending}, urgent=urgent)
    if not found.pending and found.files:
        return State("files", {"count": found.files})
    if not found.pending:
        return State("all_received", {"time": found.last_receipt or 0})
    if found.carried == found.pending:
        at_hub = found.at_hub == found.pending
        return State("at_hub" if at_hub else "on_stick", {"count": found.pending})
    return State("waiting", {"count": found.pending})


def unsent(conn: Connection) -> tuple[int, int | None]:
    """Count the changes without a signed receipt, and tell when the oldest was made."""
    count, oldest = _unsealed(conn)
    sealed = conn.exec_driver_sql(
        "SELECT coalesce(sum(changes), 0), min(oldest) FROM batch WHERE n > ?",
        (settings.marks(conn).received,),
    ).one()
    times = [time for time in (oldest, sealed[1]) if time is not None]
    return count + sealed[0], min(times, default=None)


def _unsealed(conn: Connection) -> tuple[int, int | None]:
    row = conn.exec_driver_sql(
        # Named, since by itself SQLite takes the index of all acts that we ever did.
        "SELECT count(*), min(time) FROM change INDEXED BY ix_change_unsealed "
        "WHERE batch IS NULL AND seq IS NOT NULL"
    ).one()
    return row[0], row[1]
