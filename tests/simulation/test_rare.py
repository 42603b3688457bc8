"""Runs about what is rare mean the same each time, as the others do."""

import pytest

from tests.simulation import rare
from tests.simulation.profile import Profile
from tests.simulation.test_seeds import run


@pytest.mark.parametrize("about", rare.PROFILES, ids=[about.name for about in rare.PROFILES])
def test_a_rare_run_means_the_same_twice(about: Profile) -> None:
    seed = next(seed for seed in range(rare.TURN, 2 * rare.TURN) if rare.of(seed) is about)

    assert run(seed) == run(seed)
