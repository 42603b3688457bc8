"""The way of records over the counter, read back from their changes."""

from collections.abc import Iterator, Sequence

import msgspec

from sync.protocol.change import EDIT, Change
from sync.store import kept
from sync.store.statements import Connection

RETURNED = "returned"
_NOTHING_CAME_OF = frozenset({"refused", "quarantined", "conflict", "no_effect"})
_AT_ONCE = 1_000  # below the limit of bound values


class Step(msgspec.Struct, frozen=True):
    """One act that moved a record; `time` is ms, by the clock of who did it."""

    record: bytes
    act: str
    state: str
    time: int
    reason: str
    operator: bytes


def steps(conn: Connection, records: Sequence[bytes]) -> Iterator[tuple[bytes, list[Step]]]:
    """Give the steps of records that count, each record's in their order; edits are none."""
    for at in range(0, len(records), _AT_ONCE):
        part = records[at : at + _AT_ONCE]
        found: dict[bytes, list[Step]] = {name: [] for name in part}
        rows = conn.exec_driver_sql(
            "SELECT id, record, verdict, plain FROM change "  # noqa: S608 - question marks only
            f"WHERE record IN ({','.join('?' * len(part))}) ORDER BY n",
            tuple(part),
        )
        for row in rows:
            change = kept.unpack(row.plain, row.id)
            if change.act != EDIT and _counts(change, row.verdict):
                found[row.record].append(_step(change))
        yield from found.items()


def reasons(conn: Connection, records: Sequence[bytes], state: str) -> dict[bytes, str]:
    """Map records to the reason for which they came into a state, the last time."""
    found = {}
    for name, taken in steps(conn, records):
        for step in taken:
            if step.state == state:
                found[name] = step.reason
    return found


def _counts(change: Change, verdict: str) -> bool:
    """Tell whether an act took place; paper is a fact under any verdict."""
    return verdict not in _NOTHING_CAME_OF or change.body.paper is not None


def _step(change: Change) -> Step:
    return Step(
        change.target,
        change.act,
        change.state,
        change.time,
        change.body.reason,
        change.operator,
    )
