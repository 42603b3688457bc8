"""How the room of a table is shared among its columns; pure numbers."""

from collections.abc import Sequence


def fitted(natural: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Give every column what it needs; where that is too much, the widest are cut to one width.

    `least` is what a column keeps at any rate: below that the table is scrolled. Spare room goes to
    the columns in proportion to what they need.
    """
    need = sum(natural)
    if not need:
        return list(natural)
    if need <= room:
        shares = [room * width // need for width in natural]
        shares[-1] += room - sum(shares)
        return shares
    level = _level(natural, least, room)
    return [max(low, min(width, level)) for width, low in zip(natural, least, strict=True)]


def _level(natural: Sequence[int], least: Sequence[int], room: int) -> int:
    """Find the greatest width to which all can be cut so that they fit; 0 where none is enough."""
    low, high = 0, max(natural)
    while low < high:
        middle = (low + high + 1) // 2
        cut = (max(keep, min(width, middle)) for width, keep in zip(natural, least, strict=True))
        if sum(cut) <= room:
            low = middle
        else:
            high = middle - 1
    return low
