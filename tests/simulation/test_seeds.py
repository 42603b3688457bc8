"""Thousands of runs, each under a seed of its own: whatever happens, the invariants hold."""

import os
import shutil
from pathlib import Path

import pytest

from tests.simulation import pattern, rare, world

SEEDS = int(os.environ.get("TERAS_SEEDS", "40"))
CHUNK = 20  # runs of one test: enough to share out among workers, few enough to name the seed soon
# What is rare has its turn by the half thousand: few runs have some of it all the same.
RARE = range(max(rare.TURN, SEEDS), rare.TURN + max(1, SEEDS // 2))
PARTS = [
    range(at, min(at + CHUNK, part.stop))
    for part in (range(SEEDS), RARE)
    for at in range(part.start, part.stop, CHUNK)
]


def run(seed: int) -> str:
    root = pattern.make().root / f"run{seed}"
    root.mkdir()
    try:
        return world.run(seed, root).digest()
    except BaseException as error:
        error.add_note(f"again: .venv/bin/python -m bench.simulate --seed {seed}")
        raise
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.mark.parametrize("seeds", PARTS, ids=lambda part: f"{part.start}-{part.stop - 1}")
def test_whatever_happens_nothing_is_lost_doubled_or_overwritten_unseen(seeds: range) -> None:
    for seed in seeds:
        run(seed)


@pytest.mark.parametrize("seed", [1, 7, 23])
def test_a_seed_means_the_same_run_twice(seed: int) -> None:
    assert run(seed) == run(seed)


def test_the_simulation_has_no_rule_of_its_own() -> None:
    """It may not merge, judge, encode or make tables: what it would prove is then its own rule."""
    words = (
        "def judge",
        "def merge",
        "Table(",
        "def encode",
        "def seal",
        "CREATE TABLE",
        "def pack",
    )
    for file in Path(__file__).parent.glob("*.py"):
        if file != Path(__file__):
            text = file.read_text("utf-8")
            assert not [word for word in words if word in text], file.name
