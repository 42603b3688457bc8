"""Nobody can reckon a hidden count back, also who knows by which rule it was hidden."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.server.wall.suppression import LEAST, Row, publish

KEYS = "abcd"
MOST = 17  # of all counts together: more than three times the bound


View = tuple[tuple[tuple[str, int], ...], frozenset[str], int | None]


def view(row: Row) -> View:
    return tuple(sorted(row.shown.items())), row.hidden, row.total


def tables(parts: int, most: int) -> Iterator[tuple[int, ...]]:
    if not parts:
        yield ()
        return
    for count in range(most + 1):
        yield from ((count, *rest) for rest in tables(parts - 1, most - count))


def candidates(parts: int) -> dict[View, list[tuple[int, ...]]]:
    """Every table that there may be, by what would be shown of it."""
    found: dict[View, list[tuple[int, ...]]] = {}
    for counts in tables(parts, MOST):
        [row] = publish(dict(zip(KEYS, counts, strict=False)))
        found.setdefault(view(row), []).append(counts)
    return found


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_who_knows_the_rule_cannot_reckon_a_hidden_count(parts: int) -> None:
    given_away = [
        (found[0], key)
        for row, found in candidates(parts).items()
        for key in sorted(row[1])
        if len({counts[KEYS.index(key)] for counts in found}) == 1
    ]

    assert given_away == []


@given(st.dictionaries(st.text("abcdefghij", min_size=1, max_size=2), st.integers(0, 40)))
def test_a_hidden_count_may_be_anything_from_one_to_the_bound(counts: dict[str, int]) -> None:
    [row] = publish(counts)

    assert not any(0 < count < LEAST for count in row.shown.values())
    assert {key for key, count in counts.items() if not count} <= row.shown.keys()
    if row.total is not None and row.hidden:
        together = row.total - sum(row.shown.values())
        assert together - (len(row.hidden) - 1) >= LEAST
        assert len(row.hidden) > 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=60))
def test_two_ways_of_parting_one_total_hide_it_together(acts: list[tuple[str, str]]) -> None:
    first = {key: sum(one == key for one, _ in acts) for key in "abc"}
    second = {key: sum(one == key for _, one in acts) for key in "xyz"}

    rows = publish(first, second)

    assert rows[0].total == rows[1].total
    for row, counts in zip(rows, (first, second), strict=True):
        if row.total is None:
            assert row.hidden == {key for key, count in counts.items() if count}


def test_what_is_large_enough_is_shown_as_it_is() -> None:
    [row] = publish({"a": 12, "b": 0, "c": 5})

    assert row == Row({"a": 12, "b": 0, "c": 5}, frozenset(), 17)


def test_a_small_count_takes_a_neighbour_with_it() -> None:
    [row] = publish({"a": 3, "b": 12, "c": 30})

    assert row == Row({"c": 30}, frozenset("ab"), 45)


def test_few_in_all_show_nothing_but_who_had_none() -> None:
    [row] = publish({"a": 3, "b": 0})

    assert row == Row({"b": 0}, frozenset("a"), None)
