"""When to go: trips start by themselves, one at a time, and rest longer after each failure.

    RESTING --due--> TRAVELLING --arrived--> RESTING
                                --failed---> WAITING --due--> TRAVELLING
    WAITING --network--> RESTING (due at once)

Pure: the caller hands in the time (seconds, any origin) and a random number, and starts the trip
itself.
"""

from enum import Enum

AFTER_SAVE_S = 3.0  # a clerk often saves twice in a row; both travel together
ROUND_S = 15 * 60.0
BACKOFF_FIRST_S = 5.0
BACKOFF_MAX_S = 10 * 60.0
DOUBLINGS_MAX = 8  # 5 s doubled seven times passes the ceiling


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


class Timetable:
    """The state, and the moment when the next trip is due."""

    def __init__(self, now: float) -> None:
        self.state = State.RESTING
        self._due = now  # the first trip goes at sign-in
        self._failures = 0
        self._saved = False

    def saved(self, now: float) -> None:
        """A save wants to travel soon.

        During a trip it is remembered, while waiting it changes nothing.
        """
        self._saved = True
        if self.state is State.RESTING:
            self._due = min(self._due, now + AFTER_SAVE_S)

    def network(self, now: float) -> None:
        """The network changed: whatever failed before may work now."""
        self.state = NEXT[self.state, "network"]
        self._failures = 0
        self._due = now

    def due(self, now: float) -> bool:
        """Whether to start a trip now; if so it counts as started."""
        if self.state is State.TRAVELLING or now < self._due:
            return False
        self.state = NEXT[self.state, "due"]
        self._saved = False
        return True

    def start(self) -> bool:
        """Start at once, because somebody asked or the window closes.

        False while one is under way.
        """
        if self.state is State.TRAVELLING:
            return False
        self.state = State.TRAVELLING
        self._saved = False
        return True

    def arrived(self, now: float) -> None:
        """The trip came back with everything done."""
        self.state = NEXT[self.state, "arrived"]
        self._failures = 0
        self._due = now + (AFTER_SAVE_S if self._saved else ROUND_S)

    def failed(self, now: float, chance: float) -> None:
        """The trip failed; wait 5 s doubled each time, at most 10 min.

        Of which `chance` (0 to 1) is taken.

        Full jitter keeps the desks of a city apart when its server comes back.
        """
        self.state = NEXT[self.state, "failed"]
        ceiling = min(BACKOFF_FIRST_S * 2.0**self._failures, BACKOFF_MAX_S)
        self._failures = min(self._failures + 1, DOUBLINGS_MAX)
        self._due = now + ceiling * chance

    def wait(self, now: float) -> float:
        """Seconds until the next look is worth while; 0 when due."""
        return max(0.0, self._due - now)
