"""A scan lies beside the store, sealed; what is only here is kept, and nothing is half there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.protocol import attachment
from sync.protocol.attachment import Stand
from sync.store import attachments, backup, chunks, file_lane, records, status, verify
from sync.store.handle import CHUNKS, Store
from tests.sync.client import scans
from tests.sync.client.scans import CHUNK
from tests.sync.store.laptop import OPERATOR, PASSPHRASE, Clock, Desk


def code(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        work()
    return refused.value.problems[0].code


def beside(store: Store) -> set[str]:
    folder = store.folder / CHUNKS
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def digest(store: Store, record: bytes) -> bytes:
    return bytes.fromhex(str(scans.reference(store, record)["file"]))


def told(store: Store, record: bytes, *, durable: bool) -> None:
    """Let the city say that it has a scan."""
    file_lane.take(store, [Stand(digest(store, record), True, durable, [])], [])


def is_here(store: Store, record: bytes) -> bool:
    with store.read() as conn:
        query = "SELECT whole FROM attachment WHERE digest = ?"
        return bool(conn.exec_driver_sql(query, (digest(store, record),)).scalar_one())


@pytest.mark.parametrize("size", [5, 300, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
def test_what_was_attached_opens_as_it_was(store: Store, tmp_path: Path, size: int) -> None:
    record = scans.begun(store, scans.scan(tmp_path, size))

    assert scans.content(store, record) == scans.picture(size)
    assert scans.reference(store, record)["size"] == size
    assert scans.reference(store, record)["type"] == "image/jpeg"
    assert verify.verify(store) == []


def test_it_can_be_attached_to_a_record_that_is_there(store: Store, tmp_path: Path) -> None:
    record = scans.begun(store, scans.scan(tmp_path, 100))
    other = scans.scan(tmp_path, 100, "b")

    records.edit(store, record, {scans.paper(store): {"file": str(other)}})

    assert scans.content(store, record) == scans.picture(100, "b")


def test_what_is_no_picture_or_page_is_refused(store: Store, tmp_path: Path) -> None:
    program = tmp_path / "ktp.jpg"
    program.write_bytes(b"MZ\x90\0" + bytes(500))
    nothing = tmp_path / "kosong.pdf"
    nothing.write_bytes(b"")
    large = tmp_path / "besar.jpg"
    large.write_bytes(scans.JPEG + bytes(20_000_000))

    assert code(lambda: scans.begun(store, program)) == "attachment_type"
    assert code(lambda: scans.begun(store, nothing)) == "attachment_type"
    assert code(lambda: scans.begun(store, large)) == "attachment_too_large"
    assert code(lambda: scans.begun(store, tmp_path)) == "attachment_no_file"
    assert code(lambda: scans.begun(store, tmp_path / "tidak ada")) == "attachment_missing"
    assert beside(store) == set()


def test_a_record_that_is_refused_leaves_no_chunk(store: Store, tmp_path: Path) -> None:
    path = scans.scan(tmp_path, CHUNK)
    assert code(lambda: scans.begun(store, path, tidak_ada="x")) == "unknown_field"

    record = scans.begun(store, path)
    before = beside(store)
    other = scans.scan(tmp_path, CHUNK + 50, "other")
    key = scans.paper(store)
    assert code(lambda: records.edit(store, record, {key: {"file": str(other)}, "x": 1}))

    assert beside(store) == before
    assert status.status(store).files == 1


def test_nothing_of_a_scan_lies_in_the_clear(store: Store, tmp_path: Path) -> None:
    canary = b"KANARI-9971016505900777"
    path = tmp_path / "KTP ZULAIKHA.jpg"
    path.write_bytes(scans.JPEG + canary * 20_000)
    record = scans.begun(store, path)
    key = bytes.fromhex(str(scans.reference(store, record)["key"]))

    wanted = [canary, scans.JPEG + canary[:1], b"ZULAIKHA", b"jpeg", key, key.hex().encode()]
    for file in store.folder.rglob("*"):
        held = file.read_bytes() if file.is_file() else b""
        assert not [one for one in wanted if one in held or one in str(file).encode()]
    assert beside(store)
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in beside(store))
    assert not any(digest(store, record).hex().startswith(name) for name in beside(store))


def test_a_crash_between_the_chunks_and_the_record_leaves_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    with desk.unlock() as store:
        kept = scans.begun(store, scans.scan(tmp_path, CHUNK))
        named = beside(store)
        chunks.write(store, [b"sealed", b"and never named"])  # the power goes here
        assert len(beside(store)) == len(named) + 2

    with desk.unlock() as store:
        assert beside(store) == named
        assert scans.content(store, kept) == scans.picture(CHUNK)


def test_a_full_disk_saves_nothing_and_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scans.scan(tmp_path, 5 * CHUNK)
    real, left = os.fsync, [3]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "no space")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    assert code(lambda: scans.begun(store, path)) == "disk_full"
    monkeypatch.undo()

    assert beside(store) == set()
    assert status.status(store).pending == 0


def test_the_same_file_again_takes_no_place(store: Store, tmp_path: Path) -> None:
    path = scans.scan(tmp_path, CHUNK)
    first = scans.begun(store, path)
    before = beside(store)
    second = scans.begun(store, path)

    assert scans.reference(store, first) == scans.reference(store, second)
    assert beside(store) == before


def test_a_preview_stays_in_the_answers(store: Store, tmp_path: Path) -> None:
    path, key = scans.scan(tmp_path, 500), scans.paper(store)
    small = "/9j/4AAQ"
    record = scans.begun(store, path, **{key: {"file": str(path), "preview": small}})

    assert scans.reference(store, record)["preview"] == small
    large = {"file": str(path), "preview": "A" * 20_000}
    assert code(lambda: scans.begun(store, path, **{key: large})) == "attachment_shape"


def test_what_only_this_laptop_has_is_not_safe_to_close(store: Store, tmp_path: Path) -> None:
    record = scans.begun(store, scans.scan(tmp_path, CHUNK))
    found = status.status(store)

    assert (found.files, found.safe_to_close, found.nearly_full) == (1, False, False)
    assert found.file_bytes == sum(
        (store.folder / CHUNKS / name).stat().st_size for name in beside(store)
    )
    told(store, record, durable=False)
    assert status.status(store).files == 0


def test_a_city_that_lacks_a_scan_again_is_offered_it_again(store: Store, tmp_path: Path) -> None:
    record = scans.begun(store, scans.scan(tmp_path, 100))
    told(store, record, durable=True)
    assert file_lane.upward(store, ()) is None

    file_lane.take(store, [Stand(digest(store, record), False, False, [0])], [])

    due = file_lane.upward(store, ())
    assert due is not None
    assert due.digests == [digest(store, record)]
    assert attachment.name_of(due.files.offered[0]) == digest(store, record)


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6), st.integers(0, 7))
def test_only_what_a_backup_has_is_let_go_and_the_oldest_first(
    pattern: Desk, fates: list[tuple[bool, bool]], quota: int
) -> None:
    """`fates` are received and durable; all scans are of one size."""
    with TemporaryDirectory() as place_of_its_own, copied(pattern, place_of_its_own) as store:
        folder = Path(place_of_its_own)
        made = []
        for place, (received, durable) in enumerate(fates):
            seed = os.urandom(8).hex() + str(place)
            made.append(scans.begun(store, scans.scan(folder, 1_000, seed)))
            if received:
                told(store, made[-1], durable=durable)
        before = [is_here(store, one) for one in made]
        with store.read() as conn:
            query = "SELECT coalesce(sum(size), 0) FROM chunk"
            held = conn.exec_driver_sql(query).scalar_one()
            size = conn.exec_driver_sql("SELECT max(size) FROM attachment").scalar_one()

        attachments.evict(store, held - size * quota)

        after = [is_here(store, one) for one in made]
        may_go = [received and durable for received, durable in fates]
        assert all(before)
        assert all(stays for stays, free in zip(after, may_go, strict=True) if not free)
        gone = [stays for stays, free in zip(after, may_go, strict=True) if free]
        assert gone == sorted(gone)  # none goes before an older one
        assert gone.count(False) == min(quota, len(gone))
        for record, here in zip(made, after, strict=True):
            if here:
                scans.content(store, record)


def copied(pattern: Desk, folder: str) -> Store:
    place = Path(folder) / "data"
    shutil.copytree(pattern.folder, place)
    return Desk(place, pattern.city, Clock(), pattern.keystore).unlock()


def test_near_the_quota_the_laptop_says_so(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.begun(store, scans.scan(tmp_path, 1_000))
    monkeypatch.setattr(attachments, "QUOTA", 1_400)
    assert not status.status(store).nearly_full

    monkeypatch.setattr(attachments, "QUOTA", 1_200)
    assert status.status(store).nearly_full


def test_a_file_that_was_let_go_is_sealed_to_the_same_bytes(store: Store, tmp_path: Path) -> None:
    path = scans.scan(tmp_path, 2 * CHUNK)
    first = scans.begun(store, path)
    told(store, first, durable=True)
    assert attachments.evict(store, 0) == 1
    assert beside(store) == set()

    second = scans.begun(store, path)

    assert scans.reference(store, first) == scans.reference(store, second)
    assert scans.content(store, second) == scans.picture(2 * CHUNK)
    assert status.status(store).files == 0


@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_a_damaged_chunk_is_found_and_never_opened(store: Store, tmp_path: Path, how: str) -> None:
    record = scans.begun(store, scans.scan(tmp_path, 700))
    path = store.folder / CHUNKS / next(iter(beside(store)))
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if how == "cut" else bytes([content[0] ^ 1]) + content[1:])

    assert [problem.code for problem in verify.verify(store)] == ["attachment_lost"]
    assert code(lambda: scans.content(store, record)) == "attachment_awaited"


def test_a_reference_with_another_key_does_not_open(store: Store, tmp_path: Path) -> None:
    record = scans.begun(store, scans.scan(tmp_path, 700))
    reference = scans.reference(store, record)

    false = reference | {"key": "00" * 32}
    assert code(lambda: attachments.opened(store, false)) == "attachment_damaged"
    assert code(lambda: attachments.opened(store, {"seen": True})) == "attachment_none"
    assert code(lambda: attachments.opened(store, None)) == "attachment_none"


def test_a_backup_has_the_scans_that_only_this_laptop_has(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "cadangan"
    with desk.unlock() as store:
        sent = scans.begun(store, scans.scan(tmp_path, 900, "sent"))
        told(store, sent, durable=True)
        only = scans.begun(store, scans.scan(tmp_path, 2 * CHUNK, "only"))
        backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)

    restored = backup.restore(
        tmp_path / "new", file, OPERATOR, PASSPHRASE, keystore=desk.keystore, now=desk.clock
    )
    with restored.store as again:
        assert scans.content(again, only) == scans.picture(2 * CHUNK, "only")
        assert code(lambda: scans.content(again, sent)) == "attachment_awaited"
        assert status.status(again).files == 1


def test_scans_since_the_backup_are_taken_over_from_the_store_before(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "cadangan"
    with desk.unlock() as store:
        scans.begun(store, scans.scan(tmp_path, 900, "before"))
        backup.backup(store, file, PASSPHRASE, keystore=desk.keystore)
        since = scans.begun(store, scans.scan(tmp_path, 2 * CHUNK, "since"))

    restored = backup.restore(
        desk.folder, file, OPERATOR, PASSPHRASE, keystore=desk.keystore, now=desk.clock
    )
    with restored.store as again:
        assert scans.content(again, since) == scans.picture(2 * CHUNK, "since")
        assert status.status(again).files == 2
        assert verify.verify(again) == []
