"""A lease: a range of numbers that one incarnation of one device may use.

A lease that is told again with `ended` is over: whoever holds it takes no more of its numbers, and
they are never granted again. Why, and what becomes of the numbers that nobody used:

    revoked     the device was shut out          given back
    year_over   the year is over                 given back
    reborn      its holder lives another life    burned: the life before may have used some
"""

import msgspec

LEAST = 50  # numbers of a grant, however seldom a series is used
REVOKED = "revoked"
YEAR_OVER = "year_over"
REBORN = "reborn"


class Lease(msgspec.Struct, frozen=True):
    """Numbers `low` to `high`, both included, of one office's series and year.

    Ranges of one series never overlap. `asked` is the nonce of the ask that it answers, empty at
    enrolment: who bears the holder's name and never asked that is a copy. `ended` says why it is
    over, "" while it lives, and `rest` is the first number that its holder never told of using.
    """

    id: bytes
    office: bytes
    series: str
    year: int
    low: int
    high: int
    device: bytes
    incarnation: bytes
    asked: bytes = b""
    ended: str = ""
    rest: int = 0
