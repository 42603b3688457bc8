"""Answers that were given, kept for minutes in memory: one that broke off on the way goes on.

An answer is sealed to its desk and named by random bytes; a forgotten one is asked for anew.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable

SIZE_MIN = 16 * 1024  # A shorter one is quicker asked for again.
BYTES_MAX = 64 * 1024 * 1024
KEPT_MS = 15 * 60_000
NAME_BYTES = 16


class Answers:
    """The newest answers of one server."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._bytes = 0

    def keep(self, content: bytes) -> str:
        """Keep an answer and give its name; "" for one that is not worth it."""
        if not SIZE_MIN <= len(content) <= BYTES_MAX:
            return ""
        name = secrets.token_bytes(NAME_BYTES).hex()
        with self._lock:
            self._kept[name] = (self._now(), content)
            self._bytes += len(content)
            while self._bytes > BYTES_MAX or self._is_old():
                self._bytes -= len(self._kept.popitem(last=False)[1][1])
        return name

    def get(self, name: str) -> bytes | None:
        """Give an answer again, while we have it."""
        with self._lock:
            found = self._kept.get(name)
        return found[1] if found is not None else None

    def _is_old(self) -> bool:
        first = next(iter(self._kept.values()), None)
        return first is not None and self._now() - first[0] > KEPT_MS
