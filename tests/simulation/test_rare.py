"""Runs about what is rare: keys change, laptops join, people are erased, removals are held."""

import os

import pytest

from tests.simulation import rare
from tests.simulation.profile import Profile
from tests.simulation.test_seeds import run

SEEDS = max(1, int(os.environ.get("TERAS_SEEDS", "40")) // 2)
CHUNK = 20  # runs of one test, as in the others


@pytest.mark.parametrize("first", range(rare.TURN, rare.TURN + SEEDS, CHUNK))
def test_the_invariants_hold_through_what_is_rare(first: int) -> None:
    for seed in range(first, min(first + CHUNK, rare.TURN + SEEDS)):
        run(seed)


@pytest.mark.parametrize("about", rare.PROFILES, ids=[about.name for about in rare.PROFILES])
def test_a_rare_run_means_the_same_twice(about: Profile) -> None:
    seed = next(seed for seed in range(rare.TURN, 2 * rare.TURN) if rare.of(seed) is about)

    assert run(seed) == run(seed)
