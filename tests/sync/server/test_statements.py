import traceback
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from sync.server import bulk
from sync.server.database import Database, url_of
from sync.server.statements import Statement

FRUIT = Table("fruit", MetaData(), Column("name", Text, unique=True), Column("weight", Integer))
HEAVIER = Statement(
    select(FRUIT.c.name, func.coalesce(FRUIT.c.weight, 7).label("weight"))
    .where(FRUIT.c.weight > bindparam("least"), FRUIT.c.name != bindparam("but"))
    .order_by(FRUIT.c.name)
)
GROWS = Statement(
    update(FRUIT)
    .where(FRUIT.c.name == bindparam("which"))
    .values(weight=FRUIT.c.weight + bindparam("by"))
    .returning(FRUIT.c.weight)
)
ROWS = [{"name": "duku", "weight": 9}, {"name": "jeruk", "weight": 90}]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(url_of(tmp_path / "fruit.db"))
    with database.write() as connection:
        FRUIT.create(connection)
        bulk.add(connection, FRUIT, ROWS)
    return database


def weight(connection: Connection, name: str) -> int:
    found = bulk.found(connection, FRUIT, ("weight",), {"name": name}).scalar()
    assert isinstance(found, int)
    return found


def failing(database: Database) -> None:
    with database.write() as connection:
        assert GROWS.run(connection, which="duku", by=2).scalar() == 11
        raise RuntimeError


def test_values_go_to_their_places_by_name(database: Database) -> None:
    with database.read() as connection:
        assert HEAVIER.run(connection, but="salak", least=8) == [("duku", 9), ("jeruk", 90)]
        row = HEAVIER.run(connection, least=8, but="duku").first()

    assert row is not None
    assert (row.name, row.weight) == ("jeruk", 90)


def test_nothing_found_is_none_and_the_highest_is_one_row(database: Database) -> None:
    with database.read() as connection:
        assert HEAVIER.run(connection, least=90, but="").first() is None
        assert HEAVIER.run(connection, least=90, but="").scalar() is None
        assert bulk.highest(connection, FRUIT, ("name",), {}, "weight") == ("jeruk",)


def test_what_a_change_returns_is_read_and_undone_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):
        failing(database)
    with database.read() as connection:
        assert weight(connection, "duku") == 9

    with database.write() as connection:
        GROWS.run(connection, which="duku", by=1)
    with database.read() as connection:
        assert weight(connection, "duku") == 10


def test_an_error_of_the_driver_is_one_of_sqlalchemy_and_shows_no_values(
    database: Database,
) -> None:
    secret = "9971011505880001"
    with database.write() as connection:
        bulk.add(connection, FRUIT, [{"name": secret, "weight": 1}])

    with pytest.raises(IntegrityError) as failure, database.write() as connection:
        bulk.add(connection, FRUIT, [{"name": secret, "weight": 2}])

    assert secret not in "".join(traceback.format_exception_only(failure.value))
    with database.read() as connection:
        assert weight(connection, secret) == 1
