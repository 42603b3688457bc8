"""Answers that were given, kept for minutes: one that broke off on the way goes on.

<server folder>/answers/<name>      whichever process of the server is asked for the rest

An answer is sealed to its desk and named by random bytes; a forgotten one is asked for anew, so
nothing here waits for the disk. What is old goes when something new comes: each process sweeps
after SWEEP_MS, and after SWEEP_BYTES of its own, so no more lies there than BYTES_MAX and one such
share of each process.
"""

import os
import re
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = "answers"
SIZE_MIN = 16 * 1024  # A shorter one is quicker asked for again.
BYTES_MAX = 64 * 1024 * 1024
KEPT_MS = 15 * 60_000
SWEEP_MS = 60_000
SWEEP_BYTES = BYTES_MAX // 8
NAME_BYTES = 16
_NAME = re.compile(f"[0-9a-f]{{{2 * NAME_BYTES}}}")


class Answers:
    """The newest answers of one server; several threads and processes may come at once."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._folder = folder / FOLDER
        self._now = now
        self._lock = threading.Lock()
        self._fresh = 0  # bytes since this process swept last
        self._swept = now()
        self._sweep(self._swept)

    def keep(self, content: bytes) -> str:
        """Keep an answer and give its name; "" for one that is not worth it, or has no room."""
        if not SIZE_MIN <= len(content) <= BYTES_MAX:
            return ""
        self._make_room(len(content))
        name = secrets.token_bytes(NAME_BYTES).hex()
        path = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, ns=(self._now() * 1_000_000,) * 2)
        except OSError:  # a full disk; the answer itself goes its way
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return ""
        return name

    def get(self, name: str) -> bytes | None:
        """Give an answer again, while we have it."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _make_room(self, size: int) -> None:
        now = self._now()
        with self._lock:
            self._fresh += size
            if self._fresh <= SWEEP_BYTES and 0 <= now - self._swept <= SWEEP_MS:
                return
            self._fresh, self._swept = size, now
        self._sweep(now, size)

    def _sweep(self, now: int, room: int = 0) -> None:
        """Let go what is old, and the oldest of what is too much."""
        left = BYTES_MAX - room
        for grown, size, path in sorted(_files(self._folder), reverse=True):
            left -= size
            if left < 0 or now - grown > KEPT_MS:
                path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[int, int, Path]]:
    """Give when each was kept (ms), its size, and where it is; others may let some go meanwhile."""
    found = []
    with suppress(FileNotFoundError):
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                stands = entry.stat()
                found.append((stands.st_mtime_ns // 1_000_000, stands.st_size, Path(entry.path)))
    return found
