from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.store import search
from sync.store.engine import Engine, read_engine, write_engine
from sync.store.search import Entry
from sync.store.statements import Connection

KEY = bytes(range(32))
RESIDENT, LETTER = "residents/resident", "letters/surat_keterangan_usaha"
TABLES = ("search_row", "search_number", "search_word", "search_near")


def person(number: int, name: str, *, nik: str = "", phone: str = "", address: str = "") -> Entry:
    numbers = tuple(filter(None, (nik, phone)))
    return Entry(number.to_bytes(16, "big"), RESIDENT, name, address, numbers, address)


PEOPLE = [
    person(
        1,
        "MUHAMMAD SALEH",
        nik="9971011505880001",
        phone="081234567890",
        address="JL. MELATI NO. 7",
    ),
    person(2, "M. SALEH", nik="9971015505900002", address="JL. MELATI NO. 12"),
    person(3, "MOHAMAD SOLEH", nik="9971020101700003"),
    person(4, "SALEHUDIN", nik="9971020202710004"),
    person(5, "SITI AMINAH", nik="9971014303850005", phone="085700001111"),
    person(6, "AMINAH SITI RAHAYU", nik="9971016707950006"),
    person(7, "NURHAYATI", nik="9971016809660007"),
    person(8, "BUDI SANTOSO", nik="9971011010800008", address="GG. KENANGA 62"),
    person(9, "ANI MELATI", nik="9971015111920009"),
    Entry(
        bytes([9]) * 16, LETTER, "BUDI SANTOSO", "", ("470/0012/99.71.01/2026", "9971011010800008")
    ),
]


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    engine = write_engine(tmp_path / "store.db", KEY)
    with engine.begin() as connection:
        for statement in search.ddl():
            connection.exec_driver_sql(statement)
        search.index(connection, PEOPLE)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def found(conn: Connection, text: str, service: str | None = None) -> list[str]:
    return [hit.title for hit in search.find(conn, text, service=service)]


def test_two_beginnings_find_every_spelling_of_a_name(conn: Connection) -> None:
    hits = found(conn, "moh sal")

    assert set(hits) == {"MUHAMMAD SALEH", "M. SALEH", "MOHAMAD SOLEH"}
    assert hits[-1] == "M. SALEH"


def test_what_is_spelled_exactly_comes_first_and_what_is_near_last(conn: Connection) -> None:
    assert found(conn, "siti aminah") == ["SITI AMINAH", "AMINAH SITI RAHAYU"]
    assert found(conn, "mohamad soleh")[:2] == ["MOHAMAD SOLEH", "MUHAMMAD SALEH"]
    hits = search.find(conn, "saleh")
    assert hits[0].title == "SALEHUDIN"
    assert not any(hit.near for hit in hits)


def test_a_nik_means_whose_own_it_is_before_a_child_who_bears_it(conn: Connection) -> None:
    budi = "9971011010800008"
    search.index(conn, [Entry(b"c" * 16, RESIDENT, "ADI", "", ("9971010101150010", budi), "")])

    assert found(conn, budi, RESIDENT) == ["BUDI SANTOSO", "ADI"]
    assert found(conn, budi[:14], RESIDENT) == ["BUDI SANTOSO", "ADI"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sti amniah", "SITI AMINAH"),
        ("siti aminha", "SITI AMINAH"),
        ("budi santsoo", "BUDI SANTOSO"),
        ("bdui santoso", "BUDI SANTOSO"),
        ("nurhyati", "NURHAYATI"),
        ("nur hayati", "NURHAYATI"),
    ],
)
def test_a_slip_of_the_finger_is_forgiven(conn: Connection, typed: str, name: str) -> None:
    assert found(conn, typed)[0] == name


def test_a_near_hit_says_that_it_is_only_near(conn: Connection) -> None:
    assert search.find(conn, "siti aminha")[0].near
    assert not search.find(conn, "siti aminah")[0].near


@pytest.mark.parametrize(
    "typed",
    [
        "9971011505880001",
        "997101 150588 0001",
        "99710115",
        "150588",
        "0001",
        "'9971011505880001",
        "9971011505880010",
        "997101150588001",
        "081234567890",
        "+62 812-3456-7890",
        "7890",
    ],
)
def test_a_number_is_found_from_its_beginning_its_date_its_end_or_with_a_slip(
    conn: Connection, typed: str
) -> None:
    assert found(conn, typed)[0] == "MUHAMMAD SALEH"


@pytest.mark.parametrize("typed", ["470/12", "470/0012/99.71.01/2026", "12/99", "470 / 12"])
def test_a_letter_is_found_by_its_number_or_a_part_of_it(conn: Connection, typed: str) -> None:
    assert search.find(conn, typed)[0].service == LETTER


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("jl melati 12", "M. SALEH"),
        ("saleh 12", "M. SALEH"),
        ("kenanga", "BUDI SANTOSO"),
        ("budi 62", "BUDI SANTOSO"),
        ("aminah 0005", "SITI AMINAH"),
        ("saleh 5505", "M. SALEH"),
    ],
)
def test_a_name_an_address_and_a_number_narrow_each_other(
    conn: Connection, typed: str, name: str
) -> None:
    assert found(conn, typed, service=RESIDENT) == [name]


