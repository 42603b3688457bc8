import os
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection as Foreign

from sync.store import records, schema
from sync.store.engine import Engine, write_engine
from sync.store.handle import FILE
from sync.store.statements import Connection
from sync.store.tables import HIDDEN, StoreTable
from tests.sync.store.laptop import LETTER, Desk

KEY = os.urandom(32)


def engine_at(path: Path) -> Engine:
    return write_engine(path, KEY)


def shape(conn: Connection) -> dict[str, str]:
    rows = conn.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {row.name: _plain(row.sql) for row in rows}


def _plain(statement: str) -> str:
    return "".join(statement.split())


def test_the_migrations_lead_to_the_very_schema_of_the_tables(tmp_path: Path) -> None:
    with engine_at(tmp_path / "made").begin() as conn:
        schema.make(conn)
        made = shape(conn)
    with schema.foreign(tmp_path / "migrated", KEY) as outer, outer.begin():
        schema.upgrade(outer)
    with engine_at(tmp_path / "migrated").begin() as conn:
        migrated = shape(conn)
        version = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    assert migrated == made
    assert version == schema.HEAD


def test_nothing_is_left_for_a_migration_to_do(tmp_path: Path) -> None:
    def include(_thing: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and str(name).startswith(HIDDEN))

    with engine_at(tmp_path / "made").begin() as conn:
        schema.make(conn)
    with schema.foreign(tmp_path / "made", KEY) as outer:
        context = MigrationContext.configure(
            outer, opts={"include_object": include, "compare_type": True}
        )
        assert compare_metadata(context, StoreTable.metadata) == []


def test_the_newest_migration_is_the_one_that_the_program_names() -> None:
    names = sorted(path.name for path in (schema.MIGRATIONS / "store").glob("[0-9]*.py"))

    assert names[-1].startswith(schema.HEAD)
    assert int(schema.HEAD) == schema.SCHEMA


def test_an_older_file_is_brought_up_and_keeps_what_it_holds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.unlock() as store:
        before = store.desk
        with store.write() as conn:
            conn.exec_driver_sql("PRAGMA user_version = 0")

    with desk.unlock() as store:
        assert store.desk == before
        with store.read() as conn:
            assert conn.exec_driver_sql("PRAGMA user_version").scalar() == schema.SCHEMA
    assert not (desk.folder / FILE).with_suffix(".next").exists()


def put_back(conn: Foreign, version: str) -> None:
    """Make a file as an older program would have left it."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("version_locations", str(schema.MIGRATIONS / "store"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=conn, metadata=StoreTable.metadata, hidden=HIDDEN)
    command.downgrade(config, version)
    conn.exec_driver_sql(f"PRAGMA user_version = {int(version)}")


def test_a_file_from_before_the_registers_has_their_lines_afterwards(
    desk: Desk, business: dict[str, Any]
) -> None:
    with desk.unlock() as store:
        records.new(store, LETTER, business, issue=True)
        with store.write() as conn:
            lines = conn.exec_driver_sql("SELECT * FROM register_line").all()
        key = store.key
    with schema.foreign(desk.folder / FILE, key) as outer, outer.begin():
        put_back(outer, "0001")

    with desk.unlock() as store, store.read() as conn:
        after = conn.exec_driver_sql("SELECT * FROM register_line").all()

    assert len(lines) == 1
    assert after == lines


def test_a_migration_that_fails_leaves_the_old_file_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.unlock() as store, store.write() as conn:
        conn.exec_driver_sql("PRAGMA user_version = 0")
    before = (desk.folder / FILE).read_bytes()

    def failing(conn: Foreign) -> None:
        conn.exec_driver_sql("DROP TABLE record")
        raise RuntimeError

    monkeypatch.setattr(schema, "upgrade", failing)
    with pytest.raises(RuntimeError):
        desk.unlock()

    assert (desk.folder / FILE).read_bytes() == before
    monkeypatch.undo()
    desk.unlock().close()
