"""Which tiles are on the wall now: it has few seats, so that all are read from four metres.

What was never counted gives way to what was. Where more was counted than there are seats, the first
keep theirs, in the region's order, and the others take turns in the last one.
"""

from collections.abc import Sequence

from sync.server.wall.picture import Shown

COUNTS_MAX, OTHERS_MAX = 4, 5  # and one for the laptops
TURN_MS = 30_000  # long enough to be read across a room, and for every tile within minutes


def seated(shown: Sequence[Shown], seats: int, now: int) -> list[Shown]:
    """Give what has a seat at this moment, in order."""
    told = [one for one in shown if one.changed]
    if len(told) <= seats:
        return [*told, *(one for one in shown if not one.changed)][:seats]
    fixed, others = told[: seats - 1], told[seats - 1 :]
    return [*fixed, others[now // TURN_MS % len(others)]]
