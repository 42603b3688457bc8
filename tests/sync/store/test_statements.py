from collections.abc import Iterator

import pytest

from sync.store.engine import sqlcipher
from sync.store.statements import Connection


@pytest.fixture
def conn() -> Iterator[Connection]:
    raw = sqlcipher.connect(":memory:", isolation_level=None)
    raw.execute("CREATE TABLE fruit (name TEXT UNIQUE, weight INTEGER)")
    made = Connection(raw)
    made.exec_driver_sql("INSERT INTO fruit VALUES (?, ?)", [("duku", 9), ("salak", 70)])
    yield made
    raw.close()


def test_a_row_is_read_by_place_and_by_name(conn: Connection) -> None:
    row = conn.exec_driver_sql("SELECT name, weight FROM fruit ORDER BY name LIMIT 1").one()

    name, weight = row
    assert (name, weight) == (row.name, row.weight) == ("duku", 9)


def test_columns_that_are_no_names_or_come_twice_are_read_by_place(conn: Connection) -> None:
    row = conn.exec_driver_sql("SELECT count(*), max(weight), name, name, 1 AS class FROM fruit")

    assert row.one()[:2] == (2, 70)


def test_rows_come_whole_or_in_parts_or_one_by_one(conn: Connection) -> None:
    query = "SELECT name FROM fruit ORDER BY name"

    assert conn.exec_driver_sql(query).all() == [("duku",), ("salak",)]
    assert [row.name for row in conn.exec_driver_sql(query)] == ["duku", "salak"]
    assert list(conn.exec_driver_sql(query).partitions(1)) == [[("duku",)], [("salak",)]]
    assert conn.exec_driver_sql(query).scalars().all() == ["duku", "salak"]
    assert set(conn.exec_driver_sql(query).scalars()) == {"duku", "salak"}


def test_nothing_found_is_none_and_the_only_row_must_be_there(conn: Connection) -> None:
    none = "SELECT weight FROM fruit WHERE name = ?"

    assert conn.exec_driver_sql(none, ("jambu",)).first() is None
    assert conn.exec_driver_sql(none, ("jambu",)).scalar() is None
    assert conn.exec_driver_sql(none, ("duku",)).scalar_one() == 9
    for ask in ("one", "scalar_one"):
        with pytest.raises(LookupError):
            getattr(conn.exec_driver_sql(none, ("jambu",)), ask)()
        with pytest.raises(LookupError):
            getattr(conn.exec_driver_sql("SELECT * FROM fruit"), ask)()


def test_a_list_of_no_rows_runs_nothing_and_a_change_is_counted(conn: Connection) -> None:
    conn.exec_driver_sql("DELETE FROM fruit WHERE name = ?", [])
    heavier = conn.exec_driver_sql("UPDATE fruit SET weight = weight + 1")

    assert heavier.rowcount == 2
    assert heavier.all() == []


def test_the_first_of_many_leaves_nothing_open(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")
    conn.exec_driver_sql("SELECT * FROM fruit").first()
    conn.exec_driver_sql("SELECT * FROM fruit").scalar()
    conn.exec_driver_sql("COMMIT")

    conn.exec_driver_sql("DROP TABLE fruit")  # a statement that is still read would forbid it
