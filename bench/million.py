"""What a batch of 300 changes costs a server that has 100,000, 1 and 10 million changes already.

    .venv/bin/python bench/million.py [--dir DIR] [--postgres URL] [CHANGES ...]

The history is one desk's own first thousand changes, copied in bulk by SQL under random ids over a
hundred offices: registrations, edits of a quarter, identities, stream rows, with all their indexes.
Then a desk of one of these offices brings twenty batches of new residents and edits of its own, and
twenty of edits of residents spread over the whole history. Printed are milliseconds a batch, p50
and worst, CPU milliseconds a batch here and in PostgreSQL's processes, what a change adds to its
log, and the size of the database. `--dir` is where files are made: 10 million changes need some
15 GB there. `--postgres` is a superuser's URL of a PostgreSQL of this machine.
"""

import argparse
import hashlib
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, Protocol

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import text

from bench.intake import REGION, Backends, Desk, database
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
HEADS = b"\x81\xa0\xc4\x10"  # of such a record, before that name

# Copy `n` of the sample's row `turn`; what its ids and values are follows from `n` (name_of, ...).
_PREPARE = (
    """
    CREATE TEMP TABLE sample AS
        SELECT row_number() OVER (ORDER BY s.number) AS turn, 0 AS begins, c.*
        FROM stream_row s JOIN change c ON c.region = s.region AND c.id = s.change
        WHERE s.office = {office} AND s.service_group = 'residents'
    """,
    """
    UPDATE sample SET begins = (SELECT f.turn FROM sample f WHERE f.id = sample.record)
    """,
    """
    CREATE TEMP TABLE office_of AS
        SELECT row_number() OVER (ORDER BY o.id = {office} DESC, o.id) - 1 AS turn, o.id,
            coalesce((SELECT t.head FROM stream t WHERE t.region = o.region AND t.office = o.id
                AND t.service_group = 'residents'), 0) AS head
        FROM office o
    """,
    """
    CREATE TEMP TABLE numbered AS
        WITH RECURSIVE counted(n) AS
            (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {count})
        SELECT n, (n - 1) % {sample} + 1 AS turn, (n - 1) / {sample} % {offices} AS place
        FROM counted
    """,
)
_FROM = "FROM numbered p JOIN sample c ON c.turn = p.turn JOIN office_of o ON o.turn = p.place"
_FILL = (
    f"""
    INSERT INTO change
        (region, id, record, office, verdict, code, stands, received, content, place)
    SELECT c.region, name_of(p.n), name_of(p.n - p.turn + c.begins), o.id, c.verdict, c.code,
        c.stands, c.received, c.content, c.place
    {_FROM} {{by_name}}
    """,
    f"""
    INSERT INTO record (region, id, service, office, subject, state, answers, heads, added, changed)
    SELECT r.region, name_of(p.n), r.service, o.id, r.subject, r.state, r.answers, heads_of(p.n),
        r.added, r.changed
    {_FROM} JOIN record r ON r.region = c.region AND r.id = c.record
    WHERE c.record = c.id {{by_name}}
    """,
    f"""
    INSERT INTO identity (region, service, key, value, record, office)
    SELECT r.region, r.service, r.key, value_of(p.n), name_of(p.n), o.id
    {_FROM} JOIN identity r ON r.region = c.region AND r.record = c.record
    WHERE c.record = c.id {{by_value}}
    """,
    f"""
    INSERT INTO stream_row (region, office, service_group, number, change, chain)
    SELECT c.region, o.id, 'residents', row_number() OVER (PARTITION BY o.id ORDER BY p.n) + o.head,
        name_of(p.n), chain_of(p.n)
    {_FROM}
    """,
    """
    INSERT INTO stream (region, office, service_group, head, chain)
    SELECT r.region, r.office, r.service_group, r.number, r.chain
    FROM stream_row r JOIN (
        SELECT region, office, max(number) AS head FROM stream_row
        WHERE service_group = 'residents' GROUP BY region, office
    ) l ON l.region = r.region AND l.office = r.office AND l.head = r.number
    WHERE r.service_group = 'residents'
    ON CONFLICT (region, office, service_group)
    DO UPDATE SET head = excluded.head, chain = excluded.chain
    """,
)  # fmt: skip  # SQL of our own words and numbers
_FUNCTIONS = (
    ("name_of", "bytea", "decode(md5(n::text), 'hex')"),
    ("chain_of", "bytea", "sha256(n::text::bytea)"),
    ("heads_of", "bytea", "'\\x81a0c410'::bytea || decode(md5(n::text), 'hex')"),
    ("value_of", "text", "lpad((n * 7919 % 10000000000000000)::text, 16, '0')"),
)
_INDEXES = """
    SELECT c.relname, i.relname, replace(pg_get_indexdef(i.oid), ' ON ONLY ', ' ON '), k.conname,
        pg_get_constraintdef(k.oid)
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.contype = 'p'
    WHERE c.oid = ANY ('{change, record, identity, stream_row}'::regclass[])
"""


