"""A register of many letters, on screen and as files: `.venv/bin/python bench/register.py [60000]`.

The letters go through the journal that every save goes through, each with the paper of a letter
that was issued, spread over the days of a year and over three services; one in forty is void.
"""

import datetime as dt
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.people import people
from bench.spent import peak, spent
from forms.engine import example
from sync.protocol.change import STATE, Number
from sync.store import kept, records
from sync.store.handle import FILE, Store
from sync.store.journal import Act, Journal, vouched
from sync.store.registers import page, report
from sync.store.registers.table import Period
from tests.sync.store.laptop import Desk, make_desk

if TYPE_CHECKING:
    from collections.abc import Callable

LETTERS = 60_000
SERVICES = (
    "letters/surat_keterangan_usaha",
    "letters/surat_keterangan_domisili",
    "letters/surat_keterangan_tidak_mampu",
)
VOID_EVERY = 40
AT_ONCE = 2_000  # letters of one transaction while the store is filled
SCREENS = 60
DAY_MS = 24 * 3_600_000
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
MONTH = Period(dt.date(2026, 5, 1), dt.date(2026, 5, 31))
QUARTER = Period(dt.date(2026, 5, 1), dt.date(2026, 7, 31))


def main(letters: int) -> None:
    """Print what screens and files of the register cost."""
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data")
        begun = time.perf_counter()
        fill(desk, letters)
        size = (desk.folder / FILE).stat().st_size / 1e6
        print(f"{letters:,} letters, saved in {time.perf_counter() - begun:.0f} s, {size:,.0f} MB")
        desk.clock.time = int(dt.datetime(2026, 12, 31, 3, tzinfo=dt.UTC).timestamp() * 1000)
        with desk.unlock() as store:
            print(f"most memory until now {peak():,.0f} MB")
            screens(store, letters)
            files(store, Path(folder))


def fill(desk: Desk, letters: int) -> None:
    """Issue letters over a year."""
    start = int(dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC).timestamp() * 1000)
    with desk.unlock() as store:
        papers = {service: paper(store, service) for service in SERVICES}
        crowd = people(letters)
        for first in range(1, letters + 1, AT_ONCE):
            with store.write() as conn:
                journal = Journal(store, conn)
                for place in range(first, min(first + AT_ONCE, letters + 1)):
                    desk.clock.time = start + 364 * DAY_MS * place // letters
                    service = SERVICES[place % len(SERVICES)]
                    answers = papers[service][0] | {"nama": next(crowd).title}
                    write(store, journal, (service, answers, papers[service][1]), place)
                journal.flush()


def paper(store: Store, service: str) -> tuple[dict[str, object], dict[str, object]]:
    """Issue one letter and give its answers and paper."""
    answers = dict(example.fill(store.catalogue.form(service).example, store.scene()))
    saved = records.new(store, service, answers, issue=True)
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, plain FROM change WHERE record = ? ORDER BY n", (saved.record,)
        )
        *_, last = [kept.unpack(row.plain, row.id) for row in rows]
    return answers, last.body.paper or {}


def write(
    store: Store,
    journal: Journal,
    letter: tuple[str, dict[str, object], dict[str, object]],
    place: int,
) -> None:
    """Begin, submit, approve and issue one letter, and declare some void."""
    service, answers, made = letter
    form = store.catalogue.form(service)
    case = journal.start(form, answers)
    for action, state in (("submit", "drafted"), ("approve", "approved")):
        case = journal.add(form, case, Act(action, base={STATE: case.head(STATE)}, state=state))
    day = store.date(store.now())
    data = {**made["data"], "iso_date": day.isoformat()}  # type: ignore[dict-item] # a paper's data is a map
    issue = Act(
        "issue",
        base=vouched(form, case),
        state="issued",
        number=Number("surat", 2026, 1_000 + place, f"{1_000 + place:05}/400/KEL/2026"),
        paper={**made, "data": data},
    )
    case = journal.add(form, case, issue)
    if place % VOID_EVERY == 0:
        void = Act("void", base={STATE: case.head(STATE)}, state="void", reason="Salah nama")
        journal.add(form, case, void)


def screens(store: Store, letters: int) -> None:
    """Measure pages from anywhere in the book."""
    chance = random.Random(4)
    print(f"{'milliseconds a screen of 50 rows':<42}{'p50':>9}{'p95':>9}{'max':>9}")
    ways: dict[str, Callable[[], page.Page]] = {
        "the first page of the year": lambda: page.page(store, "register", YEAR),
        "any page of the year": lambda: page.page(
            store, "register", YEAR, start=chance.randrange(letters)
        ),
        "the last page of the year": lambda: page.page(
            store, "register", YEAR, start=letters - page.LIMIT
        ),
        "a page of a month": lambda: page.page(store, "register", MONTH, start=100),
        "a page of one service": lambda: page.page(
            store, "register", YEAR, service=SERVICES[1], start=chance.randrange(letters // 3)
        ),
        "agenda of what went out": lambda: page.page(store, "outgoing", YEAR, start=1_000),
    }
    for name, look in ways.items():
        taken = sorted(spent(look) for _ in range(SCREENS))
        p95 = taken[int(len(taken) * 0.95)]
        print(f"{name:<42}{taken[len(taken) // 2]:>9.1f}{p95:>9.1f}{taken[-1]:>9.1f}")


def files(store: Store, folder: Path) -> None:
    """Measure what is written: rows, seconds, size, the most memory held until then."""
    for name, period, file in (
        ("register", MONTH, "month.pdf"),
        ("register", QUARTER, "quarter.pdf"),
        ("register", YEAR, "year.xlsx"),
        ("register", MONTH, "month.xlsx"),
        ("monthly", MONTH, "monthly.pdf"),
        ("times", MONTH, "times.xlsx"),
    ):
        path = folder / file
        begun = time.perf_counter()
        done = report.write(store, name, period, path)
        seconds = time.perf_counter() - begun
        size = path.stat().st_size / 1e6
        what = f"{name} as {file}"
        print(f"{what:<26}{done.rows:>8,} rows{seconds:>8.1f} s{size:>8.1f} MB{peak():>8,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS)
