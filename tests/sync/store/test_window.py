"""Files of closed records leave the laptop after their form's days; nothing else of them does."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from sync.protocol.attachment import Stand
from sync.store import attachments, file_lane, records, window
from sync.store.handle import Store
from tests.sync.client import scans
from tests.sync.store.laptop import Desk

DAY_MS = 24 * 3_600_000
Made = tuple[bytes, bytes]  # a record and its file


def scanned(store: Store, folder: Path, text: str = "a") -> Made:
    record = scans.begun(store, scans.scan(folder, 300, text))
    return record, bytes.fromhex(str(scans.reference(store, record)["file"]))


def told(store: Store, *made: Made, durable: bool = True) -> None:
    file_lane.take(store, [Stand(file, True, durable, []) for _, file in made], [])


def here(store: Store, file: bytes) -> bool:
    with store.read() as conn:
        query = "SELECT whole FROM attachment WHERE digest = ?"
        return bool(conn.exec_driver_sql(query, (file,)).scalar_one())


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Made:
    return scanned(store, tmp_path)


@pytest.fixture
def close(store: Store) -> Callable[[bytes], None]:
    def end(record: bytes) -> None:
        records.move(store, record, "refuse", reason="Tidak lengkap")

    return end


Close = Callable[[bytes], None]


def test_a_file_of_a_closed_record_goes_after_its_days_and_the_record_stays(
    desk: Desk, store: Store, made: Made, close: Close
) -> None:
    record, file = made
    close(record)
    told(store, made)
    desk.clock.time += 179 * DAY_MS
    assert window.let_go(store) == 0

    desk.clock.time += 2 * DAY_MS

    assert window.let_go(store) == 1
    assert not here(store, file)
    assert scans.reference(store, record)["file"] == file.hex()


def test_a_file_of_an_open_record_stays_however_old(desk: Desk, store: Store, made: Made) -> None:
    told(store, made)
    desk.clock.time += 1_000 * DAY_MS

    assert window.let_go(store) == 0
    assert here(store, made[1])


@pytest.mark.parametrize("said", ["nothing", "received"])
def test_what_no_backup_has_stays_however_old(
    desk: Desk, store: Store, made: Made, close: Close, said: str
) -> None:
    close(made[0])
    if said == "received":
        told(store, made, durable=False)
    desk.clock.time += 1_000 * DAY_MS

    assert window.let_go(store) == 0
    assert here(store, made[1])


def test_a_file_that_an_open_record_names_as_well_stays(
    desk: Desk, store: Store, made: Made, tmp_path: Path, close: Close
) -> None:
    close(made[0])
    again = scanned(store, tmp_path)
    assert again[1] == made[1]
    told(store, made)
    desk.clock.time += 1_000 * DAY_MS

    assert window.let_go(store) == 0
    close(again[0])
    desk.clock.time += 1_000 * DAY_MS
    assert window.let_go(store) == 1


def test_without_a_window_nothing_goes(
    desk: Desk, store: Store, made: Made, close: Close, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(made[0])
    told(store, made)
    for form in store.catalogue.forms.values():
        none = msgspec.structs.replace(form.retention, desk_days=0)
        monkeypatch.setattr(form, "retention", none)
    desk.clock.time += 1_000 * DAY_MS

    assert window.let_go(store) == 0
    assert here(store, made[1])


def test_a_day_looks_once(desk: Desk, store: Store, made: Made, close: Close) -> None:
    close(made[0])
    desk.clock.time += 1_000 * DAY_MS
    assert window.let_go(store) == 0
    told(store, made)

    assert window.let_go(store) == 0
    desk.clock.time += DAY_MS
    assert window.let_go(store) == 1
    assert attachments.evict(store, 0) == 0
