from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from forms.engine.problem import Locked
from sync.store import read, records
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, count_of


def test_many_threads_save_at_once_without_a_gap_or_a_doubled_number(
    store: Store, business: dict[str, Any]
) -> None:
    with ThreadPoolExecutor(4) as threads:
        work = [threads.submit(records.new, store, LETTER, business, issue=True) for _ in range(20)]
        saved = [one.result() for one in work]

    assert sorted(one.number.position for one in saved if one.number) == list(range(1, 21))
    assert verify(store) == []


def test_reading_never_waits_for_a_writer_and_sees_only_what_is_saved(
    store: Store, resident: Callable[..., Any]
) -> None:
    answers = resident()
    before = count_of(store, "record")

    with store.write() as conn:
        records.save_many(store, conn, RESIDENT, [records.Item(answers)])
        assert count_of(store, "record") == before

    assert count_of(store, "record") == before + 1


def test_a_reader_can_write_nothing(store: Store) -> None:
    with pytest.raises(Exception, match="readonly"), store.read() as conn:
        conn.exec_driver_sql("DELETE FROM record")


def test_after_closing_nothing_can_be_read_or_saved(
    store: Store, resident: Callable[..., Any]
) -> None:
    answers = resident()
    store.close()
    store.close()

    with pytest.raises(Locked):
        read.listing(store, RESIDENT)
    with pytest.raises(Locked):
        records.new(store, RESIDENT, answers)
    assert store.key == b""
    assert store.keys.sign == b""


def test_every_commit_is_on_the_disk_and_what_was_deleted_is_overwritten(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "secure_delete": 1,
        "foreign_keys": 1,
        "temp_store": 2,  # in memory
    }
    with store.write() as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}

    assert found == wanted
