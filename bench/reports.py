"""Reports of a desk, on screen and as files: `.venv/bin/python bench/reports.py [RESIDENTS ...]`.

Residents go through the journal that every save goes through; one in fifty has died or moved since.
Letters are those of `bench/register.py`.
"""

import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import register
from bench.people import people
from bench.spent import peak, spent
from sync.protocol.change import STATE
from sync.store.handle import FILE, Store
from sync.store.journal import Act, Journal
from sync.store.registers import report
from sync.store.registers.people import SERVICE
from sync.store.registers.table import Period
from tests.sync.store.laptop import Desk, make_desk

SIZES = (20_000, 300_000)
AT_ONCE = 2_000  # residents of one transaction while the store is filled
LEFT_EVERY = 50
HOME = 4  # people on a family card
ROUNDS = 9
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
MONTH = Period(dt.date(2026, 12, 1), dt.date(2026, 12, 31))
DAY = Period(dt.date(2026, 6, 15), dt.date(2026, 6, 15))


def main(sizes: tuple[int, ...]) -> None:
    """Print what the reports cost with so many residents, then with so many letters."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            desk = make_desk(Path(folder) / "data")
            begun = time.perf_counter()
            fill(desk, size)
            file = (desk.folder / FILE).stat().st_size / 1e6
            took = time.perf_counter() - begun
            print(f"\n{size:,} residents, saved in {took:.0f} s, {file:,.0f} MB")
            with desk.unlock() as store:
                asked(store, "residents of a month", report.RESIDENTS, MONTH)
                asked(store, "residents of a year", report.RESIDENTS, YEAR)
                written(store, report.RESIDENTS, MONTH, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data")
        register.fill(desk, register.LETTERS)
        desk.clock.time = int(dt.datetime(2026, 12, 31, 3, tzinfo=dt.UTC).timestamp() * 1000)
        print(f"\n{register.LETTERS:,} letters of a year")
        with desk.unlock() as store:
            for name, period in (("a day", DAY), ("a month", MONTH), ("the year", YEAR)):
                asked(store, f"services of {name}", report.SERVICES, period)
            written(store, report.SERVICES, YEAR, Path(folder))


def fill(desk: Desk, size: int) -> None:
    """Register residents; some of them leave."""
    with desk.unlock() as store:
        form = store.catalogue.form(SERVICE)
        crowd = answers(store, size)
        for first in range(0, size, AT_ONCE):
            with store.write() as conn:
                journal = Journal(store, conn)
                for place in range(first, min(first + AT_ONCE, size)):
                    case = journal.start(form, next(crowd))
                    if place % LEFT_EVERY == 0:
                        act, state = (("report_death", "deceased"), ("move_out", "moved"))[
                            place % 100 > 0
                        ]
                        base = {STATE: case.head(STATE)}
                        journal.add(form, case, Act(act, base=base, state=state, reason="Laporan"))
                journal.flush()


def answers(store: Store, size: int) -> Iterator[dict[str, object]]:
    """Invent what is known of people, as a family card has it."""
    chance = random.Random(6)
    for place, person in enumerate(people(size)):
        born = dt.date(1946, 1, 1) + dt.timedelta(days=int(29_500 * chance.random() ** 0.8))
        yield {
            "nik": person.numbers[0],
            "nomor_kk": f"99{place // HOME:014}",
            "nama": person.title,
            "tempat_lahir": "CONTOH",
            "tanggal_lahir": born.isoformat(),
            "jenis_kelamin": "LP"[place % 2],
            "agama": chance.choice("111111123456"),
            "status_kawin": chance.choice("112223456"),
            "pendidikan": chance.choice("1234455567889"),
            "pekerjaan": str(chance.randint(1, 88)),
            "kewarganegaraan": "1",
            "shdk": chance.choice("1344"),
            "alamat": person.text,
            "rt": f"{place // HOME % 60 % 6 + 1:03}",
            "rw": f"{place // HOME % 60 // 6 + 1:03}",
            "kelurahan": store.desk.office.area,
        }


def asked(store: Store, what: str, name: str, period: Period) -> None:
    """Measure a report as the screen asks for it, and the processor's time that it takes."""
    worked = time.process_time()
    taken = sorted(spent(lambda: report.lists(store, name, period)) for _ in range(ROUNDS))
    cpu = (time.process_time() - worked) / ROUNDS * 1000
    p95 = taken[min(ROUNDS - 1, round(ROUNDS * 0.95))]
    print(
        f"{what:<28}p50 {taken[ROUNDS // 2]:>8,.0f}   p95 {p95:>8,.0f}   "
        f"CPU {cpu:>8,.0f} ms{peak():>8,.0f} MB"
    )


def written(store: Store, name: str, period: Period, folder: Path) -> None:
    """Measure it as files."""
    for ending in (".pdf", ".xlsx"):
        path = folder / f"{name}{ending}"
        took = spent(lambda path=path: report.write(store, name, period, path))  # type: ignore[misc] # bound here
        print(f"{path.name:<28}{took:>12,.0f} ms{path.stat().st_size / 1e6:>14.2f} MB")


if __name__ == "__main__":
    main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
