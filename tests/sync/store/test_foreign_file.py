"""Only a plain file that stands still is read, and only what was read is removed."""

import os
import socket
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.store import foreign_file


def code(path: Path, most: int = 1000) -> str:
    with pytest.raises(Refused) as refusal:
        foreign_file.read(path, most)
    return refusal.value.problems[0].code


def made(folder: Path, content: bytes = b"pindaian") -> Path:
    path = folder / "pindaian.jpg"
    path.write_bytes(content)
    return path


def test_a_file_is_read_as_it_is_up_to_the_bound(tmp_path: Path) -> None:
    path = made(tmp_path, b"x" * 1000)

    assert foreign_file.read(path, 1000).content == b"x" * 1000
    assert code(path, 999) == "attachment_too_large"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system knows no pipes")
def test_a_folder_a_link_a_pipe_a_socket_and_a_device_are_no_files(tmp_path: Path) -> None:
    link = tmp_path / "pintasan.jpg"
    link.symlink_to(made(tmp_path))
    pipe = tmp_path / "pipa.jpg"
    os.mkfifo(pipe)
    place = tmp_path / "colokan.jpg"
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))

    for path in (tmp_path, link, pipe, place, Path("/dev/zero"), Path("/dev/null")):
        assert code(path) == "attachment_no_file", path


def test_what_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert code(tmp_path / "tidak ada.jpg") == "attachment_missing"
    assert code(tmp_path / "nama\0aneh.jpg") == "attachment_missing"
    assert code(tmp_path / ("a" * 5_000)) == "attachment_missing"


@pytest.mark.parametrize("change", ["grows", "shrinks", "is written over"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, change: str) -> None:
    path = made(tmp_path, b"a" * (2 * foreign_file.PART))
    told = []

    def meanwhile(done: int, whole: int) -> None:
        told.append((done, whole))
        if len(told) > 1:
            return
        with path.open("r+b") as file:
            if change == "grows":
                file.seek(0, os.SEEK_END)
                file.write(b"b")
            elif change == "shrinks":
                file.truncate(foreign_file.PART + 5)
            else:
                file.write(b"b")
        os.utime(path, ns=(1, 1))  # whatever the clock of the disk's grain

    with pytest.raises(Refused) as refusal:
        foreign_file.read(path, 10 * foreign_file.PART, meanwhile)
    assert refusal.value.problems[0].code == "attachment_unsteady"
    assert told[0] == (foreign_file.PART, 2 * foreign_file.PART)


def test_who_is_told_may_end_it(tmp_path: Path) -> None:
    def enough(_done: int, _whole: int) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        foreign_file.read(made(tmp_path), 1000, enough)


def test_a_file_that_was_read_is_written_over_and_removed(tmp_path: Path) -> None:
    path = made(tmp_path)
    other = tmp_path / "sama.jpg"
    mark = foreign_file.read(path, 1000).mark

    with path.open("rb") as held:
        assert foreign_file.shred(path, mark)
        assert held.read() == bytes(len(b"pindaian"))
    assert not path.exists()
    assert not other.exists()


def test_a_file_that_is_another_by_now_stays(tmp_path: Path) -> None:
    path = made(tmp_path)
    mark = foreign_file.read(path, 1000).mark
    path.unlink()
    made(tmp_path, b"yang lain")

    assert not foreign_file.shred(path, mark)
    assert path.read_bytes() == b"yang lain"
    assert not foreign_file.shred(tmp_path / "tidak ada", mark)


def test_a_file_with_a_second_name_keeps_its_content_there(tmp_path: Path) -> None:
    path = made(tmp_path)
    second = tmp_path / "kedua.jpg"
    second.hardlink_to(path)
    mark = foreign_file.read(path, 1000).mark

    assert foreign_file.shred(path, mark)
    assert not path.exists()
    assert second.read_bytes() == b"pindaian"
