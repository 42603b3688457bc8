"""Runs of the simulator by the thousand, gone on with where the last time ended.

    .venv/bin/python -m bench.simulate --seed N         one run, told step by step
    .venv/bin/python -m bench.simulate --runs N         N runs from seed 0
    .venv/bin/python -m bench.simulate --resume N       N more; the total: docs/simulation.md
    .venv/bin/python -m bench.simulate --mutants N      which planted mistakes N seeds find

Two processes, since two cores are what a check has.
"""

import argparse
import re
import shutil
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation import mutants, pattern, world
from tests.simulation.mutants import Mutant

KEPT = Path(__file__).parents[1] / "docs" / "simulation.md"
TOTAL = re.compile(r"^Seeds passed: (\d+)$", re.MULTILINE)
WORKERS = 2
SLICE = 50


def once(seed: int) -> str:
    """Do one run; "" or what does not hold."""
    root = pattern.make().root / f"bench{seed}"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    try:
        world.run(seed, root)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed is what counts
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return ""


def some(seeds: range) -> list[tuple[int, str]]:
    """Do a slice of runs; give those that failed."""
    return [(seed, told) for seed in seeds if (told := once(seed))]


def many(first: int, count: int) -> list[tuple[int, str]]:
    """Do many runs and print how it goes."""
    began, done, failed = time.perf_counter(), 0, list[tuple[int, str]]()
    slices = [
        range(at, min(at + SLICE, first + count)) for at in range(first, first + count, SLICE)
    ]
    with ProcessPoolExecutor(WORKERS) as pool:
        for part, found in zip(slices, pool.map(some, slices), strict=True):
            done += len(part)
            failed += found
            for seed, told in found:
                print(f"seed {seed}: {told}")
            print(
                f"{done} runs, {done / (time.perf_counter() - began):.2f} a second", file=sys.stderr
            )
    return failed


def told(seed: int) -> int:
    """Tell one run step by step."""
    root = pattern.make().root / "told"
    root.mkdir()
    with world.begun(seed, root) as one:
        try:
            one.live()
            one.settle_down()
        finally:
            print("\n".join(one.trace.lines))
            print(one.trace.digest())
    return 0


def found_by(mutant: Mutant, seeds: Iterable[int]) -> int:
    """Give the first seed that finds a planted mistake; -1 if none does."""
    with mutants.planted(mutant):
        return next((seed for seed in seeds if once(seed)), -1)


def score(most: int) -> int:
    """Print which seed finds each mistake, and keep it; the one that is known is tried first."""
    pattern.make()
    killed = 0
    for mutant in mutants.every():
        known = [mutant.seed] if mutant.seed >= 0 else []
        seed = found_by(mutant, [*known, *range(most)])
        killed += seed >= 0
        mutants.keep(mutant, seed)
        print(f"{mutant.name.strip()} | {seed if seed >= 0 else 'survives'}", flush=True)
    print(f"{killed} of {len(mutants.every())} found within {most} seeds")
    return 0 if killed == len(mutants.every()) else 1


def main() -> int:
    """Do what was asked."""
    asked = argparse.ArgumentParser()
    for name in ("--seed", "--runs", "--resume", "--mutants"):
        asked.add_argument(name, type=int)
    options = asked.parse_args()
    if options.seed is not None:
        return told(options.seed)
    if options.mutants:
        return score(options.mutants)
    text = KEPT.read_text("utf-8")
    kept = TOTAL.search(text)
    first = int(kept[1]) if options.resume and kept else 0
    count = options.resume or options.runs or 100
    failed = many(first, count)
    if options.resume and not failed:
        KEPT.write_text(TOTAL.sub(f"Seeds passed: {first + count}", text), "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
