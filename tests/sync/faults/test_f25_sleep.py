"""F25: a laptop sleeps at any moment of its day, 200 times; it always travels again after waking.

Some machines' monotonic clock counts the sleep, others' stands still.
"""

import random

import pytest

from sync.client.timetable import SLEPT_S, State, Timetable

SLEEPS = 200
WOKEN_S = 60.0
STALL_S = 30.0  # after which a trip over a connection that died in the sleep ends by itself


@pytest.mark.parametrize("counts", [True, False])
def test_two_hundred_sleeps_leave_no_desk_stuck(counts: bool) -> None:
    chance = random.Random(25)  # noqa: S311 - a test's own
    table, now, wall = Timetable(0.0), 0.0, 1_000_000.0
    ends: float | None = None
    slept_in: set[State] = set()
    for _ in range(SLEEPS):
        for _ in range(chance.randint(0, 30)):  # a while awake, with the line up or down
            now, wall = now + 1, wall + 1
            table.looked(now, wall, chance.random())
            if ends is not None and now >= ends:
                ends = None
                if chance.random() < 0.5:
                    table.arrived(now)
                else:
                    table.failed(now, chance.random(), chance.choice([0.0, 0.0, 600.0]))
            if chance.random() < 0.1:
                table.saved(now)
            if ends is None and table.due(now):
                ends = now + chance.randint(1, 5)
        slept_in.add(table.state)
        sleep = chance.uniform(SLEPT_S + 1, 3 * 86_400)
        wall += sleep
        now += sleep if counts else 0.0
        ends = now + STALL_S if ends is not None else None
        woke, left = now, None
        while left is None and now <= woke + WOKEN_S:
            now, wall = now + 1, wall + 1
            table.looked(now, wall, chance.random())
            if ends is not None and now >= ends:
                ends = None
                table.failed(now, chance.random())
            if ends is None and table.due(now):
                left, ends = now, now + 1
        assert left is not None

    assert slept_in == set(State)
