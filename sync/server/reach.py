"""How far the devices of one transaction had read the streams when they did what is judged."""

from collections.abc import Iterable

from sync.protocol.change import Change
from sync.protocol.stream import Cursor


class Reach:
    """What batches say of it; of a change that was held nobody knows it any more."""

    def __init__(self) -> None:
        self._rows: dict[bytes, dict[str, int]] = {}  # device -> stream -> row
        self._again: set[bytes] = set()

    def knew(self, device: bytes, cursors: Iterable[Cursor]) -> None:
        """Note how far a device had read when it did what is judged now."""
        self._rows[device] = {cursor.stream: cursor.row for cursor in cursors}

    def judge_again(self, change: bytes) -> None:
        """Note that a change was held until now."""
        self._again.add(change)

    def row(self, change: Change, stream: str) -> int | None:
        """Tell which row of a stream the author had read last, 0 for none; None if nobody knows."""
        if change.id in self._again:
            return None
        return self._rows.get(change.device, {}).get(stream, 0)
