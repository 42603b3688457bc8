"""How far a file is on its way in, and the way to call it off from another thread."""

from collections.abc import Callable
from threading import Event


class CalledOff(Exception):  # noqa: N818 - somebody's wish, not a fault
    """The clerk called off what was being done; nothing was changed."""


class Course:
    """Tells shares of a hundred of one file's work; every step ends it once it was called off."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._off = Event()
        self._told = -1

    def call_off(self) -> None:
        """Have the work end at its next step."""
        self._off.set()

    def reach(self, share: int) -> None:
        """Say how far it is; CalledOff where nobody wants it any more."""
        if self._off.is_set():
            raise CalledOff
        if share != self._told:
            self._told = share
            self._tell(share)
