"""The settings as they stand, beside their table: a trip asks for some of them a hundred times.

Only the store's own writing transactions change them, one at a time, so what the last of these left
is what holds, and what the present one has written is what it reads. Who only reads does so of the
moment at which it began and asks the table.
"""

from collections.abc import Iterable

LARGE = 64 * 1024  # bytes of one setting; larger ones, as the region's files, stay in the table


class Settled:
    """What the `setting` table has under each key, for whoever writes."""

    def __init__(self, rows: Iterable[tuple[str, bytes | None]]) -> None:
        self._rows = dict(rows)  # None for what is LARGE
        self._fresh: dict[str, bytes | None] = {}  # of the transaction under way; None for no more

    def read(self, key: str) -> tuple[bool, bytes | None]:
        """Give whether it is known here what stands under a key, and that; None for nothing."""
        if key in self._fresh:
            return True, self._fresh[key]
        plain = self._rows.get(key)
        return plain is not None or key not in self._rows, plain

    def latest(self, key: str) -> tuple[bool, bytes | None]:
        """Give the same as the last transaction that is done left it, in any thread."""
        plain = self._rows.get(key, b"")
        return plain is not None, plain or None

    def write(self, key: str, plain: bytes | None) -> None:
        """Note what the transaction under way has written; None where it took it away."""
        self._fresh[key] = plain

    def end(self, *, done: bool) -> None:
        """Keep what the transaction wrote if it is done, else forget it."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, {}
        if done:
            for key, plain in fresh.items():
                if plain is None:
                    self._rows.pop(key, None)
                else:
                    self._rows[key] = plain if len(plain) <= LARGE else None
