"""The bound lets every ordinary day pass and stops what is none."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.guard import FLOOR, MOST, SCOPE_MAX, allowed, trips

# Of 1,000 residents a year, generously: deaths and moves away; letters made void are per day.
DEATHS, MOVES = 9, 40
VOIDS_A_DAY = 1.5
OFFICES = (40, 300, 1_200, 5_000, 18_000, 60_000)


def poisson(chance: random.Random, mean: float) -> int:
    """Draw how often something rare happens in a day."""
    product, count, bound = chance.random(), 0, math.exp(-mean)
    while product > bound:
        product *= chance.random()
        count += 1
    return count


@pytest.mark.parametrize("residents", OFFICES)
def test_a_thousand_ordinary_days_never_ask(residents: int) -> None:
    chance = random.Random(residents)  # noqa: S311 - days, not keys
    rate = residents / 1_000 * (DEATHS + MOVES) / 250

    for _ in range(1_000):
        assert not trips(poisson(chance, rate), residents)
        assert not trips(poisson(chance, VOIDS_A_DAY), 12 * residents // 100)


@given(st.integers(0, 1_000_000))
def test_a_twentieth_or_fifty_is_the_most_and_the_floor_the_least(scope: int) -> None:
    most = allowed(scope)

    assert FLOOR <= most <= MOST
    assert not trips(most, scope)
    assert trips(most + 1, scope)
    assert most * 20 <= scope or most == FLOOR


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_a_larger_office_may_lose_at_least_as_much(one: int, other: int) -> None:
    small, large = sorted((one, other))

    assert allowed(small) <= allowed(large)


@given(st.integers(SCOPE_MAX, 1_000_000))
def test_counting_may_end_where_nothing_changes_any_more(scope: int) -> None:
    assert allowed(scope) == allowed(SCOPE_MAX)
