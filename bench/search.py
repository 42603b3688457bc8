"""Search per key press in an encrypted store: `python -m bench.search [RESIDENTS ...]`.

Each query is typed letter by letter, as a person does; every key press is one search.
"""

import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import perf_counter

from bench.people import people
from sync.store import search
from sync.store.engine import read_engine, write_engine
from sync.store.search import Entry
from sync.store.statements import Connection

KEY = bytes(range(32))
TYPED = 150  # people of the sample who are looked for, in each way
SAMPLE_EVERY = 97
HEADINGS = "".join(f"{name:>9}" for name in ("p50", "p95", "p99", "max"))


def main(sizes: Iterable[int]) -> None:
    """Print a table for each number of residents."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "store.db"
            sample, seconds = build(path, size)
            megabytes = path.stat().st_size / 1e6
            print(f"\n{size:,} residents, indexed in {seconds:.1f} s, {megabytes:.0f} MB")
            print(f"{'milliseconds a key press':<28}{'n':>8}" + HEADINGS)
            engine = read_engine(path, KEY)
            with engine.begin() as conn:
                every: list[float] = []
                for name, texts in ways(sample).items():
                    taken = [press(conn, typed) for text in texts for typed in keys(text)]
                    every += taken
                    report(name, taken)
                report("all", every)
            engine.dispose()


def build(path: Path, size: int) -> tuple[list[Entry], float]:
    """Fill a store's search; return a sample of its people and the seconds that it took."""
    engine = write_engine(path, KEY)
    sample: list[Entry] = []

    def sampled() -> Iterator[Entry]:
        for number, person in enumerate(people(size)):
            if number % SAMPLE_EVERY == 0:
                sample.append(person)
            yield person

    with engine.begin() as conn:
        for statement in search.ddl():
            conn.exec_driver_sql(statement)
        begun = perf_counter()
        search.index(conn, sampled())
    seconds = perf_counter() - begun
    engine.dispose()
    return random.Random(2).sample(sample, min(TYPED, len(sample))), seconds


def ways(sample: list[Entry]) -> dict[str, list[str]]:
    """Return what is typed, by the way in which a person is looked for."""
    chance = random.Random(3)
    names = [person.title.lower() for person in sample]
    return {
        "name": names,
        "beginnings of words": [" ".join(word[:3] for word in name.split()) for name in names],
        "name with a slip": [slip(name, chance) for name in names],
        "NIK": [person.numbers[0] for person in sample],
        "NIK from the birth date": [person.numbers[0][6:] for person in sample],
        "NIK with a wrong digit": [wrong_digit(person.numbers[0], chance) for person in sample],
        "KK": [person.numbers[1] for person in sample],
        "telephone": [person.numbers[2] for person in sample],
        "address": [person.text.lower() for person in sample],
        "name and house number": [
            f"{p.title.split()[0].lower()} {p.text.split()[-1]}" for p in sample
        ],
        "nobody": ["xyqz wkjh", "qqqq", "99999999999"],
    }


def keys(text: str) -> Iterator[str]:
    """Yield what stands in the search box after each key press."""
    for end in range(1, len(text) + 1):
        yield text[:end]


def press(conn: Connection, typed: str) -> float:
    """Search once; return the milliseconds."""
    begun = perf_counter()
    search.find(conn, typed)
    return (perf_counter() - begun) * 1000


def slip(name: str, chance: random.Random) -> str:
    """Exchange two letters of a name."""
    at = chance.randrange(len(name) - 1) if len(name) > 1 else 0
    return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]


def wrong_digit(number: str, chance: random.Random) -> str:
    """Mistype one digit of a number."""
    at = chance.randrange(len(number))
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]


def report(name: str, taken: list[float]) -> None:
    """Print one row of the table."""
    taken = sorted(taken)
    shown = [taken[min(len(taken) - 1, int(len(taken) * share))] for share in (0.5, 0.95, 0.99, 1)]
    print(f"{name:<28}{len(taken):>8}" + "".join(f"{value:>9.2f}" for value in shown))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [20_000, 300_000])
