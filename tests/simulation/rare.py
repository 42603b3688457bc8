"""Runs about what is rare in an office: the city's keys change, a laptop joins, a person is erased.

They have turns of their own, by the half thousand, so that the seeds of the others stay what they
are. Bounds that are meant for many years and records are small in these runs.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from sync.client import trip
from sync.protocol import guard as bound
from sync.server import compacting, enrolment, guard, snapshots
from sync.store import snapshot
from tests.simulation import guards, profile
from tests.simulation.profile import Profile

TURN = 500  # seeds

PROFILES = (
    Profile(
        name="keys",
        acts={"change": 14, "choose": 4, "attach": 2, "register": 2},
        events={
            "change_keys": 18,
            "change_desk_keys": 10,
            "by_old_keys": 10,
            "long_wait": 4,
            "revoke": 2,
            "decide": 4,
            "make_backup": 3,
            "restore_city": 3,
            "image_city": 3,
        },
        scenes={"contest": 6, "unheard": 3, "by_stick": 6},
        sure={"lost": 0.15, "late": 0.2},
        hot=3,
    ),
    Profile(
        name="joins",
        acts={"change": 10, "write": 6, "move": 6, "choose": 4, "register": 4, "relocate": 3},
        events={"join": 16, "wait": 4},
        scenes={"contest": 6, "two_papers": 4, "moved": 4, "given_back": 3},
        sure={"lost": 0.15},
        far=0.3,
    ),
    Profile(
        name="erased",
        acts={"change": 14, "write": 4, "choose": 4, "register": 3, "attach": 3, "relocate": 2},
        events={"erase": 16, "make_backup": 3, "restore_city": 4, "image_city": 4, "join": 2},
        scenes={"contest": 8, "unheard": 3, "two_choices": 3, "by_stick": 4, "moved": 3},
        sure={"lost": 0.15},
        hot=3,
        far=0.3,
    ),
    Profile(
        name="removals",
        acts={"change": 10, "write": 4, "choose": 4, "register": 6, "relocate": 8, "move": 6},
        events={"clear_out": 14, "decide_removals": 10, "restore_city": 2, "make_backup": 2},
        scenes={"contest": 4, "moved": 6, "by_stick": 3, "given_back": 2},
        sure={"lost": 0.15},
        far=0.9,
    ),
)
FORGED = Profile(
    name="forged",
    acts={"change": 6, "write": 4, "move": 6, "choose": 4, "relocate": 4},
    events={"forge": 60},
    scenes={"contest": 4, "by_stick": 3},
    sure={"lost": 0.15},
    far=0.2,
)
BOUNDS: dict[str, tuple[tuple[Any, str, float], ...]] = {
    "joins": (
        (enrolment, "WELCOME_ROWS", 6),
        (compacting, "PART_ROWS", 7),
        (compacting, "SPECIALS_MAX", 7),
        (snapshots, "BEHIND_MIN", 8),
        (snapshots, "NEAR_ROWS", 8),
        (snapshots, "BEHIND_SHARE", 0.3),
        (snapshots, "PORTION_BYTES", 3_000),
        (snapshot, "BEHIND_MIN", 8),
        (trip, "EXCHANGES_MAX", 120),
    ),
    "removals": ((bound, "FLOOR", 1), (guard, "FLOOR", guards.CITY_FLOOR)),  # desks ask sooner
}


def of(seed: int) -> Profile:
    """Give the profile whose turn it is."""
    if seed // TURN % 2:
        if seed % (2 * len(PROFILES)) == len(PROFILES) - 1:
            return FORGED
        return PROFILES[seed % len(PROFILES)]
    return profile.of(seed)


@contextmanager
def bounds(about: Profile) -> Iterator[None]:
    """Let the bounds of a run be small, for a while."""
    with ExitStack() as stack:
        for module, name, value in BOUNDS.get(about.name, ()):
            stack.enter_context(patch.object(module, name, value))
        yield
