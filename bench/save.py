"""What a save costs in a full store: p50, p95 and p99 of an issued letter and of a new resident.

    .venv/bin/python bench/save.py [20000 300000]

Every save is one transaction: change, record, search, number, audit, on the disk when it returns.
Also the import of the residents, and signing in to the full store.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.people import people
from forms.engine import example
from sync.store import records
from sync.store.handle import FILE, Store
from sync.store.records import Item
from tests.sync.store.laptop import LETTER, RESIDENT, Desk, make_desk

SIZES = (20_000, 300_000)
SAVES = 300
ROWS = 10_000  # of one transaction while the store is filled


def main(sizes: list[int]) -> None:
    """Print a table for each number of residents."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            desk = make_desk(Path(folder) / "data")
            with desk.unlock() as store:
                begun = time.perf_counter()
                fill(store, size)
                seconds = time.perf_counter() - begun
            megabytes = (desk.folder / FILE).stat().st_size / 1e6
            print(f"{size:,} residents: saved at {size / seconds:,.0f}/s, {megabytes:,.0f} MB")
            print(f"  unlock {unlock(desk):.0f} ms")
            with desk.unlock() as store:
                report("letter, issued", saves(store, LETTER, issue=True))
                report("resident", saves(store, RESIDENT, issue=False))


def fill(store: Store, size: int) -> None:
    """Save residents as an import does."""
    for rows in batches(residents(store, size)):
        with store.write() as conn:
            records.save_many(store, conn, RESIDENT, rows)


def residents(store: Store, size: int) -> Iterator[Item]:
    """Make invented residents."""
    answers = example.fill(store.catalogue.form(RESIDENT).example, store.scene())
    for person in people(size):
        nik, card, phone = person.numbers
        own = {"nama": person.title, "nik": nik, "nomor_kk": card, "telepon": phone}
        yield Item(answers | own | {"alamat": person.text})


def batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Cut a long list into transactions."""
    rows: list[Item] = []
    for item in items:
        rows.append(item)
        if len(rows) == ROWS:
            yield rows
            rows = []
    yield rows


def unlock(desk: Desk) -> float:
    """Sign in once, everything loaded before; return milliseconds."""
    begun = time.perf_counter()
    desk.unlock().close()
    return (time.perf_counter() - begun) * 1000


def saves(store: Store, service: str, *, issue: bool) -> list[float]:
    """Save again and again; return the milliseconds of each."""
    answers = example.fill(store.catalogue.form(service).example, store.scene())
    if service == RESIDENT:
        answers.pop("nik")  # it would be in use from the second on
    taken = []
    for _ in range(SAVES):
        begun = time.perf_counter()
        records.new(store, service, answers, issue=issue)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def report(name: str, taken: list[float]) -> None:
    """Print one line of percentiles."""
    ordered = sorted(taken)
    at = {percent: ordered[len(ordered) * percent // 100] for percent in (50, 95, 99)}
    shown = "  ".join(f"p{percent} {value:6.2f} ms" for percent, value in at.items())
    print(f"  {name:<16}{shown}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
