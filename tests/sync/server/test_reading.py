"""Many keys are read in a few statements, whatever their number."""

import os

import pytest
from sqlalchemy import insert

from sync.protocol import wire
from sync.server import reading, tables
from sync.server.city import City
from tests import databases

SERVICE = "residents/resident"


@pytest.mark.parametrize("count", [0, 1, 16, 17, 128, 129, 1_000, 1_001])
def test_every_record_that_is_asked_for_is_found_once_and_no_other(city: City, count: int) -> None:
    ids = [os.urandom(16) for _ in range(count + 1)]
    rows = [
        {
            "region": city.code,
            "id": name,
            "service": SERVICE,
            "office": b"o" * 16,
            "subject": b"",
            "state": "active",
            "answers": wire.encode({"nama": name.hex()}),
            "heads": wire.encode({"": name}),
            "guests": b"a" * 16 + b"b" * 16,
            "added": 1,
            "changed": 1,
        }
        for name in ids
    ]
    with city.database.write() as connection:
        connection.execute(insert(tables.record), rows)

    with city.database.read() as connection:
        found = reading.records(connection, city.code, {*ids[1:], os.urandom(16)})

    assert set(found) == set(ids[1:])
    for name, present in found.items():
        assert present.answers == {"nama": name.hex()}
        assert present.guests == (b"a" * 16, b"b" * 16)


def test_regions_of_one_database_are_kept_apart(city: City) -> None:
    with databases.unguarded(city.database.url) as connection:
        connection.execute(
            insert(tables.identity).values(
                region="11.11",
                service=SERVICE,
                key="nik",
                value="1",
                record=b"r" * 16,
                office=b"o" * 16,
            )
        )
        assert reading.bearers(connection, "11.11", (SERVICE, "nik"), {"1", "2"}) == {
            "1": {b"r" * 16: b"o" * 16}
        }
        assert reading.bearers(connection, city.code, (SERVICE, "nik"), {"1"}) == {}
