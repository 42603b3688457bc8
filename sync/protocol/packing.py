"""One column of values in the fewest bytes: a tag, and what gives the very same values back.

    ["=", value]                every row has it
    ["d", uniques, indexes]     few different values
    ["+", first, differences]   whole numbers
    ["#", width, bytes]         digit strings of one width
    ["t", first, offsets]       ISO dates, as days
    ["b", width, bytes]         byte strings of one width
    ["m", {key: column}]        maps, key by key
    ["?", bitmap, column]       rows without a value
    ["*", values]               anything else

A tag is only taken where it is exact: unpack(pack(x)) == x for whatever MessagePack can hold.

Few bytes may promise much: one value for every row, a column within a column. So what a table may
grow to is counted while it grows (Room), and nothing lies deeper than DEPTH_MAX.
"""

import datetime
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.frame import CONTENT_MAX

DIGITS_MAX = 18  # 10**18 fits 8 bytes
ROWS_MAX = 100_000  # a column can't promise more rows than a batch may hold
DICTIONARY_SHARE = 3  # a dictionary pays when each value is used about this often
DATE_WIDTH = 10
STEP_MAX = 2**63 - 1  # MessagePack has no whole number that is farther below zero
DEPTH_MAX = 32  # of columns, and of a value's lists and maps; a form's own have three
_NESTED = frozenset({list, dict})
CELL = 8  # what a value takes at least while it is held


class _Missing:
    """The value of a row that has no such key; differs from None, which empties a key."""

    __slots__ = ()


MISSING: Final = _Missing()


class Room:
    """How far one table may still grow: written row by row, it must not pass a frame's bound."""

    def __init__(self) -> None:
        self._left = CONTENT_MAX

    def take(self, rows: int, size: int = 0) -> None:
        """Count so many values of one size; ValueError when there is no room."""
        self._left -= rows * (CELL + size)
        if self._left < 0:
            raise ValueError


def pack(values: Sequence[Any]) -> list[Any]:
    """Choose the shortest exact tag for the values of one column.

    The choice depends on the values alone.
    """
    kinds = set(map(type, values))
    if _Missing in kinds:
        present = [value for value in values if value is not MISSING]
        return ["?", _bitmap([value is not MISSING for value in values]), pack(present)]
    if len(kinds) != 1:
        return ["*", list(values)]
    kind = kinds.pop()
    if values.count(values[0]) == len(values):
        return ["=", values[0]]
    if kind is int:
        steps = [b - a for a, b in pairwise(values)]
        if -STEP_MAX <= min(steps) <= max(steps) <= STEP_MAX:
            return ["+", values[0], steps]
        return ["*", list(values)]
    if kind is dict and all(type(key) is str for value in values for key in value):
        keys = list(dict.fromkeys(key for value in values for key in value))
        return [
            "m",
            {key: pack([value.get(key, MISSING) for value in values]) for key in sorted(keys)},
        ]
    if kind is bytes:
        return _pack_bytes(values)
    if kind is str:
        return _pack_text(values)
    return ["*", list(values)]


def _dictionary(values: Sequence[Any]) -> list[Any] | None:
    uniques = list(dict.fromkeys(values))
    if len(uniques) * DICTIONARY_SHARE > len(values):
        return None
    place = {value: index for index, value in enumerate(uniques)}
    indexes = [place[value] for value in values]
    return ["d", uniques, bytes(indexes) if len(uniques) <= 256 else indexes]  # noqa: PLR2004 - one byte each


def _pack_bytes(values: Sequence[bytes]) -> list[Any]:
    shared = _dictionary(values)
    if shared is not None:
        return shared
    width = len(values[0])
    if width and all(len(value) == width for value in values):
        return ["b", width, b"".join(values)]
    return ["*", list(values)]


def _pack_text(values: Sequence[str]) -> list[Any]:
    shared = _dictionary(values)
    if shared is not None:
        return shared
    width = len(values[0])
    if all(len(value) == width for value in values):
        joined = "".join(values)
        if 0 < width <= DIGITS_MAX and joined.isascii() and joined.isdigit():
            size = _bytes_for(width)
            return ["#", width, b"".join(int(value).to_bytes(size) for value in values)]
        if width == DATE_WIDTH:
            days = _days(values)
            if days is not None:
                return ["t", days[0], [day - days[0] for day in days[1:]]]
    return ["*", list(values)]


def _bytes_for(digits: int) -> int:
    return int((10**digits - 1).bit_length() + 7) // 8