def test_a_name_comes_before_an_address_of_the_same_word(conn: Connection) -> None:
    assert found(conn, "melati") == ["ANI MELATI", "M. SALEH", "MUHAMMAD SALEH"]


def test_one_service_is_searched_alone(conn: Connection) -> None:
    assert {hit.service for hit in search.find(conn, "budi")} == {RESIDENT, LETTER}
    assert {hit.service for hit in search.find(conn, "budi", service=LETTER)} == {LETTER}
    assert search.find(conn, "budi", service="letters/none") == []


@pytest.mark.parametrize(
    "typed", ["", "   ", "'", '"', "*", "AND", "name:x", "(((", "\0", "王", "%", 'a"b']
)
def test_whatever_is_typed_is_no_query_language(conn: Connection, typed: str) -> None:
    search.find(conn, typed)


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_any_text_can_be_asked(conn: Connection, text: str) -> None:
    assert len(search.find(conn, text, limit=3)) <= 3


def test_an_edited_record_is_found_by_what_it_is_now_and_not_by_what_it_was(
    conn: Connection,
) -> None:
    search.index(
        conn, [person(8, "BAMBANG SANTOSO", nik="9971011010800009", address="GG. SERUNI 1")]
    )

    assert found(conn, "bambang") == ["BAMBANG SANTOSO"]
    assert found(conn, "seruni") == ["BAMBANG SANTOSO"]
    assert found(conn, "budi", service=RESIDENT) == []
    assert found(conn, "kenanga") == []
    assert found(conn, "0008", service=RESIDENT) == []


def test_forgetting_everybody_leaves_nothing_behind(conn: Connection) -> None:
    search.forget(conn, [entry.record for entry in PEOPLE])

    for table in TABLES:
        assert conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0, table  # noqa: S608 - names of this file
    assert found(conn, "siti") == []


def fail_to_save(engine: Engine) -> None:
    with engine.begin() as connection:
        search.index(connection, PEOPLE)
        raise RuntimeError


def test_what_a_failed_save_indexed_is_not_found(tmp_path: Path) -> None:
    engine = write_engine(tmp_path / "other.db", KEY)
    with engine.begin() as connection:
        for statement in search.ddl():
            connection.exec_driver_sql(statement)
    with pytest.raises(RuntimeError):
        fail_to_save(engine)
    reader = read_engine(tmp_path / "other.db", KEY)

    with reader.begin() as connection:
        assert search.find(connection, "siti") == []
    reader.dispose()
    engine.dispose()


@given(
    st.lists(
        st.tuples(
            st.integers(min_value=1, max_value=4),
            st.sampled_from(["BUDI", "BUDI UTAMI", "SITI", "M. SALEH", "MUHAMMAD", ""]),
            st.sampled_from(["", "9971011505880001", "9971015505900002"]),
        ),
        max_size=12,
    )
)
@settings(max_examples=60)
def test_after_any_edits_the_index_is_as_if_made_anew(
    conn: Connection, edits: list[tuple[int, str, str]]
) -> None:
    search.forget(conn, [entry.record for entry in PEOPLE])
    last = {}
    for number, name, nik in edits:
        last[number] = person(number, name, nik=nik)
        search.index(conn, [last[number]])
    kept = [_rows(conn, table) for table in TABLES[2:]]
    hits = [sorted(search.find(conn, text)) for text in ("b", "siti", "muh", "9971", "0002")]

    search.rebuild(conn, last.values())

    assert search.is_sound(conn)
    assert kept == [_rows(conn, table) for table in TABLES[2:]]
    assert hits == [
        sorted(search.find(conn, text)) for text in ("b", "siti", "muh", "9971", "0002")
    ]


def _rows(conn: Connection, table: str) -> list[tuple[object, ...]]:
    return sorted(tuple(row) for row in conn.exec_driver_sql(f"SELECT * FROM {table}"))  # noqa: S608 - names of this file


def test_a_full_list_has_names_that_begin_so_and_names_that_bear_it_further_on(
    conn: Connection,
) -> None:
    search.index(conn, [person(100 + n, f"WAHYU {n}") for n in range(40)])
    search.index(conn, [person(200 + n, f"SRI WAHYU {n}") for n in range(40)])

    hits = found(conn, "wahyu")

    assert len(hits) == 50
    assert hits[0].startswith("WAHYU")
    assert hits[-1].startswith("SRI WAHYU")


def test_a_row_that_the_index_lost_is_noticed(conn: Connection) -> None:
    assert search.is_sound(conn)

    conn.exec_driver_sql("DELETE FROM search_text WHERE rowid = 1")

    assert not search.is_sound(conn)
