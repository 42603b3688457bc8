"""Judges the changes of one transaction in their order, and wakes those that waited for them.

A change that fails by a fault of ours is quarantined, with its place in the order kept; everything
else goes on. Judging is pure, so a failure leaves nothing behind.
"""

from collections import deque
from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import ColumnElement, Table, bindparam, or_, select

from sync.protocol import wire
from sync.protocol.change import Change
from sync.protocol.guard import PERSON
from sync.protocol.merge import given_up, judge
from sync.protocol.view import Judgement
from sync.server import tables
from sync.server.scope import QUARANTINED, note_fault
from sync.server.statements import Statement, chunks
from sync.server.view import BatchView

HELD_DAYS = 30
HELD_MS = HELD_DAYS * 24 * 3600 * 1000
OVERDUE_MAX = 100  # changes whose waiting ends in one transaction; the next batch takes more


class Outcome(msgspec.Struct, frozen=True):
    """A change and its judgement; `woken` was held before and stands in history already."""

    change: Change
    judgement: Judgement
    woken: bool = False


class Judging:
    """One transaction's judging; `outcomes` are in the order of judging.

    Changes of `stops` are not judged but `stopped` (sync.server.guard), when they first come.
    """

    def __init__(
        self, view: BatchView, stops: Collection[bytes] = (), stopped: Judgement | None = None
    ) -> None:
        self.outcomes: list[Outcome] = []
        self._view = view
        self._stops, self._stopped = stops, stopped
        self._waiting: dict[bytes, list[Change]] = {}

    def run(self, changes: list[Change], woken: Collection[bytes] = ()) -> None:
        """Judge changes in order, each that waited right after what it waited for.

        Those of `woken` were held until now, and wait no more.
        """
        self._view.load(changes)
        self._load_waiting({change.id for change in changes} | {c.target for c in changes})
        for change in changes:
            self._judge_and_wake(change, woken=change.id in woken)

    def close_overdue(self, now: int) -> None:
        """End the waiting of changes that were held too long: a person decides (sync-rules 2c)."""
        region = self._view.city.code
        rows = _OVERDUE.run(self._view.connection, region=region, before=now - HELD_MS)
        overdue = [(row.waits_for, wire.decode(row.content, Change)) for row in rows]
        self._view.load(change for _, change in overdue)
        self._load_waiting({change.id for _, change in overdue})
        for waits_for, change in overdue:
            if self._view.known(waits_for) is None:
                self._view.close(waits_for)
            self._judge_and_wake(change, woken=True, last=True)

    def _judge_and_wake(self, change: Change, *, woken: bool, last: bool = False) -> None:
        queue = deque([(change, woken)])
        while queue:
            one, was_held = queue.popleft()
            for waiting in self._judge(one, woken=was_held, last=last):
                queue.append((waiting, True))

    def _judge(self, change: Change, *, woken: bool, last: bool) -> list[Change]:
        """Judge one change; return those that waited for it."""
        view = self._view
        if woken:
            view.forget(change.id)
        try:
            judgement = self._judgement(change, woken=woken)
        except Exception as error:  # noqa: BLE001 - whatever it does to one change, the others go on
            note_fault(change, error)
            judgement = Judgement("quarantined", QUARANTINED, change.base)
        if last and judgement.verdict == "held":
            judgement = given_up(change, view)
        self.outcomes.append(Outcome(change, judgement, woken))
        if judgement.repeated:
            return []
        view.put(change, judgement)
        if judgement.verdict == "held":
            self._waiting.setdefault(judgement.waits_for, []).append(change)
            return []
        ready = self._waiting.pop(change.id, [])
        if view.present(change.target) is not None and change.target != change.id:
            ready += self._waiting.pop(change.target, [])
        if ready:
            view.load(ready)
            self._load_waiting({one.id for one in ready})
        return ready

    def _judgement(self, change: Change, *, woken: bool) -> Judgement:
        stops = not woken and change.id in self._stops and not self._view.erased(change)
        if self._stopped is not None and stops and self._view.known(change.id) is None:
            return self._stopped
        return _with_quarantine(judge(change, self._view))

    def _load_waiting(self, ids: Iterable[bytes]) -> None:
        """Read the changes that wait for any of these ids; mostly nothing waits at all."""
        table, content = tables.held, tables.change.c.content
        region = self._view.city.code
        if _ANYTHING.run(self._view.connection, region=region).first() is None:
            return
        for some in chunks(sorted(ids)):
            rows = self._view.connection.execute(
                select(table.c.waits_for, content)
                .join_from(
                    table,
                    tables.change,
                    (tables.change.c.region == table.c.region)
                    & (tables.change.c.id == table.c.change),
                )
                .where(table.c.region == region, table.c.waits_for.in_(some))
                .order_by(table.c.added)
            )
            for row in rows:
                change = wire.decode(row.content, Change)
                waiting = self._waiting.setdefault(row.waits_for, [])
                if all(one.id != change.id for one in waiting):
                    waiting.append(change)


def _by_a_person(table: Table) -> ColumnElement[bool]:
    """What waits for a person, or for something that waits itself, has no day when it ends."""
    other = table.alias("other")
    further = select(other.c.change).where(
        other.c.region == table.c.region, other.c.change == table.c.waits_for
    )
    return or_(table.c.waits_for == PERSON, further.exists())


_ANYTHING = Statement(
    select(tables.held.c.change).where(tables.held.c.region == bindparam("region")).limit(1)
)
_OVERDUE = Statement(
    select(tables.held.c.waits_for, tables.change.c.content)
    .join_from(
        tables.held,
        tables.change,
        (tables.change.c.region == tables.held.c.region)
        & (tables.change.c.id == tables.held.c.change),
    )
    .where(
        tables.held.c.region == bindparam("region"),
        tables.held.c.since < bindparam("before"),
        ~_by_a_person(tables.held),
    )
    .order_by(tables.held.c.since, tables.held.c.added)
    .limit(OVERDUE_MAX)
)


def _with_quarantine(judgement: Judgement) -> Judgement:
    """What our own fault turned down is not refused: it waits for a mended server."""
    if judgement.verdict == "refused" and judgement.code == QUARANTINED:
        return msgspec.structs.replace(judgement, verdict="quarantined")
    return judgement
