"""What becomes of numbers of the office that stand on no paper that this desk knows.

What a number's state says:

leased         still ours to use
other_device   leased to another device, its use not heard of
returned       of a lease that is over: its device was shut out, or the year ended
burned         of a lease that a laptop had in an earlier life: put back, or copied
skipped        in no lease: a restored city goes on above what it may have granted
"""

from typing import Literal

import msgspec

from forms.engine.words import say
from sync.protocol.lease import REBORN
from sync.store import incarnation
from sync.store.handle import Store
from sync.store.statements import Connection

State = Literal["leased", "other_device", "returned", "burned", "skipped"]


class Unused(msgspec.Struct, frozen=True):
    """Numbers of one fate, both ends included; some of them may be on papers all the same."""

    low: int
    high: int
    state: State
    reason: str = ""


def skipped() -> Unused:
    """Say what becomes of a number that no lease has."""
    return Unused(0, 0, "skipped", say("number.skipped"))


def ranges(store: Store, conn: Connection, series: str, year: int) -> list[Unused]:
    """Say of a series and year what becomes of each lease's numbers, in their order."""
    rows = conn.exec_driver_sql(
        "SELECT l.low, l.high, l.next, l.device, l.incarnation, e.why, e.rest FROM lease l "
        "LEFT JOIN lease_end e ON e.id = l.id WHERE l.series = ? AND l.year = ? ORDER BY l.low",
        (series, year),
    )
    lives = {(life.device, life.incarnation) for life in incarnation.former(conn)}
    found = []
    for row in rows:
        life = (row.device, row.incarnation)
        begin, state = row.low, _holder(life == _self(store), life in lives)
        if life == _self(store):
            begin = row.next
            found.append(Unused(row.low, begin - 1, "skipped"))
        if row.why is None:
            reason = say("number.ended_reborn") if state == "burned" else ""
            found.append(Unused(begin, row.high, state, reason))
            continue
        rest = max(begin, row.rest)
        found.append(Unused(begin, rest - 1, state, say("number.awaited")))
        over: State = "burned" if row.why == REBORN else "returned"
        found.append(Unused(rest, row.high, over, say(f"number.ended_{row.why}")))
    return [one for one in found if one.low <= one.high]


def _self(store: Store) -> tuple[bytes, bytes]:
    return store.desk.device, store.desk.incarnation


def _holder(present: bool, former: bool) -> State:  # noqa: FBT001 - two facts of one lease
    return "leased" if present else "burned" if former else "other_device"
