"""Which day a desk is open for: the clock proposes, a person confirms where that is in doubt.

    the clock's day                                      then the desk is open for
    that on which a person confirmed a day               the confirmed day
    before the floor                                     none: "behind"
    more than AHEAD after the floor, or the last letter  none: "ahead"
    of another year than the floor                       none: "year"
    any other, or there is no floor yet                  the clock's day

The floor is the later one of the day last confirmed and that on which the server last spoke; what
nobody confirmed never is one, so a clock that was ahead poisons nothing. Days that letters bore by
the clock alone only say how far it may go on from there: a laptop that works for weeks without a
network steps from day to day, and is asked about a leap. A confirmed day lapses
when the server speaks afterwards of a later day, or of one more than AHEAD before it; it is no
floor then either. One that is not the clock's own lapses as well when the clock goes back, as that
of a computer with a dead battery does at each start.
"""

import datetime as dt
from collections.abc import Callable
from typing import Literal

import msgspec

from sync.store import settings
from sync.store.statements import Connection

AHEAD = dt.timedelta(days=4)  # a clock further ahead of what is known is asked about
PLAUSIBLE = dt.timedelta(days=92)  # and one yet further is not even proposed
SLACK_MS = 300_000  # by which two clocks may differ without anybody's fault

Doubt = Literal["", "behind", "ahead", "year"]
Calendar = Callable[[int], dt.date]  # the region's date at a time in ms


class Opened(msgspec.Struct, frozen=True):
    """What a person confirmed: the day, when by the clock, and what the server had said by then.

    `time` is ms by the clock, later where a date was given out since; `heard` as in Known. Years up
    to `closed` were left behind by the head of the office.
    """

    date: dt.date
    clock: dt.date
    time: int
    heard: int
    operator: bytes
    closed: int = 0


class Borne(msgspec.Struct, frozen=True):
    """The latest day that a letter bore by the clock alone, while `heard` (as in Known) stood."""

    date: dt.date
    heard: int


class Known(msgspec.Struct, frozen=True):
    """What is known of the day: the server's last signed time in ms, 0 before the first."""

    heard: int = 0
    opened: Opened | None = None
    borne: Borne | None = None


class Day(msgspec.Struct, frozen=True):
    """The day for which a desk is open; with a `doubt` nobody has confirmed it yet.

    `date` is then the later one of the clock's day and the floor, by which answers are judged and
    nothing is dated. `known` is the floor, `proposed` what a person may confirm without typing:
    None where no clock tells anything plausible. `odd` says that the clock is outside of the time
    from the server's last word to AHEAD after it, or that the day is not its own.
    """

    date: dt.date
    clock: dt.date
    known: dt.date | None
    doubt: Doubt
    proposed: dt.date | None
    odd: bool


def read(conn: Connection) -> Known:
    """Read what is known; the server's word is that of its welcome until a receipt comes."""
    joined = settings.read(conn, "joined", int) or 0
    heard = settings.marks(conn).receipt_time or joined
    opened, borne = settings.read(conn, "opened", Opened), settings.read(conn, "borne", Borne)
    return Known(heard, opened, borne)


def judge(known: Known, now: int, offset: int, calendar: Calendar) -> Day:
    """Judge the clock; `offset` is the server's clock less ours in ms, when we last heard of it."""
    clock = calendar(now)
    server = calendar(known.heard) if known.heard else None
    opened = known.opened
    if opened is not None and server is not None and opened.heard != known.heard:
        opened = opened if server <= opened.date <= server + AHEAD else None
    days = [day for day in (server, opened.date if opened else None) if day is not None]
    floor = max(days, default=None)
    outside = bool(known.heard) and not (
        known.heard - SLACK_MS <= now <= known.heard + AHEAD // dt.timedelta(milliseconds=1)
    )
    if opened is not None and _holds(opened, clock, now):
        odd = outside or opened.date != clock
        return Day(opened.date, clock, floor, "", opened.date, odd)
    doubt = _doubt(clock, floor, known)
    if floor is None or not doubt:
        return Day(clock, clock, floor, "", clock, outside)
    proposals = [clock, calendar(now + offset)]
    if opened is not None:
        proposals.append(opened.date + (clock - opened.clock))
    fitting = (day for day in proposals if floor <= day <= floor + PLAUSIBLE)
    return Day(max(clock, floor), clock, floor, doubt, next(fitting, None), odd=True)


def closed(known: Known, calendar: Calendar) -> int:
    """Name the last year that is closed: the server spoke in a later one, or the head closed it."""
    by_server = calendar(known.heard).year - 1 if known.heard else 0
    return max(by_server, known.opened.closed if known.opened is not None else 0)


def _holds(opened: Opened, clock: dt.date, now: int) -> bool:
    return opened.clock == clock and (opened.date == clock or now >= opened.time)


def _doubt(clock: dt.date, floor: dt.date | None, known: Known) -> Doubt:
    if floor is None:
        return ""
    if clock < floor:
        return "behind"
    borne = known.borne
    came = floor if borne is None or borne.heard != known.heard else max(floor, borne.date)
    if clock > came + AHEAD:
        return "ahead"
    return "year" if clock.year != floor.year else ""
