"""Judges the changes of one transaction in their order, and wakes those that waited for them.

A change that fails by a fault of ours is quarantined, with its place in the order kept; everything
else goes on. Judging is pure, so a failure leaves nothing behind.
"""

from collections import deque
from collections.abc import Iterable

import msgspec
from sqlalchemy import select

from sync.protocol import wire
from sync.protocol.change import Change
from sync.protocol.merge import judge
from sync.protocol.view import Judgement
from sync.server import tables
from sync.server.database import chunks
from sync.server.scope import QUARANTINED, note_fault
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
    """One transaction's judging; `outcomes` are in the order of judging."""

    def __init__(self, view: BatchView) -> None:
        self.outcomes: list[Outcome] = []
        self._view = view
        self._waiting: dict[bytes, list[Change]] = {}

    def run(self, changes: list[Change]) -> None:
        """Judge changes in order, each woken one right after what it waited for."""
        self._view.load(changes)
        self._load_waiting({change.id for change in changes} | {c.target for c in changes})
        for change in changes:
            self._judge_and_wake(change, woken=False)

    def close_overdue(self, now: int) -> None:
        """End the waiting of changes that were held too long: a person decides (sync-rules 2c)."""
        table, region = tables.held, self._view.city.code
        rows = self._view.connection.execute(
            select(table.c.waits_for, tables.change.c.content)
            .join_from(
                table,
                tables.change,
                (tables.change.c.region == table.c.region) & (tables.change.c.id == table.c.change),
            )
            .where(table.c.region == region, table.c.since < now - HELD_MS)
            .order_by(table.c.since, table.c.added)
            .limit(OVERDUE_MAX)
        ).all()
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
            judgement = _with_quarantine(judge(change, view))
        except Exception as error:  # noqa: BLE001 - whatever it does to one change, the others go on
            note_fault(change, error)
            judgement = Judgement("quarantined", QUARANTINED, change.base)
        if last and judgement.verdict == "held":
            judgement = Judgement("refused", "record_unknown", change.base)
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

    def _load_waiting(self, ids: Iterable[bytes]) -> None:
        """Read the changes that wait for any of these ids; mostly nothing waits at all."""
        table, content = tables.held, tables.change.c.content
        region = self._view.city.code
        anything = select(table.c.change).where(table.c.region == region).limit(1)
        if self._view.connection.execute(anything).first() is None:
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


def _with_quarantine(judgement: Judgement) -> Judgement:
    """What our own fault turned down is not refused: it waits for a mended server."""
    if judgement.verdict == "refused" and judgement.code == QUARANTINED:
        return msgspec.structs.replace(judgement, verdict="quarantined")
    return judgement
