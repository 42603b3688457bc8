"""What a batch of 300 changes costs a server that has 100,000, 1 and 10 million changes already.

    .venv/bin/python bench/million.py [--dir DIR] [CHANGES ...]

The history is one desk's own first thousand changes, copied in bulk by SQL under random ids over a
hundred offices: registrations, edits of a quarter, identities, stream rows, with all their indexes.
Then a desk of one of these offices brings twenty batches of new residents and edits of its own, and
twenty of edits of residents spread over the whole history. Printed are milliseconds a batch, p50
and worst, CPU milliseconds a batch, and the size of the file. `--dir` is where the databases are
made: 10 million changes need some 15 GB there.
"""

import argparse
import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.intake import REGION, Desk
from forms.engine.region import Office
from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.change import Change
from sync.protocol.exchange import Answer
from sync.server import administration, exchange, offices
from sync.server import codes as enrol_codes
from sync.server.city import City
from sync.server.database import FILE

SIZES = (100_000, 1_000_000, 10_000_000)
SAMPLE = 1_000  # changes that a desk really made
OFFICES = 100
BATCHES, BATCH = 20, 300
NEVER_EDITED = 20  # bytes of a record's heads that name its first change alone

# One row of the sample, copied `n` times: c is the change, d its new id, o its new office.
_FILL = """
    CREATE TEMP TABLE copy AS
        WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
        SELECT n, randomblob(16) AS id, (n - 1) % ? + 1 AS source FROM counted
"""
_CHANGES = """
    INSERT INTO change (region, id, record, office, verdict, code, stands, received, content)
        SELECT c.region, p.id, iif(c.record = c.id, p.id, q.id), o.id, c.verdict, c.code, c.stands,
            c.received, c.content
        FROM copy p JOIN sample c ON c.place = p.source
        LEFT JOIN copy q ON q.n = p.n - p.source + c.begins
        JOIN office_of o ON o.place = (p.n - 1) / {slice} % {offices}
        ORDER BY p.id
"""
_RECORDS = """
    INSERT INTO record (region, id, service, office, subject, state, answers, heads, added, changed)
        SELECT r.region, p.id, r.service, o.id, r.subject, r.state, r.answers,
            CAST(x'81a0c410' || p.id AS BLOB), r.added, r.changed
        FROM copy p JOIN sample c ON c.place = p.source JOIN record r ON r.id = c.record
        JOIN office_of o ON o.place = (p.n - 1) / {slice} % {offices}
        WHERE c.record = c.id ORDER BY p.id
"""
_IDENTITIES = """
    INSERT INTO identity (region, service, key, value, record, office)
        SELECT r.region, r.service, r.key, printf('%016d', abs(random()) % 10000000000000000),
            p.id, o.id
        FROM copy p JOIN sample c ON c.place = p.source
        JOIN identity r ON r.record = c.record AND r.record IN (SELECT id FROM sample)
        JOIN office_of o ON o.place = (p.n - 1) / {slice} % {offices}
        WHERE c.record = c.id ORDER BY 4
"""
_ROWS = """
    INSERT INTO stream_row (region, office, service_group, number, change, chain)
        SELECT ?, o.id, 'residents',
            row_number() OVER (PARTITION BY o.id ORDER BY p.n) + o.head, p.id, randomblob(32)
        FROM copy p JOIN office_of o ON o.place = (p.n - 1) / {slice} % {offices}
        ORDER BY o.id, p.n
"""
_HEADS = """
    INSERT INTO stream (region, office, service_group, head, chain)
        SELECT region, office, service_group, number, chain FROM stream_row r
        WHERE service_group = 'residents' AND number = (SELECT max(number) FROM stream_row s
            WHERE s.region = r.region AND s.office = r.office AND s.service_group = 'residents')
        ON CONFLICT (region, office, service_group)
        DO UPDATE SET head = excluded.head, chain = excluded.chain
"""


def founded(folder: Path) -> tuple[City, Desk]:
    """Make a city of a hundred offices, and a desk of the first with its thousand changes."""
    administration.init(folder, REGION, operator="Bench", passphrase=os.urandom(8).hex())
    city = City.open(folder)
    for place in range(OFFICES):
        office = Office(b"", f"kel-{place}", "kelurahan", f"Kelurahan {place}", "99.71.01.1001")
        offices.add(city, office, "Bench")
    desk = Desk(city, enrol_codes.make(city, "kel-0", "kepala", "Bench")[0])
    bring(city, desk, list(desk.changes(SAMPLE)))
    return city, desk


