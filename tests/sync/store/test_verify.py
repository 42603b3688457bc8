from collections.abc import Callable
from typing import Any

import pytest

from sync.store import outbox, records
from sync.store.engine import opened, sqlcipher
from sync.store.handle import FILE, Store
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, City, Desk


@pytest.fixture
def full(store: Store, city: City, resident: Callable[..., Any], business: Any) -> Store:
    """A store with some of everything."""
    first = records.new(store, RESIDENT, resident()).record
    records.new(store, LETTER, business, issue=True)
    city.agree(store)
    records.edit(store, first, {"telepon": "081234567890"})
    outbox.freeze(store)
    records.new(store, RESIDENT, resident())
    return store


def codes(store: Store) -> set[str]:
    return {problem.code for problem in verify(store)}


def test_a_sound_store_has_no_problems(full: Store) -> None:
    assert verify(full) == []


def test_a_store_that_is_written_to_between_two_checks_is_still_sound(
    store: Store, business: Any
) -> None:
    for _ in range(20):  # the search merges its pages with the sixteenth write
        records.new(store, LETTER, business, issue=True)
        assert codes(store) == set()


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("UPDATE change SET record = zeroblob(16) WHERE n = 2", "change_id_wrong"),
        ("UPDATE change SET seq = seq + 5 WHERE n = (SELECT max(n) FROM change)", "change_gap"),
        ("UPDATE batch SET seq = 7 WHERE n = 2", "batch_chain"),
        ("UPDATE batch SET id = zeroblob(32) WHERE n = 1", "batch_chain"),
        ("DELETE FROM mirror WHERE plain IS NOT NULL", "record_differs"),
        ("UPDATE mirror SET plain = NULL", "record_differs"),
        ("DELETE FROM search_row WHERE id = 1", "search_differs"),
        ("INSERT INTO number_use VALUES ('surat', 2026, 1, zeroblob(16))", "number_doubled"),
        ("DELETE FROM number_use", "number_unregistered"),
        ("UPDATE stream SET chain = zeroblob(32)", "stream_chain"),
        ("UPDATE text SET text = text || 'x'", "text_digest"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_found(full: Store, harm: str, code: str) -> None:
    with full.write() as conn:
        conn.exec_driver_sql(harm)

    assert code in codes(full)


def test_a_flipped_byte_in_the_file_is_found(desk: Desk, full: Store) -> None:
    full.close()
    path = desk.folder / FILE
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 2_000)  # within the last page
        file.write(b"\0\0\0\0")

    with desk.unlock() as store:
        assert "store_damaged" in codes(store)


def test_the_key_of_another_store_opens_nothing(desk: Desk) -> None:
    with pytest.raises(sqlcipher.DatabaseError, match="file is not a database"):
        opened(desk.folder / FILE, bytes(32))
