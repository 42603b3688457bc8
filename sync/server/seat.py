"""The numbers of processes that serve one folder at once: each takes the first that is free.

What a process keeps for itself (counters, a log) lies under its number, so their count is bounded
by how many ever ran at once, and whoever comes after one that ended goes on where it stopped.
"""

from pathlib import Path

from forms.engine.problem import Problem, Refused
from sync.protocol.lock import Lock

SEATS_MAX = 64  # processes of one folder; a machine has fewer cores
_BUSY = "server_busy"


class Seat:
    """One number, held until it is given back or the process ends."""

    def __init__(self, number: int, folder: Path, lock: Lock) -> None:
        self.number = number
        self.folder = folder
        self._lock = lock

    @classmethod
    def take(cls, folder: Path) -> "Seat":
        """Take the first free number; Refused(server_busy) where all are taken."""
        for number in range(SEATS_MAX):
            place = folder / str(number)
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return cls(number, place, Lock.take(place, _BUSY))
            except Refused:
                continue
        raise Refused(Problem(_BUSY))

    def leave(self) -> None:
        """Give the number back."""
        self._lock.release()
