"""The locks on a folder of ours: each held by one process, and gone with it, however it ends."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from forms.engine.problem import Problem, Refused

NAME = "lock"
_LOOK_S = 0.01


class Lock:
    """An operating system's lock on a file, from `take` to `release`.

    Who takes one file twice waits for himself, in one process too.
    """

    def __init__(self, handle: int) -> None:
        self._handle: int | None = handle

    @classmethod
    def take(cls, folder: Path, busy: str, patience: float = 0) -> "Lock":
        """Lock the folder; Refused with the code `busy` while another process has it.

        With patience (seconds) a process that was just killed may still be ending.
        """
        until = time.monotonic() + patience
        while (lock := cls.attempt(folder / NAME)) is None:
            if time.monotonic() >= until:
                raise Refused(Problem(busy))
            time.sleep(_LOOK_S)
        return lock

    @classmethod
    def attempt(cls, file: Path) -> "Lock | None":
        """Lock a file; None while somebody has it."""
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except OSError:
            os.close(handle)
            return None
        return cls(handle)

    @classmethod
    def wait(cls, file: Path) -> "Lock":
        """Lock a file as soon as nobody else has it: for what takes moments only."""
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait(handle)
        except OSError:
            os.close(handle)
            raise
        return cls(handle)

    @property
    def handle(self) -> int:
        """What a process inherits that is to hold the lock too, until both have ended."""
        assert self._handle is not None, "it was released"
        return self._handle

    def release(self) -> None:
        """Give it back; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _wait(handle: int) -> None:
        while True:
            try:
                return _lock(handle)
            except PermissionError:  # somebody has it; nothing there wakes who waits
                time.sleep(_LOOK_S)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _wait(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
