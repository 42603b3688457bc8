"""What of a row of counts may be shown beside its total, so that no small one is given away. Pure.

Counts of 1 to 4 are hidden. As the total and the others would give them away, further ones are
hidden until what is hidden together leaves each of them LEAST possible values; which ones is
decided by their place, never by their size, which would tell something of it. Where even that is
not enough the total is hidden as well, and with it everything but the zeros.
"""

from collections.abc import Mapping, Sequence

import msgspec

LEAST = 5  # a count below is hidden, and a hidden one may always be as much as this


class Row(msgspec.Struct, frozen=True):
    """A row of counts as it is shown; what is in `hidden` is at least 1 and has no place here."""

    shown: dict[str, int]
    hidden: frozenset[str]
    total: int | None


def publish(*rows: Mapping[str, int]) -> list[Row]:
    """Show several ways of parting one total; all of them hide it where one has to."""
    hidden = [_hidden(row) for row in rows]
    total = sum(rows[0].values())
    assert all(sum(row.values()) == total for row in rows), "they are parts of one total"
    if any(part is None for part in hidden):
        return [Row(*_parted(row, {key for key in row if row[key]}), None) for row in rows]
    return [
        Row(*_parted(row, part or set()), total) for row, part in zip(rows, hidden, strict=True)
    ]


def is_small(count: int) -> bool:
    """Tell whether a count by itself is too small to be shown."""
    return 0 < count < LEAST


def _parted(row: Mapping[str, int], hidden: set[str]) -> tuple[dict[str, int], frozenset[str]]:
    return {key: row[key] for key in row if key not in hidden}, frozenset(hidden)


def _hidden(row: Mapping[str, int]) -> set[str] | None:
    """Choose what is hidden beside a shown total; None where that is not enough."""
    order = sorted(key for key in row if row[key])
    hidden = {key for key in order if is_small(row[key])}
    if not hidden:
        return hidden
    for key in _from(order, max(hidden)):
        if _is_safe(row, hidden):
            break
        hidden.add(key)
    return hidden if _is_safe(row, hidden) else None


def _is_safe(row: Mapping[str, int], hidden: set[str]) -> bool:
    """Tell whether each of the hidden, all at least 1, may be anything from 1 to LEAST."""
    return len(hidden) > 1 and sum(row[key] for key in hidden) - len(hidden) + 1 >= LEAST


def _from(order: Sequence[str], key: str) -> Sequence[str]:
    """Give an order beginning behind one of its keys."""
    place = order.index(key) + 1
    return [*order[place:], *order[:place]]
