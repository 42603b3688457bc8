"""Bytes a change on its way, in batches of 1, 10, 100 and 300: sealed, signed, padded.

    .venv/bin/python bench/batches.py [CHANGES ...]

Of residents as an import gives them, of edits of one telephone number, and of letters issued, five
changes each with what was printed; the texts that letters cite go once with each batch.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.exchange import PASSPHRASE, REGION, desk, fill
from forms.engine import example
from forms.engine.region import Office
from sync.server import administration, offices
from sync.server.city import City
from sync.server.run import start
from sync.store import outbox, records
from sync.store.handle import Store

SIZES = (1, 10, 100, 300)
LETTER = "letters/surat_keterangan_usaha"
LETTER_CHANGES = 5


def sealed(store: Store) -> int:
    """Count the bytes of what is sealed now."""
    return sum(len(frozen.envelope) for frozen in outbox.freeze(store))


def edits(store: Store, count: int) -> None:
    """Change a telephone number so many times."""
    with store.read() as conn:
        query = "SELECT id FROM record WHERE service = 'residents/resident' ORDER BY id LIMIT ?"
        names = list(conn.exec_driver_sql(query, (count,)).scalars())
    for place in range(count):
        name = names[place % len(names)]
        records.edit(store, name, {"telepon": f"0857{place:08}"})


def letters(store: Store, count: int) -> None:
    """Issue letters of so many changes, rounded up to whole letters."""
    form = store.catalogue.form(LETTER)
    for _ in range(-(-count // LETTER_CHANGES)):
        records.new(store, LETTER, dict(example.fill(form.example, store.scene())), issue=True)


KINDS: tuple[tuple[str, Callable[[Store, int], None], int], ...] = (
    ("residents", fill, 1),
    ("edits", edits, 1),
    ("letters", letters, LETTER_CHANGES),
)


def measure(store: Store, count: int) -> None:
    """Print one line of each kind."""
    for name, make, step in KINDS:
        sealed(store)
        make(store, count)
        changes = -(-count // step) * step
        size = sealed(store)
        print(f"{name:<16} {changes:>5} changes {size:>9,} B {size / changes:>8.1f} B each")


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes asked for, each on a desk of its own."""
    for count in [int(text) for text in arguments] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            administration.init(home / "city", REGION, operator="Pengelola", passphrase=PASSPHRASE)
            city = City.open(home / "city")
            area = city.region.areas.first(city.region.code, "kelurahan")
            office = Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,))
            offices.add(city, office, "bench")
            running = start(city.folder)
            store = desk(home / "a", city, running.url)
            measure(store, count)
            store.close()
            running.stop()
            city.close()


if __name__ == "__main__":
    main(sys.argv[1:])
