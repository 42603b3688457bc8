"""A planted mistake is found by the seed that found it first; else the simulator is blind."""

import pytest

from tests.simulation import mutants, pattern
from tests.simulation.mutants import Mutant
from tests.simulation.test_seeds import run

FOUND = [mutant for mutant in mutants.every() if mutant.seed >= 0]


@pytest.mark.parametrize("mutant", FOUND, ids=[mutant.name for mutant in FOUND])
def test_a_planted_mistake_is_found(mutant: Mutant) -> None:
    pattern.make()  # before it is planted: what all runs begin with is sound
    with mutants.planted(mutant), pytest.raises(Exception):  # noqa: B017, PT011 - any way of failing counts
        run(mutant.seed)


@pytest.mark.parametrize("mutant", mutants.every(), ids=[one.name for one in mutants.every()])
def test_a_planted_mistake_is_a_line_of_the_shipped_modules(mutant: Mutant) -> None:
    with mutants.planted(mutant):
        pass
