"""A full disk leaves nothing half done and loses nothing."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.protocol import columns
from sync.store import drafts, inbound, operators, outbox, read, records
from sync.store.engine import explained
from sync.store.handle import SLOTS, Store
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, RESIDENT, City, Desk, Told, count_of


@pytest.fixture
def room(store: Store) -> Callable[[int], None]:
    """Bound the file to so many pages more than it has; a large number frees it again."""

    def leave(pages: int) -> None:
        with store.write() as conn:
            size = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
            conn.exec_driver_sql(f"PRAGMA max_page_count = {size + pages}")

    return leave


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def fill_up(act: Callable[[], object]) -> tuple[int, pytest.ExceptionInfo[Refused]]:
    """Repeat an act until it is refused; tell how often it was done."""
    done: list[object] = []
    with pytest.raises(Refused) as refusal:
        done.extend(act() for _ in range(10_000))
    return len(done), refusal


def test_a_save_on_a_full_disk_is_refused_and_what_was_saved_stays(
    store: Store, business: Any, room: Callable[[int], None]
) -> None:
    room(12)

    done, refusal = fill_up(lambda: records.new(store, LETTER, business, issue=True))

    assert code_of(refusal) == "disk_full"
    assert verify(store) == []
    assert len(read.listing(store, LETTER)) == done
    room(100_000)
    number = records.new(store, LETTER, business, issue=True).number
    assert number is not None
    assert number.position == done + 1
    assert verify(store) == []


def test_a_trip_on_a_full_disk_goes_on_where_it_stopped(
    store: Store, city: City, resident: Callable[..., Any], room: Callable[[int], None]
) -> None:
    with store.write() as conn:
        people = records.save_many(
            store, conn, RESIDENT, [records.Item(resident()) for _ in range(300)]
        )
    room(0)
    fill_up(lambda: drafts.put(store, str(store.now()), LETTER, {"catatan": "x" * 3_000}))

    with pytest.raises(Refused) as refusal:
        outbox.freeze(store)
    assert code_of(refusal) == "disk_full"
    assert outbox.unreceipted(store) == []
    assert verify(store) == []

    room(100_000)
    city.agree(store)
    assert {one.sync for one in read.listing(store, RESIDENT)} == {"received"}
    assert len(people) == count_of(store, "record") - 1


def test_an_answer_on_a_full_disk_moves_no_cursor(
    store: Store, city: City, resident: Callable[..., Any], room: Callable[[int], None]
) -> None:
    for _ in range(30):
        records.new(store, RESIDENT, resident())
    outbox.freeze(store)
    before = count_of(store, "page")
    nonce = outbox.ask(store).nonce
    told: list[Told] = [
        (change, "applied", "")
        for data in outbox.unreceipted(store)
        for change in columns.decode(city.open(data, store).changes)
    ]
    answer = city.answer(
        store, nonce, pages=[city.page("residents", told)], receipt=city.receipt(store)
    )
    room(0)

    with pytest.raises(Refused) as refusal:
        inbound.take(store, answer, nonce)
    assert code_of(refusal) == "disk_full"
    assert count_of(store, "page") == before
    assert verify(store) == []

    room(100_000)
    assert inbound.take(store, answer, nonce).rows == 30
    assert verify(store) == []


def test_drafts_and_operators_are_refused_whole(
    desk: Desk, store: Store, room: Callable[[int], None]
) -> None:
    room(0)
    slots = (desk.folder / SLOTS).read_bytes()

    _, refusal = fill_up(
        lambda: drafts.put(store, str(store.now()), LETTER, {"catatan": "x" * 500})
    )
    assert code_of(refusal) == "disk_full"
    added, refusal = fill_up(
        lambda: operators.add(
            store, f"Orang {store.now()}", ["petugas"], "payung hijau", keystore=desk.keystore
        )
    )
    assert code_of(refusal) == "disk_full"
    if not added:
        assert (desk.folder / SLOTS).read_bytes() == slots


_BOUNDED = """
import resource, sys, signal
from pathlib import Path
from forms.engine.problem import Refused
from sync.store.engine import explained, write_engine
path = Path(sys.argv[1])
engine = write_engine(path, bytes(32))
with engine.begin() as conn:
    conn.exec_driver_sql("CREATE TABLE t (a)")
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with explained():
        for _ in range(1000):
            with engine.begin() as conn:
                conn.exec_driver_sql("INSERT INTO t VALUES (randomblob(10000))")
except Refused as refused:
    print(refused.problems[0].code)
"""


def test_a_file_that_the_system_lets_grow_no_further_is_a_refusal(tmp_path: Path) -> None:
    assert resource.RLIMIT_FSIZE

    answer = subprocess.run(
        [sys.executable, "-c", _BOUNDED, str(tmp_path / "bounded.db")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.stdout.strip() in {"disk_full", "disk_failed"}
    assert answer.stderr == ""


def test_what_the_file_system_refuses_is_told_as_such() -> None:
    with pytest.raises(Refused) as refusal, explained():
        raise OSError(28, "No space left on device")
    assert code_of(refusal) == "disk_full"

    with pytest.raises(Refused) as refusal, explained():
        raise OSError(5, "Input/output error")
    assert code_of(refusal) == "disk_failed"
