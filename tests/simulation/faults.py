"""Which faults a run has, and how often each strikes; drawn once for each seed.

Rare combinations appear because every seed has a profile of its own: most faults are off in most
runs, and what is on may strike in every second exchange.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

from tests.simulation.profile import Profile

# name: the highest chance of one strike
FAULTS = {
    "drop": 0.4,
    "lost": 0.4,
    "late": 0.4,
    "double": 0.4,
    "flip": 0.2,
    "meanwhile": 0.4,
    "cut_laptop": 0.4,
    "cut_server": 0.3,
    "full": 0.3,
    "clock": 0.3,
    "carry": 0.5,
    "stick": 0.5,
    "restore": 0.5,
    "image": 0.5,
    "put_back": 0.5,
    "clone": 0.5,
    "burn": 0.3,
}
ON = 0.5  # of the faults in one run


class Faults:
    """The profile of one run."""

    def __init__(self, chance: Random, profile: Profile) -> None:
        self._chance = chance
        self._forced = frozenset[str]()
        self.rates = {
            name: chance.uniform(0, most) if chance.random() < ON else 0.0
            for name, most in FAULTS.items()
        }
        self.rates["slow"] = 0.0  # on in some profiles only: such a trip takes long
        for name, least in profile.sure.items():
            self.rates[name] = max(least, self.rates[name])
        self.is_calm = False

    def calm(self) -> None:
        """End all faults: from now on everything has to come right."""
        self.is_calm = True

    @contextmanager
    def forced(self, names: frozenset[str]) -> Iterator[None]:
        """Let these faults strike for certain for a while."""
        self._forced = names
        try:
            yield
        finally:
            self._forced = frozenset()

    def strikes(self, name: str) -> bool:
        """Draw whether a fault strikes now."""
        if name in self._forced:
            return True
        return not self.is_calm and self._chance.random() < self.rates[name]
