"""F8: a stick that was pulled half-way, cut, or that turned bits: nothing of it is believed."""

import errno
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Problem, Refused
from sync.client import folder
from sync.crypto import parcel
from sync.protocol.stick import Folder
from sync.server import folder as city_folder
from sync.server.city import City
from sync.store import outbox, status
from sync.store.handle import Store
from tests.sync.faults.carrying import back, files, holding, out, save, stick, visit

Enrol = Callable[..., Store]
PARCEL = 64 * 1024
FLIPS = 1_500


class Falling(Folder):
    """A stick that fails at its n-th write, as one that is pulled or full does."""

    def __init__(self, path: Path, falls: int, code: str, *, leaves: bool = False) -> None:
        super().__init__(path)
        self._left, self._code, self._leaves = falls, code, leaves

    def put(self, name: str, content: bytes, part: str) -> None:
        self._left -= 1
        if self._left < 0:
            if self._leaves:
                (self.path / part).write_bytes(content[: len(content) // 2])
            raise Refused(Problem(self._code))
        super().put(name, content, part)

    def remove(self, name: str) -> None:
        """A stick that is gone lets nothing be tidied up."""


def carried(store: Store) -> tuple[int, int]:
    found = status.status(store)
    return found.carried, found.pending


def test_a_parcel_cut_at_any_byte_marks_nothing_and_brings_nothing(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    for _ in range(120):
        save(store, catatan=os.urandom(450).hex())  # 64 KiB that no compression makes smaller
    out(store, place)
    before = holding(city)
    whole = {path: path.read_bytes() for path in files(place)}
    assert sum(map(len, whole.values())) > PARCEL
    (manifest,) = [one.manifest for one in parcel.read(stick(place), stick(place).look())[0]]

    for path, content in whole.items():
        line = next((line for line in manifest.lines if line.file == path.name), None)
        for size in reversed(range(len(content))):
            os.truncate(path, size)
            found = stick(place).look()
            if line is None:
                assert parcel.read(stick(place), found)[0] == []
            else:
                with pytest.raises(Refused, match="parcel_short"):
                    parcel.content(stick(place), line, found.sealed)
        path.write_bytes(content)

    assert holding(city) == before
    assert carried(store) == (120, 120)
    assert visit(city, place).taken == 1


def _faults(place: Path) -> list[tuple[str, str]]:
    """Read as both ends read, up to where an envelope would be opened."""
    found = stick(place).look()
    parcels, faults = parcel.read(stick(place), found)
    told = [(fault.file, fault.code) for fault in faults]
    for one in parcels:
        for line in one.manifest.lines:
            try:
                parcel.content(stick(place), line, found.sealed)
            except Refused as refused:
                told.append((line.file, refused.problems[0].code))
    return told


def test_no_turned_bit_is_believed(desk: Enrol, city: City, tmp_path: Path) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store, 3)
    out(store, place)
    whole = {path: path.read_bytes() for path in files(place)}
    chance = random.Random(8)  # noqa: S311 - a shuffle, no secret

    for _ in range(FLIPS):
        path = chance.choice(list(whole))
        content = bytearray(whole[path])
        bit = chance.randrange(len(content) * 8)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        assert "parcel_altered" in {code for _, code in _faults(place)}
        path.write_bytes(whole[path])


def test_a_cut_answer_marks_nothing_at_the_desk(desk: Enrol, city: City, tmp_path: Path) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store, 3)
    out(store, place)
    asked = {path.name for path in files(place)}
    visit(city, place)

    for path in files(place):
        content = path.read_bytes()
        if path.name in asked:
            continue
        for size in (*range(0, len(content), 97), len(content) - 1):
            path.write_bytes(content[:size])
            told = back(store, _without(place, tmp_path / "cut", path.name))
            assert told.refused
            assert (told.sent, told.received) == (0, 0)
        path.write_bytes(content)
    assert carried(store) == (3, 3)

    assert back(store, place).sent == 3


def _without(place: Path, other: Path, kept: str) -> Path:
    """Copy a stick with no other file of the city's than manifest and this one."""
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    for path in files(place):
        if path.name == kept or path.suffix == ".trm":
            shutil.copy(path, other / path.name)
    return other


@pytest.mark.parametrize("code", ["stick_full", "stick_lost", "stick_false"])
def test_a_stick_that_fails_at_any_write_marks_nothing_as_carried(
    desk: Enrol, city: City, tmp_path: Path, code: str
) -> None:
    store = desk()
    save(store, 2)

    for falls in range(3):  # the ask, the batch, the manifest
        place = tmp_path / f"stick{falls}"
        stick(place)
        with pytest.raises(Refused) as told:
            folder.carry_out(store, Falling(place, falls, code, leaves=True))
        assert told.value.problems[0].code == code
        assert carried(store) == (0, 2)
        assert (visit(city, place).taken, back(store, place).sent) == (0, 0)

    out(store, tmp_path / "stick0")  # the same one again, what was left on it is no hindrance
    assert carried(store) == (2, 2)
    assert visit(city, tmp_path / "stick0").taken == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "stick_full"),
        (errno.EROFS, "stick_forbidden"),
        (errno.EIO, "stick_lost"),
        (errno.ENODEV, "stick_lost"),
    ],
)
def test_what_the_system_says_of_a_stick_is_told_in_words_of_the_stick(
    desk: Enrol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    stick(place)
    real = os.open

    def refuse(path: object, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT and str(path).startswith(str(place)):
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest)  # type: ignore[arg-type] # handed through as it came

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Refused) as told:
        folder.carry_out(store, Folder(place))

    assert told.value.problems[0].code == code
    assert carried(store) == (0, 1)


def test_a_stick_that_keeps_other_bytes_than_it_was_given_is_found_by_reading_back(
    desk: Enrol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    stick(place)
    real = Path.replace

    def spoil(self: Path, target: Path) -> Path:
        content = bytearray(self.read_bytes())
        content[len(content) // 2] ^= 1
        self.write_bytes(content)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", spoil)
    with pytest.raises(Refused) as told:
        folder.carry_out(store, Folder(place))

    assert told.value.problems[0].code == "stick_false"
    assert carried(store) == (0, 1)


def test_a_read_only_stick_is_taken_at_the_city_and_told_of(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)

    class ReadOnly(Folder):
        def put(self, name: str, content: bytes, part: str) -> None:
            raise Refused(Problem("stick_forbidden"))

    told = city_folder.carry(city, ReadOnly(place))

    assert (told.taken, told.wrote, told.unwritten) == (1, 0, "stick_forbidden")
    assert visit(city, place).known == 1
    assert back(store, place).sent == 1


def test_no_room_is_said_before_anything_is_written(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)

    class Full(Folder):
        def free(self) -> int:
            return 1_000

    stick(place)
    with pytest.raises(Refused) as told:
        folder.carry_out(store, Full(place))

    assert told.value.problems[0].code == "stick_full"
    assert files(place) == []


def test_a_stick_that_is_not_there_is_named_and_seals_nothing(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk()
    save(store)

    for act in (folder.carry_out, folder.carry_in):
        with pytest.raises(Refused) as told:
            act(store, Folder(tmp_path / "no"))
        assert told.value.problems[0].code == "stick_missing"
    assert outbox.waiting(store) == []