def _days(values: Sequence[str]) -> list[int] | None:
    days = []
    for value in values:
        try:
            date = datetime.date.fromisoformat(value)
        except ValueError:
            return None
        if date.isoformat() != value:
            return None
        days.append(date.toordinal())
    return days


def _bitmap(flags: Sequence[bool]) -> bytes:
    number = sum(1 << index for index, flag in enumerate(flags) if flag)
    return number.to_bytes((len(flags) + 7) // 8, "little")


def unpack(column: Any, rows: int, room: Room | None = None, depth: int = 0) -> list[Any]:
    """Give back the `rows` values of a packed column.

    Refused(column_malformed) for anything that isn't one, or for which there is no `room` left.
    """
    try:
        values = _unpack(column, rows, room or Room(), depth)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise Refused(Problem("column_malformed")) from error
    if len(values) != rows:
        raise Refused(Problem("column_malformed"))
    return values


def _unpack(column: Any, rows: int, room: Room, depth: int) -> list[Any]:  # noqa: C901 - one case a tag, drawn above
    if not isinstance(column, list) or not 0 <= rows <= ROWS_MAX or depth > DEPTH_MAX:
        raise TypeError
    match column:
        case ["=", value]:
            room.take(rows, _size(value))
            return [value] * rows
        case ["d", list(uniques), indexes]:
            return _looked_up(uniques, indexes, room)
        case ["m", dict(columns)]:
            parts = {key: unpack(part, rows, room, depth + 1) for key, part in columns.items()}
            return _rows(parts, rows)
        case ["?", bytes(bitmap), inner]:
            room.take(rows)
            return _sparse(bitmap, inner, rows, (room, depth))
    room.take(rows)
    match column:
        case ["*", list(values)]:
            if not _NESTED.isdisjoint(map(type, values)):
                _check_depth(values)
            return values
        case ["+", int(value), list(deltas)]:
            values = [value]
            for delta in deltas:
                value += delta
                values.append(value)
            return values
        case ["b", int(width), bytes(joined)]:
            return [joined[at : at + width] for at in range(0, len(joined), width)]
        case ["#", int(width), bytes(joined)]:
            return _digits(width, joined)
        case ["t", int(first), list(offsets)]:
            days = [first, *(first + offset for offset in offsets)]
            return [datetime.date.fromordinal(day).isoformat() for day in days]
    raise ValueError


def _size(value: Any) -> int:
    """Tell what a value adds to every row that has it; ValueError where it lies too deep."""
    kind = type(value)
    if kind is str or kind is bytes:
        return len(value)
    if kind in _NESTED:
        _check_depth(value)
        return len(wire.encode(value))
    return 0


def _check_depth(value: Any) -> None:
    """Go down level by level, not by calls."""
    level = [value]
    for _ in range(DEPTH_MAX):
        inner: list[Any] = []
        for one in level:
            inner += one.values() if type(one) is dict else one
        level = [one for one in inner if type(one) in _NESTED]
        if not level:
            return
    raise ValueError


def _looked_up(uniques: list[Any], indexes: Any, room: Room) -> list[Any]:
    if any(index < 0 for index in indexes):
        raise IndexError
    sizes = [_size(value) for value in uniques]
    room.take(len(indexes))
    room.take(1, sum(sizes[index] for index in indexes))
    return [uniques[index] for index in indexes]


def _digits(width: int, joined: bytes) -> list[str]:
    if not 0 < width <= DIGITS_MAX:
        raise ValueError
    size = _bytes_for(width)
    values = [
        str(int.from_bytes(joined[at : at + size])).zfill(width)
        for at in range(0, len(joined), size)
    ]
    if any(len(value) != width for value in values):
        raise ValueError
    return values


def _sparse(bitmap: bytes, inner: Any, rows: int, within: tuple[Room, int]) -> list[Any]:
    if len(bitmap) != (rows + 7) // 8:
        raise ValueError
    number = int.from_bytes(bitmap, "little")
    if number >> rows:
        raise ValueError
    room, depth = within
    present = iter(unpack(inner, number.bit_count(), room, depth + 1))
    flags = reversed(f"{number:0{rows}b}") if rows else ""
    return [next(present) if flag == "1" else MISSING for flag in flags]


def _rows(parts: dict[str, list[Any]], rows: int) -> list[dict[str, Any]]:
    if not parts:
        return [{} for _ in range(rows)]
    return [
        {key: value for key, value in zip(parts, cells, strict=True) if value is not MISSING}
        for cells in zip(*parts.values(), strict=True)
    ]
