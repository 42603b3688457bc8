"""What a batch costs does not follow from how much is there already; on PostgreSQL in parts."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from forms.engine.problem import Refused
from sync.server import administration, apart, audience, bulk, erasure, tables, verify
from sync.server.city import City
from sync.server.database import is_file
from sync.server.erasure import Asked
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
TABLES = (tables.change, tables.record, tables.stream_row, tables.identity)
FEW, MANY = 1_600, 8_000
PEOPLE = 30
IN_PARTS = ("change", "stream_row")
ROWS_READ = """
SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
WHERE relname LIKE ANY (ARRAY['change%', 'record', 'identity', 'stream_row%'])
"""


def _fill(city: City, count: int, known: Laptop) -> None:
    """Lay history of other offices beside: as many residents, each with a change and a row."""
    region, own = city.code, known.welcome.operator
    offices = [os.urandom(16) for _ in range(10)]
    names = [os.urandom(16) for _ in range(count)]
    with databases.unguarded(city.database.url) as connection:
        like = {
            table.name: dict(
                connection.execute(table.select().where(table.c[key] == own)).mappings().first()
                or {}
            )
            for table, key in ((tables.change, "id"), (tables.record, "id"))
        }
        added = {table: list[dict[str, Any]]() for table in TABLES}
        for place, name in enumerate(names):
            office = offices[place % len(offices)]
            added[tables.change].append(
                {**like["change"], "id": name, "record": name, "office": office}
            )
            added[tables.record].append(
                {**like["record"], "id": name, "office": office, "service": RESIDENT}
            )
            added[tables.identity].append(
                {
                    "region": region, "service": RESIDENT, "key": "nik", "value": f"{place:016}",
                    "record": name, "office": office,
                }
            )  # fmt: skip
            row = {
                "region": region, "office": office, "service_group": "residents",
                "number": place // len(offices) + 1, "change": name, "lease": None,
                "chain": bytes(32), "left": None, "announced": None,
            }  # fmt: skip
            added[tables.stream_row].append(row)
        for table, rows in added.items():
            bulk.add(connection, table, rows)
        if databases.on_postgres():  # as its own hand would within a minute
            connection.execute(text(f"ANALYZE {', '.join(table.name for table in added)}"))


@contextmanager
def _reading(city: City) -> Iterator[list[int]]:
    """Count what the next writing transactions read: rows, or on SQLite hundreds of steps."""
    found, steps = [0], [0]
    if is_file(city.database.url):
        with city.database.write() as connection:
            driver: Any = connection.connection.driver_connection

        def step() -> int:
            steps[0] += 1
            return 0

        driver.set_progress_handler(step, 100)
        yield found
        driver.set_progress_handler(None, 0)
        found[0] = steps[0]
        return
    before = _rows_read(city)
    yield found
    found[0] = _rows_read(city) - before


def _rows_read(city: City) -> int:
    """Ask PostgreSQL how many rows it has read so far; who writes tells it at this word only."""
    with city.database.write() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with databases.unguarded(city.database.url) as connection:
        return int(connection.scalar(text(ROWS_READ)) or 0)


def _cost(city: City, laptop: Laptop) -> int:
    """Bring residents, and edits of others; tell what was read."""
    changes = [laptop.resident(f"WARGA {number}") for number in range(PEOPLE)]
    laptop.send(*changes)
    edits = [laptop.edit(one, telepon="081200000001") for one in changes]
    with _reading(city) as found:
        laptop.send(*(laptop.resident(f"WARGA BARU {number}") for number in range(PEOPLE)), *edits)
    return found[0]


def test_a_batch_reads_no_more_of_a_large_city_than_of_a_small_one(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    _fill(city, FEW, laptop)
    for _ in range(6):  # from the sixth time on PostgreSQL may keep a plan
        laptop.send(laptop.resident("WARGA LAMA"))
    small = _cost(city, laptop)

    _fill(city, MANY, laptop)
    large = _cost(city, laptop)

    assert small > 0
    assert large < small + MANY / 20, (small, large)


def _parts(city: City) -> dict[str, int]:
    """Count the rows of each part, whoever's they are."""
    with databases.unguarded(city.database.url) as owner:
        names = [name for table in IN_PARTS for name in apart.parts(owner, table)]
        count = "SELECT count(*) FROM "
        return {name: int(owner.scalar(text(count + name)) or 0) for name in names}


def _all(city: City) -> dict[str, list[Any]]:
    with city.database.read() as connection:
        return {
            name: sorted(map(repr, connection.execute(tables.metadata.tables[name].select())))
            for name in IN_PARTS
        }


@pytest.mark.postgres
def test_history_and_streams_lie_in_parts_that_nobody_reads_by_themselves(
    city: City, enrol: Enrol
) -> None:
    _fill(city, FEW, enrol())

    held = _parts(city)

    assert all(held[f"change_{part}"] for part in range(8))
    assert sum(held[f"stream_row_{part}"] > 0 for part in range(8)) > 1
    for name in held:
        with pytest.raises(DBAPIError, match="permission denied"), city.database.read() as reader:
            reader.execute(text(f"TABLE {name}"))


@pytest.mark.postgres
def test_the_history_of_an_older_program_is_laid_in_parts_whole(
    folder: Path, time: Time, city: City, enrol: Enrol, request: pytest.FixtureRequest
) -> None:
    laptop = enrol()
    made = [laptop.resident(f"WARGA {number}") for number in range(PEOPLE)]
    laptop.send(*made)
    before = _all(city)
    owner = databases.owners(city.database.url)
    city.close()
    databases.take_back(owner, "0019")
    with pytest.raises(Refused, match="schema_older"):
        City.open(folder)

    administration.upgrade(folder, owner)

    laptop.city = again = City.open(folder, time)
    request.addfinalizer(again.close)
    assert _all(again) == before
    parts = [_parts(again)[f"change_{part}"] for part in range(8)]
    assert sum(parts) == len(before["change"])
    assert sum(part > 0 for part in parts) > 4  # ids are random: one part or two may have none
    laptop.send(*(laptop.edit(one, telepon="081200000001") for one in made))
    assert verify.verify(again) == ()
    with again.database.read() as connection:
        told = audience.history(connection, again.code, {made[0].id})
    assert [one.verdict for one in told[made[0].id]] == ["applied", "applied"]
    gap = {"region": again.code, "office": laptop.welcome.office.id, "service_group": "residents"}
    with pytest.raises(IntegrityError, match="gap"), again.database.write() as connection:
        bulk.add(
            connection,
            tables.stream_row,
            [{**gap, "number": 7_000, "change": made[0].id, "lease": None, "chain": b"",
              "left": None, "announced": None}],
        )  # fmt: skip


@pytest.mark.postgres
def test_an_erasure_writes_each_part_anew_by_itself(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = [laptop.resident(f"WARGA {number}") for number in range(PEOPLE)]
    laptop.send(*made)
    before = _files(city)
    asked = Asked(made[0].id, "Permintaan sendiri", "UU 27/2022 Pasal 8")

    erasure.erase(city, asked, ADMINISTRATOR)

    after = _files(city)
    assert before.keys() == after.keys() == _parts(city).keys()
    assert not set(before.values()) & set(after.values())
    assert b"WARGA 0" not in databases.stored(city.database.url)


def _files(city: City) -> dict[str, int]:
    """Name the file in which each part is kept."""
    with databases.unguarded(city.database.url) as owner:
        names = [name for table in IN_PARTS for name in apart.parts(owner, table)]
        query = text("SELECT pg_relation_filenode(to_regclass(:name))")
        return {name: int(owner.scalar(query, {"name": name}) or 0) for name in names}
