from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from sync.store.engine import READERS_MAX, Engine, read_engine, sqlcipher, write_engine

KEY = bytes(range(32))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Engine]:
    engine = write_engine(tmp_path / "some.db", KEY)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE fruit (name TEXT UNIQUE)")
    yield engine
    engine.dispose()


def names(engine: Engine) -> list[str]:
    with engine.begin() as conn:
        return conn.exec_driver_sql("SELECT name FROM fruit ORDER BY name").scalars().all()


def failing(engine: Engine, statement: str) -> None:
    with engine.begin() as conn:
        conn.exec_driver_sql(statement)
        raise RuntimeError


def test_a_transaction_that_fails_leaves_nothing_and_the_next_goes_on(writer: Engine) -> None:
    with pytest.raises(RuntimeError):
        failing(writer, "INSERT INTO fruit VALUES ('duku')")
    with pytest.raises(sqlcipher.IntegrityError), writer.begin() as conn:
        conn.exec_driver_sql("INSERT INTO fruit VALUES (?)", [("salak",), ("salak",)])

    assert names(writer) == []


def test_a_table_that_was_made_in_a_transaction_that_fails_is_not_there(writer: Engine) -> None:
    with pytest.raises(RuntimeError):
        failing(writer, "CREATE TABLE vegetable (name TEXT)")

    with pytest.raises(sqlcipher.OperationalError, match="no such table"), writer.begin() as conn:
        conn.exec_driver_sql("SELECT * FROM vegetable")


def test_readers_of_several_threads_see_one_state_each(tmp_path: Path, writer: Engine) -> None:
    reader = read_engine(tmp_path / "some.db", KEY)
    together = Barrier(READERS_MAX + 1, timeout=60)

    def look() -> tuple[int, int]:
        query = "SELECT count(*) FROM fruit"
        with reader.begin() as conn:
            before = conn.exec_driver_sql(query).scalar_one()
            together.wait()  # all of them are reading, and somebody writes
            together.wait()
            return before, conn.exec_driver_sql(query).scalar_one()

    with ThreadPoolExecutor(READERS_MAX) as threads:
        looks = [threads.submit(look) for _ in range(READERS_MAX)]
        together.wait()
        with writer.begin() as conn:
            conn.exec_driver_sql("INSERT INTO fruit VALUES ('duku')")
        together.wait()
        assert [one.result() for one in looks] == [(0, 0)] * READERS_MAX

    assert names(reader) == ["duku"]
    reader.dispose()


def test_a_connection_in_use_goes_when_its_transaction_ends(writer: Engine) -> None:
    with writer.begin() as conn:
        conn.exec_driver_sql("INSERT INTO fruit VALUES ('duku')")
        writer.dispose()

    with pytest.raises(sqlcipher.ProgrammingError, match="closed"):
        conn.exec_driver_sql("SELECT 1")
    assert names(writer) == ["duku"]
