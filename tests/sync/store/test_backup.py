from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms.engine.problem import Locked, Refused
from sync.crypto import envelope
from sync.protocol import columns
from sync.store import backup, letters, numbers, operators, outbox, read, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import (
    LETTER,
    OPERATOR,
    PASSPHRASE,
    RESIDENT,
    City,
    Desk,
    MemoryKeystore,
    count_of,
    make_desk,
)


@pytest.fixture
def saved(desk: Desk, store: Store, tmp_path: Path) -> Path:
    file = tmp_path / "cadangan"
    backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)
    return file


def put_back(desk: Desk, folder: Path, file: Path, keystore: MemoryKeystore) -> Store:
    return backup.restore(
        folder, file, OPERATOR, PASSPHRASE, keystore=keystore, now=desk.clock
    ).store


def test_a_backup_opens_on_another_laptop_by_the_passphrase(
    desk: Desk, store: Store, resident: Callable[..., Any], tmp_path: Path
) -> None:
    name = records.new(store, RESIDENT, resident(nama="MEGA LESTARI")).record
    file = tmp_path / "cadangan"
    backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)

    with put_back(desk, tmp_path / "new", file, MemoryKeystore()) as other:
        assert read.record(other, name).answers["nama"] == "MEGA LESTARI"
        assert verify(other) == []
    assert not [path for path in tmp_path.iterdir() if path.suffix]


def test_a_restored_laptop_lives_anew(
    desk: Desk, store: Store, city: City, business: dict[str, Any], tmp_path: Path
) -> None:
    first = records.new(store, LETTER, business, issue=True)
    city.agree(store)
    second = records.new(store, LETTER, business, issue=True)
    outbox.freeze(store)
    third = records.new(store, LETTER, business, issue=True)
    file = tmp_path / "cadangan"
    backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)
    before = store.desk
    store.close()

    with put_back(desk, desk.folder, file, desk.keystore) as again:
        assert again.desk.device == before.device
        assert again.desk.incarnation != before.incarnation
        assert status.status(again).pending == 10
        marks = {one.id: one.sync for one in read.listing(again, LETTER)}
        assert marks == {first.record: "received", second.record: "local", third.record: "local"}

        fourth = records.new(again, LETTER, business, issue=True)
        assert fourth.number is not None
        assert fourth.number.provisional
        explained = numbers.explain(again, "surat", 2026)
        assert [one.state for one in explained[:4]] == ["issued", "issued", "issued", "burned"]

        sealed = outbox.freeze(again)
        header = envelope.read(sealed[0].envelope).header
        assert (header.seq, header.prev) == (1, outbox.CHAIN_START)
        batch = city.open(sealed[0].envelope, again)
        targets = {change.target for change in columns.decode(batch.changes)}
        assert targets == {second.record, third.record, fourth.record}
        assert verify(again) == []
        city.agree(again)
        assert status.status(again).safe_to_close


def test_the_store_that_was_there_is_kept_beside_and_its_work_taken_over(
    desk: Desk, store: Store, saved: Path, resident: Callable[..., Any], business: dict[str, Any]
) -> None:
    name = records.new(store, RESIDENT, resident(nama="MEGA LESTARI")).record
    records.edit(store, name, {"telepon": "081200000001"})
    letter = records.new(store, LETTER, business, issue=True)
    assert count_of(store, "record") == 4  # and the key by which the letter is signed
    store.close()

    with put_back(desk, desk.folder, saved, desk.keystore) as again:
        assert count_of(again, "record") == 4
        assert read.record(again, name).answers["telepon"] == "081200000001"
        assert read.record(again, letter.record).number == letter.number
        assert letters.pdf(again, letter.record).copy == 0
        assert numbers.explain(again, "surat", 2026)[0].state == "issued"
        assert status.status(again).pending == 8
        assert verify(again) == []
        desk.city.agree(again)
        assert status.status(again).safe_to_close

    (beside,) = desk.folder.glob("before-*")
    desk.folder = beside
    with desk.unlock() as old:
        assert count_of(old, "record") == 4


def test_nothing_is_taken_over_from_another_laptop(
    desk: Desk, store: Store, saved: Path, resident: Callable[..., Any], tmp_path: Path
) -> None:
    store.close()
    other = make_desk(tmp_path / "other")
    with other.unlock() as there:
        records.new(there, RESIDENT, resident())

    done = backup.restore(
        other.folder, saved, OPERATOR, PASSPHRASE, keystore=desk.keystore, now=desk.clock
    )
    with done.store as again:
        assert (done.gathered, count_of(again, "record")) == (0, 1)


def test_on_the_same_laptop_everybody_signs_in_as_before(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    operators.add(store, "Petugas Satu", ["petugas"], "payung hijau", keystore=desk.keystore)
    file = tmp_path / "cadangan"
    backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)
    store.close()

    put_back(desk, desk.folder, file, desk.keystore).close()

    desk.unlock("Petugas Satu", "payung hijau").close()


def test_a_wrong_passphrase_neither_makes_nor_opens_a_backup(
    desk: Desk, store: Store, saved: Path, tmp_path: Path
) -> None:
    with pytest.raises(Locked):
        backup.backup(store, tmp_path / "other", "bukan ini", keystore=desk.keystore)
    assert not (tmp_path / "other").exists()
    with pytest.raises(Locked):
        backup.restore(
            tmp_path / "new",
            saved,
            OPERATOR,
            "bukan ini",
            keystore=MemoryKeystore(),
            now=desk.clock,
        )
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lock"]


@pytest.mark.parametrize("content", [b"", b"something else entirely", b"\0" * 20_000])
def test_a_file_that_is_no_backup_is_refused_and_nothing_touched(
    desk: Desk, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "other").write_bytes(content)

    with pytest.raises(Refused) as refusal:
        put_back(desk, desk.folder, tmp_path / "other", desk.keystore)

    assert refusal.value.problems[0].code == "backup_malformed"
    desk.unlock().close()


def test_a_backup_shows_nothing_in_the_clear(saved: Path, store: Store) -> None:
    content = saved.read_bytes()

    for clue in (OPERATOR, store.office.name, store.region.name, "SQLite format", "CREATE TABLE"):
        assert clue.encode() not in content
