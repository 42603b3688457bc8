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
"""

import datetime
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from forms.engine.problem import Problem, Refused

DIGITS_MAX = 18  # 10**18 fits 8 bytes
ROWS_MAX = 100_000  # a column can't promise more rows than a batch may hold
DICTIONARY_SHARE = 3  # a dictionary pays when each value is used about this often
DATE_WIDTH = 10


class _Missing:
    """The value of a row that has no such key; differs from None, which empties a key."""

    __slots__ = ()


MISSING: Final = _Missing()


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
        return ["+", values[0], [b - a for a, b in pairwise(values)]]
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


def unpack(column: Any, rows: int) -> list[Any]:
    """Give back the `rows` values of a packed column.

    Refused(column_malformed) for anything that isn't one.
    """
    try:
        values = _unpack(column, rows)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise Refused(Problem("column_malformed")) from error
    if len(values) != rows:
        raise Refused(Problem("column_malformed"))
    return values


def _unpack(column: Any, rows: int) -> list[Any]:  # noqa: C901 - one case a tag, drawn above
    if not isinstance(column, list) or not 0 <= rows <= ROWS_MAX:
        raise TypeError
    match column:
        case ["=", value]:
            return [value] * rows
        case ["*", list(values)]:
            return values
        case ["+", int(value), list(deltas)]:
            values = [value]
            for delta in deltas:
                value += delta
                values.append(value)
            return values
        case ["d", list(uniques), indexes]:
            if any(index < 0 for index in indexes):
                raise IndexError
            return [uniques[index] for index in indexes]
        case ["b", int(width), bytes(joined)]:
            return [joined[at : at + width] for at in range(0, len(joined), width)]
        case ["#", int(width), bytes(joined)]:
            return _digits(width, joined)
        case ["t", int(first), list(offsets)]:
            days = [first, *(first + offset for offset in offsets)]
            return [datetime.date.fromordinal(day).isoformat() for day in days]
        case ["m", dict(columns)]:
            return _rows({key: unpack(part, rows) for key, part in columns.items()}, rows)
        case ["?", bytes(bitmap), inner]:
            return _sparse(bitmap, inner, rows)
    raise ValueError


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


def _sparse(bitmap: bytes, inner: Any, rows: int) -> list[Any]:
    if len(bitmap) != (rows + 7) // 8:
        raise ValueError
    number = int.from_bytes(bitmap, "little")
    if number >> rows:
        raise ValueError
    present = iter(unpack(inner, number.bit_count()))
    flags = reversed(f"{number:0{rows}b}") if rows else ""
    return [next(present) if flag == "1" else MISSING for flag in flags]


def _rows(parts: dict[str, list[Any]], rows: int) -> list[dict[str, Any]]:
    if not parts:
        return [{} for _ in range(rows)]
    return [
        {key: value for key, value in zip(parts, cells, strict=True) if value is not MISSING}
        for cells in zip(*parts.values(), strict=True)
    ]
