"""How much a line carries at once, learnt from what went through and what did not.

A line that never broke is taken to be good. The first break makes it a bad one: 8 KiB, half of it
at each further break, half more for each piece that went through, up to 1 MiB. Pure; the desk
remembers the size from trip to trip.
"""

from collections.abc import Sequence

from sync.protocol.exchange import ROWS_MAX
from sync.protocol.upload import PIECE_MAX

GOOD = 64 * 1024  # A day's work of an office is a third of it.
BAD = 8 * 1024  # One second at 64 kbit/s.
SIZE_MIN = 2 * 1024  # Below it the headers of a request are longer than what they carry.
GROWTH = 1.5
ROW_BYTES = 60  # of one row of an answer, as measured
PIECES_OF_ANSWER = 4  # An answer goes on where it broke off, so it may be longer than a piece.
ROWS_MIN = 200


class Pace:
    """The size in bytes of what goes at once over one line."""

    def __init__(self, size: int = GOOD) -> None:
        self.size = min(max(size, SIZE_MIN), PIECE_MAX)

    @property
    def is_slow(self) -> bool:
        """Whether the line is a bad one."""
        return self.size < GOOD

    def went(self, size: int) -> None:
        """So many bytes went through at once; less than half a piece proves nothing."""
        if 2 * size >= self.size:
            self.size = min(int(self.size * GROWTH), PIECE_MAX)

    def broke(self) -> None:
        """The line broke, stalled, or somebody on the way found it too much."""
        self.size = BAD if self.size > BAD else max(self.size // 2, SIZE_MIN)

    def rows(self) -> int:
        """Give the rows that one answer may bring."""
        if not self.is_slow:
            return ROWS_MAX
        return max(self.size * PIECES_OF_ANSWER // ROW_BYTES, ROWS_MIN)

    def fitting(self, envelopes: Sequence[bytes]) -> int:
        """Count the leading envelopes that go together with what has to go anyway."""
        room = self.size
        for count, data in enumerate(envelopes):
            room -= len(data)
            if room < 0:
                return count
        return len(envelopes)
