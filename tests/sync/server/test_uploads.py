"""Pieces of an envelope come in any number of attempts, and are worth nothing until it is whole."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.crypto import envelope
from sync.protocol import upload
from sync.protocol.batch import SEALED_MAX
from sync.protocol.upload import Opening, Piece
from sync.server import revocation, uploads
from sync.server.city import City
from sync.server.uploads import DEVICE_COUNT_MAX, REST_MS, Uploads
from tests.sync.server.conftest import Enrol

ONE, TWO = bytes(16), b"2" * 16


class Clock:
    def __init__(self) -> None:
        self.time = 1_795_233_600_000

    def __call__(self) -> int:
        return self.time


def name(number: int) -> bytes:
    return number.to_bytes(32, "big")


def piece(place: int, content: bytes) -> Piece:
    return Piece(place, upload.digest(content), content)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


@pytest.fixture
def sealed(city: City, enrol: Enrol) -> bytes:
    laptop = enrol()
    return laptop.batch(*[laptop.resident() for _ in range(40)])


def sent(kept: Uploads, data: bytes, step: int = 1_000) -> bytes:
    called = envelope.read(data).id
    place = kept.open(ONE, called, len(data))
    while place < len(data):
        place = kept.add(called, piece(place, data[place : place + step]))
    return called


def test_pieces_become_the_envelope_that_was_sealed(tmp_path: Path, sealed: bytes) -> None:
    kept = Uploads(tmp_path, Clock())

    called = sent(kept, sealed)

    assert kept.filled([b"ask", called]) == [b"ask", sealed]


def test_a_restarted_server_goes_on_where_the_file_ends(tmp_path: Path, sealed: bytes) -> None:
    called = envelope.read(sealed).id
    first = Uploads(tmp_path, Clock())
    first.open(ONE, called, len(sealed))
    first.add(called, piece(0, sealed[:700]))

    again = Uploads(tmp_path, Clock())

    assert again.open(ONE, called, len(sealed)) == 700
    assert sent(again, sealed) == called
    assert again.filled([called]) == [sealed]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.booleans()), max_size=40))
def test_pieces_in_any_order_doubled_or_damaged_never_make_other_bytes(
    tmp_path_factory: pytest.TempPathFactory, tries: list[tuple[int, int, bool]]
) -> None:
    data = bytes(range(60))
    kept = Uploads(tmp_path_factory.mktemp("kept"), Clock())
    place = kept.open(ONE, name(1), len(data))
    for begin, size, damaged in tries:
        content = data[begin : begin + size]
        told = upload.digest(content)
        if damaged and content:
            content = bytes([content[0] ^ 1]) + content[1:]
        reached = kept.add(name(1), Piece(begin, told, content))
        fits = begin == place and begin + len(content) <= len(data) and not (damaged and content)
        assert reached == (place + len(content) if fits else place)
        place = reached
    (file,) = (kept._folder).iterdir()
    assert file.read_bytes() == data[:place]


def test_what_is_not_what_it_is_called_has_to_come_again(tmp_path: Path, sealed: bytes) -> None:
    kept = Uploads(tmp_path, Clock())
    called = sent(kept, sealed)
    (file,) = (tmp_path / "uploads").iterdir()
    middle = len(sealed) // 2
    file.write_bytes(sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :])

    with pytest.raises(Refused) as refused:
        kept.filled([called])

    assert code(refused) == "upload_unknown"
    assert kept.open(ONE, called, len(sealed)) == 0


def test_half_an_envelope_is_none(tmp_path: Path, sealed: bytes) -> None:
    kept = Uploads(tmp_path, Clock())
    called = envelope.read(sealed).id
    kept.open(ONE, called, len(sealed))
    kept.add(called, piece(0, sealed[:-1]))

    with pytest.raises(Refused) as refused:
        kept.filled([called])

    assert code(refused) == "upload_unknown"


@pytest.mark.parametrize(
    ("called", "size", "expected"),
    [
        (bytes(31), 10, "upload_name"),
        (bytes(32), 0, "body_too_large"),
        (bytes(32), SEALED_MAX + 1, "body_too_large"),
    ],
)
def test_an_opening_out_of_bounds_is_refused(
    tmp_path: Path, called: bytes, size: int, expected: str
) -> None:
    with pytest.raises(Refused) as refused:
        Uploads(tmp_path, Clock()).open(ONE, called, size)

    assert code(refused) == expected


def test_a_device_that_opens_too_many_loses_its_own_oldest_only(tmp_path: Path) -> None:
    clock = Clock()
    kept = Uploads(tmp_path, clock)
    kept.open(TWO, name(99), 10)
    for number in range(DEVICE_COUNT_MAX + 1):
        clock.time += 1
        kept.open(ONE, name(number), 10)

    left = {path.name.split("-")[1] for path in (tmp_path / "uploads").iterdir()}

    assert left == {name(n).hex() for n in (*range(1, DEVICE_COUNT_MAX + 1), 99)}


def test_all_devices_together_never_announce_more_than_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "BYTES_MAX", 3 * SEALED_MAX)
    kept = Uploads(tmp_path, Clock())
    for number in range(3):
        kept.open(number.to_bytes(16, "big"), name(number), SEALED_MAX)

    with pytest.raises(OSError, match="space"):
        kept.open(b"4" * 16, name(4), 1)


def test_an_upload_without_a_piece_for_thirty_days_is_gone(tmp_path: Path) -> None:
    clock = Clock()
    kept = Uploads(tmp_path, clock)
    kept.open(ONE, name(1), 10)
    clock.time += REST_MS + 1

    kept.open(TWO, name(2), 10)

    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_what_was_cited_stays_until_the_next_exchange_cites_it_no_more(
    tmp_path: Path, sealed: bytes
) -> None:
    kept = Uploads(tmp_path, Clock())
    called = sent(kept, sealed)
    kept.settle(ONE, [called])
    assert kept.filled([called]) == [sealed]

    kept.settle(TWO, [])
    kept.settle(ONE, [])

    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_stranger_opens_nothing_and_a_revoked_device_may_bring_its_evidence(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    ask = laptop.ask()
    forged = ask[:-1] + bytes([ask[-1] ^ 1])
    shown: list[list[bytes]] = [[], [b"nonsense"], [forged], [laptop.batch(laptop.resident())]]
    for one in shown:
        with pytest.raises(Refused):
            uploads.owner(city, Opening(one, bytes(32), 10))
    assert uploads.owner(city, Opening([ask], bytes(32), 10)) == laptop.device

    revocation.revoke(city, laptop.device, "test")

    assert uploads.owner(city, Opening([ask], bytes(32), 10)) == laptop.device
    with pytest.raises(Refused):
        uploads.owner(city, Opening([forged], bytes(32), 10))


def test_strange_files_in_the_folder_are_nobodys(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    folder.mkdir()
    for strange, count in (("a-b-c", 3), ("readme", 1), ("00-11-x", 2)):
        (folder / strange).write_bytes(os.urandom(count))

    kept = Uploads(tmp_path, Clock())

    assert kept.open(ONE, name(1), 10) == 0


def test_citing_one_upload_many_times_is_bounded(
    tmp_path: Path, sealed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Uploads(tmp_path, Clock())
    called = sent(kept, sealed)
    monkeypatch.setattr(uploads, "CITED_MAX", 3 * len(sealed))

    with pytest.raises(Refused) as refused:
        kept.filled(list(itertools.repeat(called, 4)))

    assert code(refused) == "body_too_large"
