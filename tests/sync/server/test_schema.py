"""The migrations make exactly the tables that the code uses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from forms.engine.problem import Refused
from sync.server import audience, reading, schema, tables
from sync.server.city import City
from sync.server.database import Database, default_url
from tests import databases
from tests.sync.server.conftest import Time
from tests.sync.server.laptop import Laptop


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(default_url(tmp_path))


def test_the_migrated_schema_is_the_one_of_the_tables(database: Database) -> None:
    with database.write() as connection:
        schema.upgrade(connection)

        differences = compare_metadata(MigrationContext.configure(connection), tables.metadata)

    assert differences == []
    database.close()


def test_an_up_to_date_schema_is_left_alone(database: Database) -> None:
    for _ in range(2):
        with database.write() as connection:
            schema.upgrade(connection)
            assert schema.version(connection) == schema.HEAD
    database.close()


def test_a_database_of_a_later_program_is_refused(database: Database) -> None:
    with database.write() as connection:
        schema.upgrade(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with database.write() as connection, pytest.raises(Refused) as error:
        schema.upgrade(connection)

    assert [problem.code for problem in error.value.problems] == ["schema_newer"]
    database.close()


def test_a_failed_migration_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            schema.upgrade(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.read() as connection:
        assert schema.version(connection) == ""
    database.close()


def test_a_file_from_before_the_places_has_those_that_streams_tell_of_afterwards(
    city: City, enrol: Callable[..., Laptop], time: Time
) -> None:
    laptop = enrol("kel-a")
    made = laptop.resident(kelurahan="99.71.01.1001")
    laptop.send(made)
    edits = [made]
    for count in range(3):
        time.ms -= 1_000
        edits.append(laptop.edit(made, edits[-1], telepon=f"08120000000{count}"))
        laptop.send(edits[-1])
    with databases.unguarded(city.database.url) as connection:
        put_back(connection, "0012")

    with databases.unguarded(city.database.url) as connection:
        schema.upgrade(connection)

    with city.database.read() as connection:
        told = audience.history(connection, city.code, [made.id])[made.id]
        places = reading.places(connection, city.code, [made.id])
    assert [one.id for one in told] == [change.id for change in edits]
    assert places == {made.id: 4}  # what comes next goes behind


def put_back(connection: Connection, version: str) -> None:
    """Make a database as an older program would have left it."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("version_locations", str(schema.MIGRATIONS / "server"))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=tables.metadata)
    command.downgrade(config, version)


@pytest.mark.parametrize(
    ("url", "code"),
    [("nonsense", "database_url"), ("mysql://x/y", "database_unsupported"), ("sqlite://", None)],
)
def test_only_a_database_that_keeps_things_is_taken(url: str, code: str | None) -> None:
    with pytest.raises(Refused) as error:
        Database(url)

    assert [problem.code for problem in error.value.problems] == [code or "database_unsupported"]


def test_what_is_committed_survives_a_power_cut(database: Database) -> None:
    with database.write() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert (synchronous, journal) == (2, "wal")  # 2 is FULL: the commit waits for the disk
    database.close()
