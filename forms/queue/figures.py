"""How long people waited and were served, by group and by the hour in which they came.

Waiting is from the entry into the line to the (last) call, service from the coming to the end.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import msgspec

from forms.engine.region_queue import Plan
from forms.queue.tickets import OPEN, Ticket

_MINUTE = 60_000


class Times(msgspec.Struct, frozen=True):
    """What was measured of some people, in whole minutes rounded up; None where nobody was.

    `taken` counts all of them, `waiting` those still in line, `missed` those who never came,
    `late` those who waited longer than the standard, `called` those who were called at all.
    """

    taken: int
    waiting: int
    missed: int
    called: int
    late: int
    wait_half: int | None
    wait_most: int | None
    serve_half: int | None
    serve_most: int | None


def by_group(tickets: Sequence[Ticket], plan: Plan) -> list[tuple[str, Times]]:
    """Measure each group of the plan, in its order."""
    return [
        (group.letter, times([t for t in tickets if t.group == group.letter], plan))
        for group in plan.groups
    ]


def by_hour(
    tickets: Sequence[Ticket], plan: Plan, hour: Callable[[int], int]
) -> list[tuple[int, Times]]:
    """Measure each hour of the day in which somebody came; `hour` tells that of a moment."""
    hours: dict[int, list[Ticket]] = {}
    for ticket in tickets:
        hours.setdefault(hour(ticket.entered), []).append(ticket)
    return [(at, times(hours[at], plan)) for at in sorted(hours)]


def times(tickets: Sequence[Ticket], plan: Plan) -> Times:
    """Measure some tickets of one day."""
    called = [ticket for ticket in tickets if ticket.called >= ticket.entered and ticket.called]
    waits = [ticket.called - ticket.entered for ticket in called]
    served = [t.finished - t.started for t in tickets if t.started and t.finished]
    return Times(
        len(tickets),
        sum(ticket.state == "waiting" for ticket in tickets),
        sum(ticket.state == "no_show" for ticket in tickets),
        len(called),
        sum(is_late(ticket, plan) for ticket in called),
        _part(waits, 50),
        _part(waits, 90),
        _part(served, 50),
        _part(served, 90),
    )


def is_late(ticket: Ticket, plan: Plan, now: int = 0) -> bool:
    """Tell whether somebody waited longer than the standard; who still waits, until `now`."""
    group = plan.group(ticket.group)
    until = now if ticket.state == OPEN[0] else ticket.called
    return group is not None and until - ticket.entered > group.wait_minutes * _MINUTE


def minutes(span: int) -> int:
    """Give a span of ms as whole minutes, rounded up: nobody waited less than is said."""
    return math.ceil(span / _MINUTE)


def _part(spans: Iterable[int], percent: int) -> int | None:
    """Give the least span that so many percent do not exceed, in minutes."""
    ordered = sorted(spans)
    if not ordered:
        return None
    return minutes(ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)])