def founded(folder: Path, url: str = "") -> tuple[City, Desk]:
    """Make a city of a hundred offices, and a desk of the first with its thousand changes."""
    phrase = os.urandom(8).hex()
    administration.init(folder, REGION, operator="Bench", passphrase=phrase, database=url)
    city = City.open(folder)
    for place in range(OFFICES):
        office = Office(b"", f"kel-{place}", "kelurahan", f"Kelurahan {place}", "99.71.01.1001")
        offices.add(city, office, "Bench")
    desk = Desk(city, enrol_codes.make(city, "kel-0", "kepala", "Bench")[0])
    bring(city, desk, list(desk.changes(SAMPLE)))
    return city, desk


class Base(Protocol):
    """Where statements of either database are run."""

    def execute(self, query: Any) -> Any:
        """Run one."""


def fill(base: Base, office: str, count: int, order: dict[str, str]) -> None:
    """Copy the sample until there are so many changes more."""
    said = {"office": office, "count": count, "sample": SAMPLE, "offices": OFFICES, **order}
    for query in (*_PREPARE, *_FILL):
        base.execute(query.format(**said))


def grow_file(file: Path, desk: Desk, count: int) -> None:
    """Fill a SQLite file; what stands in the order of an index is put there in that order."""
    base = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "temp_store=FILE"):
        base.execute(f"PRAGMA {pragma}")
    for name, made in (
        ("name_of", lambda n: hashlib.md5(b"%d" % n).digest()),  # noqa: S324 - no secret, a name
        ("chain_of", lambda n: hashlib.sha256(b"%d" % n).digest()),
        ("heads_of", lambda n: HEADS + hashlib.md5(b"%d" % n).digest()),  # noqa: S324 - the same
        ("value_of", lambda n: f"{n * 7919 % 10**16:016}"),
    ):
        base.create_function(name, 1, made, deterministic=True)
    base.execute("BEGIN")
    order = {"by_name": "ORDER BY 2", "by_value": "ORDER BY 4"}
    fill(base, f"x'{desk.welcome.office.id.hex()}'", count, order)
    base.execute("COMMIT")
    base.execute("ANALYZE")
    base.close()


def grow_server(url: str, desk: Desk, count: int) -> None:
    """Fill a PostgreSQL database in the order in which changes come; its indexes are made anew."""
    with psycopg.connect(url) as base:
        base.execute("SET session_replication_role = replica")
        for setting in (
            "work_mem = '256MB'",
            "maintenance_work_mem = '1GB'",
            "synchronous_commit = off",
        ):
            base.execute(f"SET {setting}")
        base.execute("CREATE SCHEMA bench")
        base.execute("SET search_path = public, bench")
        for name, kind, said in _FUNCTIONS:
            made = f"bench.{name}(n bigint) RETURNS {kind} LANGUAGE sql IMMUTABLE"
            base.execute(f"CREATE FUNCTION {made} AS $$ SELECT {said} $$")
        indexes = base.execute(_INDEXES).fetchall()
        for table, name, _, key, _ in indexes:
            gone = f"ALTER TABLE {table} DROP CONSTRAINT {key}" if key else f"DROP INDEX {name}"
            base.execute(gone)
        office = f"'\\x{desk.welcome.office.id.hex()}'::bytea"
        fill(base, office, count, {"by_name": "", "by_value": ""})
        for table, _, index, key, said in indexes:
            base.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {said}" if key else index)
        base.execute("DROP SCHEMA bench CASCADE")
    with psycopg.connect(url, autocommit=True) as base:
        base.execute("VACUUM ANALYZE")
        base.execute("CHECKPOINT")