def grow(file: Path, desk: Desk, count: int) -> None:
    """Copy the sample until there are so many changes more."""
    office = desk.welcome.office.id
    base = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=FILE"):
        base.execute(f"PRAGMA {pragma}")
    base.execute(
        "CREATE TEMP TABLE sample AS SELECT row_number() OVER (ORDER BY s.number) AS place, c.* "
        "FROM stream_row s JOIN change c ON c.region = s.region AND c.id = s.change "
        "WHERE s.office = ? AND s.service_group = 'residents' ORDER BY s.number",
        (office,),
    )
    base.execute("ALTER TABLE sample ADD COLUMN begins INTEGER")
    base.execute(
        "UPDATE sample SET begins = (SELECT place FROM sample f WHERE f.id = sample.record)"
    )
    base.execute(
        "CREATE TEMP TABLE office_of AS SELECT row_number() OVER (ORDER BY id = ? DESC, id) - 1 "
        "AS place, id, coalesce((SELECT head FROM stream WHERE office = o.id AND "
        "service_group = 'residents'), 0) AS head FROM office o",
        (office,),
    )
    base.execute("CREATE INDEX temp.sample_place ON sample (place)")
    base.execute("CREATE INDEX temp.sample_id ON sample (id)")
    base.execute(_FILL, (count, SAMPLE))
    base.execute("CREATE INDEX temp.copy_n ON copy (n)")
    parts = {"slice": SAMPLE, "offices": OFFICES}
    region = base.execute("SELECT region FROM region").fetchone()[0]
    base.execute("BEGIN")
    for query in (_CHANGES, _RECORDS, _IDENTITIES):
        base.execute(query.format(**parts))
    base.execute(_ROWS.format(**parts), (region,))
    base.execute(_HEADS)
    base.execute("COMMIT")
    base.execute("ANALYZE")
    base.close()


def bring(city: City, desk: Desk, changes: list[Change]) -> tuple[float, float]:
    """Bring one batch; seconds and CPU seconds of the server's work."""
    ask, batch = desk.ask(), desk.batch(changes)
    begun, spent = time.perf_counter(), time.process_time()
    answer = exchange.exchange(city, [ask, batch])
    took = time.perf_counter() - begun, time.process_time() - spent
    content = envelope.open_sealed(envelope.read(answer), city.public.sign, desk.keys.seal)
    assert wire.decode(content, Answer).receipt is not None
    return took


def edits(file: Path, desk: Desk) -> Iterator[list[Change]]:
    """Give batches of edits of residents of this office from all its history."""
    with sqlite3.connect(file) as base:
        rows = base.execute(
            "SELECT id FROM record WHERE office = ? AND service = 'residents/resident' "
            "AND length(heads) = ?",
            (desk.welcome.office.id, NEVER_EDITED),
        ).fetchall()
    base.close()
    spread = sorted((name for (name,) in rows), key=lambda name: hashlib.sha256(name).digest())
    last: dict[bytes, bytes] = {}
    for turn in range(BATCHES):
        made = list[Change]()
        for place in range(BATCH):
            name = spread[(turn * BATCH + place) % len(spread)]
            number = {"telepon": f"0857{turn * BATCH + place:08}"}
            made.append(desk.edit(name, last.get(name, name), number))
            last[name] = made[-1].id
        yield made


def told(name: str, times: list[tuple[float, float]]) -> str:
    """Write one figure."""
    walls, spent = [one * 1e3 for one, _ in times], [one * 1e3 for _, one in times]
    typical, worst, cpu = median(walls), max(walls), median(spent)
    return f"{name} p50 {typical:>6.1f} worst {worst:>7.1f} ms, CPU {cpu:>6.1f} ms"


def measure(folder: Path, count: int) -> None:
    """Print one line."""
    city, desk = founded(folder)
    city.close()
    began = time.perf_counter()
    grow(folder / FILE, desk, count)
    grown = time.perf_counter() - began
    city = desk.city = City.open(folder)
    fresh = [bring(city, desk, list(desk.changes(BATCH))) for _ in range(BATCHES)]
    old = [bring(city, desk, made) for made in edits(folder / FILE, desk)]
    size = (folder / FILE).stat().st_size / 1e9
    conflicts = administration.status(city).conflicts
    print(
        f"{count:>11,} changes {size:>6.2f} GB (made in {grown:,.0f} s)  "
        f"{told('new ones', fresh)}  {told('edits of old ones', old)}  conflicts {conflicts}",
        flush=True,
    )
    city.close()


def main() -> None:
    """Measure the sizes asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--dir", type=Path)
    asked.add_argument("sizes", type=int, nargs="*", default=SIZES)
    options = asked.parse_args()
    for count in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.dir) as folder:
            measure(Path(folder) / "city", count)


if __name__ == "__main__":
    main()
