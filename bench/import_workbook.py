"""Import of a SIAK workbook: `python -m bench.import_workbook [RESIDENTS ALREADY THERE ...]`.

The sheet is the one that the tests use, 18,420 rows as an office sends them.
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter, time

from bench.people import people
from forms.engine.region import Region
from sync.crypto.keys import DeviceKeys, RegionKeys
from sync.protocol.enrol import OfficeShape, Welcome
from sync.store import open as opening
from sync.store import records, workbook, workbook_sheet
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.records import Item

ROOT = Path(__file__).parents[1]
SHEET = ROOT / "tests" / "data" / "siak_cikokol.xlsx"
RUNS = 5
PAGE = 1000


def main(sizes: Iterable[int]) -> None:
    """Print a table for each number of residents that are there before."""
    for already in sizes:
        runs: dict[str, list[float]] = {}
        for _ in range(RUNS if not already else 1):
            with tempfile.TemporaryDirectory() as folder:
                for step, seconds in run(Path(folder), already):
                    runs.setdefault(step, []).append(seconds)
        print(f"\n18,420 rows, {already:,} residents there before")
        print(f"{'':<38}{'runs':>6}{'p50 s':>8}{'p95 s':>8}{'p99 s':>8}")
        for step, taken in runs.items():
            taken.sort()
            shown = (taken[min(len(taken) - 1, int(len(taken) * s))] for s in (0.5, 0.95, 0.99))
            print(f"{step:<38}{len(taken):>6}" + "".join(f"{value:>8.2f}" for value in shown))


def run(folder: Path, already: int) -> Iterator[tuple[str, float]]:
    """Import the sheet in each way; yield what was done and the seconds."""
    yield "reading the cells", timed(lambda: workbook_sheet.read(SHEET))
    store = desk(folder / "desk")
    fill(store, already)
    report = folder / "laporan.xlsx"
    yield "dry run", timed(lambda: workbook.import_file(store, SHEET, dry_run=True))
    yield "first import", timed(lambda: workbook.import_file(store, SHEET))
    yield "second import, nothing new", timed(lambda: workbook.import_file(store, SHEET))
    yield (
        "second import with the report",
        timed(lambda: workbook.import_file(store, SHEET, report=report)),
    )
    store.close()


def timed(work: Callable[[], object]) -> float:
    """Do it; return the seconds."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def fill(store: Store, count: int) -> None:
    """Save invented residents first."""
    invented = (
        Item({"nik": p.numbers[0], "nama": p.title, "alamat": p.text, "telepon": p.numbers[2]})
        for p in people(count)
    )
    while page := list(islice(invented, PAGE)):
        with store.write() as conn:
            records.save_many(store, conn, workbook.SERVICE, page)


def desk(folder: Path) -> Store:
    """Make a store of an office in the first region that ships."""
    region = Region.read(min((ROOT / "resources" / "regions").glob("*.toml")))
    area = next(area.code for area in region.areas if area.level == "kelurahan")
    chance = random.Random(1)
    welcome = Welcome(
        device=chance.randbytes(16),
        operator=chance.randbytes(16),
        role="kepala",
        office=OfficeShape(bytes(16), "K1", "kelurahan", "Contoh", area, [area]),
        region=region.code,
        pack=region.pack(),
        keys=RegionKeys.make().public(),
        epoch=bytes(16),
        policy=1,
        certificate=b"",
        leases=[],
        pages=[],
        texts={},
        time=int(time() * 1000),
    )
    return opening.create(
        folder,
        welcome,
        DeviceKeys.make(),
        os.urandom(16),
        "bench",
        "payung teduh di beranda",
        keystore=NoKeystore(),
        now=lambda: int(time() * 1000),
    )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [0])