class Took(NamedTuple):
    """Seconds of the server's work on one batch: by the clock, of CPU time here, and there."""

    wall: float
    cpu: float
    there: float


def bring(city: City, desk: Desk, changes: list[Change], backends: Backends | None = None) -> Took:
    """Bring one batch."""
    ask, batch = desk.ask(), desk.batch(changes)
    there = backends.spent() if backends else 0.0
    begun, spent = time.perf_counter(), time.process_time()
    answer = exchange.exchange(city, [ask, batch])
    wall, cpu = time.perf_counter() - begun, time.process_time() - spent
    there = backends.spent() - there if backends else 0.0
    content = envelope.open_sealed(envelope.read(answer), city.public.sign, desk.keys.seal)
    assert wire.decode(content, Answer).receipt is not None
    return Took(wall, cpu, there)


def edits(city: City, desk: Desk) -> Iterator[list[Change]]:
    """Give batches of edits of residents of this office from all its history."""
    query = (
        "SELECT id FROM record WHERE region = :region AND office = :office "
        "AND service = 'residents/resident' AND length(heads) = :heads"
    )
    given = {"region": city.code, "office": desk.welcome.office.id, "heads": NEVER_EDITED}
    with city.database.read() as connection:
        names = list(connection.scalars(text(query), given))
    spread = sorted(names, key=lambda name: hashlib.sha256(name).digest())
    last: dict[bytes, bytes] = {}
    for turn in range(BATCHES):
        made = list[Change]()
        for place in range(BATCH):
            name = spread[(turn * BATCH + place) % len(spread)]
            number = {"telepon": f"0857{turn * BATCH + place:08}"}
            made.append(desk.edit(name, last.get(name, name), number))
            last[name] = made[-1].id
        yield made


def told(name: str, times: list[Took]) -> str:
    """Write one figure."""
    walls = [one.wall * 1e3 for one in times]
    cpu, there = (median(one[place] * 1e3 for one in times) for place in (1, 2))
    beside = f" + {sum(one.there for one in times) / len(times) * 1e3:>5.1f}" if there else ""
    return (
        f"{name} p50 {median(walls):>6.1f} worst {max(walls):>7.1f} ms, CPU {cpu:>5.1f}{beside} ms"
    )


def measure(folder: Path, count: int, url: str) -> None:
    """Print one line."""
    city, desk = founded(folder, url)
    city.close()
    began = time.perf_counter()
    if url:
        grow_server(url, desk, count)
    else:
        grow_file(folder / FILE, desk, count)
    grown = time.perf_counter() - began
    city = desk.city = City.open(folder)
    backends = Backends(url) if url else None
    log = backends.log_bytes() if backends else 0
    fresh = [bring(city, desk, list(desk.changes(BATCH)), backends) for _ in range(BATCHES)]
    old = [bring(city, desk, made, backends) for made in edits(city, desk)]
    each = ""
    if backends:
        each = f"  log {(backends.log_bytes() - log) / BATCHES / BATCH / 2:,.0f} B a change"
    size = (backends.size() if backends else (folder / FILE).stat().st_size) / 1e9
    conflicts = administration.status(city).conflicts
    print(
        f"{count:>11,} changes {size:>6.2f} GB (made in {grown:,.0f} s)  "
        f"{told('new ones', fresh)}  {told('edits of old ones', old)}{each}  conflicts {conflicts}",
        flush=True,
    )
    city.close()


def main() -> None:
    """Measure the sizes asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--dir", type=Path)
    asked.add_argument("--postgres", default="")
    asked.add_argument("sizes", type=int, nargs="*", default=SIZES)
    options = asked.parse_args()
    for count in options.sizes:
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=options.dir))
            url = stack.enter_context(database(options.postgres))
            measure(Path(folder) / "city", count, url)


if __name__ == "__main__":
    main()
