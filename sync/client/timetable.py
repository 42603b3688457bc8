"""When to go: trips start by themselves, one at a time, and rest longer after each failure.

    RESTING --due--> TRAVELLING --arrived--> RESTING
                                --failed---> WAITING --due--> TRAVELLING
    WAITING --network--> RESTING

| what happens                   | when the next trip is due                                       |
|--------------------------------|-----------------------------------------------------------------|
| sign-in                        | at once; first of a day with nothing to bring: `morning` later  |
| a save                         | after 3 s; while waiting for the network, or travelling: later  |
| a trip arrived                 | after 15 min                                                    |
| a trip failed                  | after 5 s doubled each time, at most 10 min, of which a random  |
|                                | part is taken; not before the server's Retry-After              |
| the network changed, or the    | within 10 s, a random part of them                              |
| laptop slept                   |                                                                 |
| the network comes and goes     | 5 s after the last one left at the earliest                     |

So a desk whose network comes back, and which is told so, is on its way 10 s later, or 15 s after a
trip that was under way has ended; a dead one ends by itself within 30 s without a byte. Untold, it
is on its way after as long as the waiting had become. The network's word starts a trip sooner and
never holds one back.

Pure: the caller hands in the time (seconds, any origin) and random numbers, and starts the trip
itself.
"""

import hashlib
from enum import Enum

AFTER_SAVE_S = 3.0  # a clerk often saves twice in a row; both travel together
ROUND_S = 15 * 60.0
BACKOFF_FIRST_S = 5.0
BACKOFF_MAX_S = 10 * 60.0
DOUBLINGS_MAX = 8  # 5 s doubled seven times passes the ceiling
NETWORK_WITHIN_S = 10.0  # a whole office has its network back at the same moment
EVERY_S = 5.0  # between two trips, where the first failed or the network drives them
MORNING_S = 5 * 60.0  # the counters of a city open at one and the same minute
SLEPT_S = 60.0  # the timetable is looked at each second


class State(Enum):
    """Where the one trip of this desk is."""

    RESTING = "resting"
    TRAVELLING = "travelling"
    WAITING = "waiting"


NEXT: dict[tuple[State, str], State] = {
    (State.RESTING, "due"): State.TRAVELLING,
    (State.WAITING, "due"): State.TRAVELLING,
    (State.TRAVELLING, "arrived"): State.RESTING,
    (State.TRAVELLING, "failed"): State.WAITING,
    (State.WAITING, "network"): State.RESTING,
    (State.RESTING, "network"): State.RESTING,
    (State.TRAVELLING, "network"): State.TRAVELLING,
}


def morning(device: bytes) -> float:
    """Give the seconds by which this desk's first trip of a day is late, always the same."""
    number = int.from_bytes(hashlib.sha256(b"teras/morning/1" + device).digest()[:4], "big")
    return MORNING_S * number / 2**32


class Timetable:
    """The state, and the moment when the next trip is due; the first is `first` seconds away."""

    def __init__(self, now: float, first: float = 0.0) -> None:
        self.state = State.RESTING
        self._due = now + first
        self._left = now - EVERY_S  # when the last trip did
        self._held = now  # the server wants no trip before
        self._looked: float | None = None
        self._failures = 0
        self._saved = False

    def saved(self, now: float) -> None:
        """A save wants to travel soon.

        During a trip it is remembered, while waiting it changes nothing.
        """
        self._saved = True
        if self.state is State.RESTING:
            self._due = max(min(self._due, now + AFTER_SAVE_S), self._held)

    def network(self, now: float, chance: float) -> None:
        """The network changed: whatever failed before may work now; `chance` (0 to 1) is random."""
        self.state = NEXT[self.state, "network"]
        self._failures = 0
        soon = max(now + NETWORK_WITHIN_S * chance, self._left + EVERY_S, self._held)
        self._due = min(self._due, soon)

    def looked(self, now: float, wall: float, chance: float) -> None:
        """Notice by the clock on the wall that the laptop slept, whether `now` counted it or not.

        A clock that was set forward starts a trip for nothing; one that was set back, none.
        """
        if self._looked is not None and wall - self._looked > SLEPT_S:
            self._held = min(self._held, now)
            self.network(now, chance)
        self._looked = wall

    def due(self, now: float) -> bool:
        """Whether to start a trip now; if so it counts as started."""
        if self.state is State.TRAVELLING or now < self._due:
            return False
        return self.start(now)

    def start(self, now: float) -> bool:
        """Start at once, because somebody asked or the window closes.

        False while one is under way.
        """
        if self.state is State.TRAVELLING:
            return False
        self.state = NEXT[self.state, "due"]
        self._left = now
        self._saved = False
        return True

    def arrived(self, now: float) -> None:
        """The trip came back with everything done."""
        self.state = NEXT[self.state, "arrived"]
        self._failures = 0
        self._due = now + (AFTER_SAVE_S if self._saved else ROUND_S)

    def failed(self, now: float, chance: float, least: float = 0.0) -> None:
        """The trip failed; wait for the part `chance` (0 to 1) of the ceiling, `least` s at least.

        Full jitter keeps the desks of a city apart when its server comes back.
        """
        self.state = NEXT[self.state, "failed"]
        ceiling = min(BACKOFF_FIRST_S * 2.0**self._failures, BACKOFF_MAX_S)
        self._failures = min(self._failures + 1, DOUBLINGS_MAX)
        self._held = now + least
        self._due = max(now + ceiling * chance, self._left + EVERY_S, self._held)

    def wait(self, now: float) -> float:
        """Seconds until the next look is worth while; 0 when due."""
        return max(0.0, self._due - now)
