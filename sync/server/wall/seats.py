"""Which tiles are on the wall now: it has few seats, so that all are read from four metres.

What was never counted gives way to what was. Where more was counted than there are seats, the first
keep theirs, in the region's order, and the others take turns in the last one.
"""

from collections.abc import Iterable, Sequence

from sync.server.wall.picture import Shown, Times

COUNTS_MAX, OTHERS_MAX = 4, 5  # seats; beside the others the laptops have one of their own
WIDE = 2  # seats that a time takes, with its lines
TURN_MS = 30_000  # long enough to be read across a room, and for every tile within minutes


def seated(shown: Sequence[Shown], seats: int, now: int) -> list[Shown]:
    """Give what has a seat at this moment, in order."""
    told = [one for one in shown if one.changed]
    if _width(told) <= seats:
        return _first([*told, *(one for one in shown if not one.changed)], seats)
    fixed = _first(told, seats - WIDE)
    others = told[len(fixed) :]
    return [*fixed, others[now // TURN_MS % len(others)]]


def _first(tiles: Iterable[Shown], seats: int) -> list[Shown]:
    found: list[Shown] = []
    for one in tiles:
        if _width([*found, one]) > seats:
            break
        found.append(one)
    return found


def _width(tiles: Iterable[Shown]) -> int:
    return sum(WIDE if isinstance(one.figures, Times) else 1 for one in tiles)
