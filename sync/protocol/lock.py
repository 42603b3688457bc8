"""The lock on a folder of ours: held by one process, and gone with it, however it ends."""

import os
import sys
from pathlib import Path

from forms.engine.problem import Problem, Refused

NAME = "lock"


class Lock:
    """An operating system's lock on the folder's `lock` file, from `take` to `release`."""

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, folder: Path, busy: str) -> "Lock":
        """Lock the folder; Refused with the code `busy` while another process has it."""
        handle = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise Refused(Problem(busy)) from error
        return cls(handle)

    def release(self) -> None:
        """Give the folder back; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
