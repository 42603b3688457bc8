"""What bad input costs a server: seconds and memory until it is refused.

    .venv/bin/python -m bench.hostile

Every batch of tests/golden that is refused, three sizes of the worst that a laptop with a good key
could seal (a table of nothing but empty lists), and three sizes of a stranger's body.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.served import Watched
from forms.engine.problem import Refused
from sync.crypto import passphrase
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.server import intake
from tests.golden import town
from tests.golden.bad import Spoiler, raw
from tests.golden.index import index, pinned
from tests.golden.taken import story

SHOWN = 8  # of the golden ones, the dearest


def cost(work: Callable[[], object]) -> tuple[float, int, str]:
    """Give milliseconds, MB beside what there was, and the code."""
    here = Watched(os.getpid())
    began, code = time.perf_counter(), "taken"
    try:
        work()
    except Refused as refused:
        code = refused.problems[0].code
    spent = (time.perf_counter() - began) * 1e3
    took = here.took()
    return spent, took.peak - took.before, code


def show(name: str, told: tuple[float, int, str]) -> None:
    """Print one line."""
    spent, memory, code = told
    print(f"{name:<44} {spent:>8.1f} ms {memory:>6} MB  {code}", flush=True)


def body(count: int) -> bytes:
    """Make a body of so many empty envelopes."""
    return b"\xdd" + count.to_bytes(4, "big") + b"\xc4\x00" * count


def table(size: int) -> bytes:
    """Make a table that is one column of so many empty lists."""
    return raw({"rows": 1, "acts": {}, "tables": []})[:-1] + (
        b"\xdd" + size.to_bytes(4, "big") + b"\x90" * size
    )


def main() -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.multiple(passphrase, MEMORY_KIB=8, PASSES=1, LANES=1),
        town.founded(Path(folder) / "city") as city,
    ):
        for one in index().taken:
            intake.take(city, pinned("taken", one.name))
        found = []
        for name in index().refused:
            data = pinned("refused", name)
            found.append((cost(lambda: intake.take(city, data)), name))
        for told, name in sorted(found, key=lambda one: -one[0][1])[:SHOWN]:
            show(f"golden: {name}", told)
        print(f"all {len(found)} golden: {sum(told[0] for told, _ in found):,.0f} ms")
        made = story()
        spoiler = Spoiler(made.rina, made.told[-1].envelope)
        for size in (80_000, 800_000, SEALED_MAX - 100):
            data = spoiler.says(changes=table(size))
            show(f"{size:,} empty lists, {len(data):,} B", cost(lambda: intake.take(city, data)))
        for count in (100_000, 1_000_000, 10_000_000):
            data = body(count)
            name = f"{count:,} empty envelopes, {len(data):,} B"
            show(name, cost(lambda: wire.decode(data, wire.Listed[bytes])))


if __name__ == "__main__":
    main()
