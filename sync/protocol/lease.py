"""A lease: a range of numbers that one incarnation of one device may use."""

import msgspec


class Lease(msgspec.Struct, frozen=True):
    """Numbers `low` to `high`, both included, of one office's series and year.

    Ranges of one series never overlap.
    """

    id: bytes
    office: bytes
    series: str
    year: int
    low: int
    high: int
    device: bytes
    incarnation: bytes
