"""What processes of one server share: two handles of one folder stand for two processes."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.crypto import code as enrol_codes
from sync.crypto import envelope
from sync.protocol import upload
from sync.protocol.upload import Piece
from sync.server import (
    answers,
    city_keys,
    codes,
    exchange,
    live,
    offices,
    records,
    recovery,
    revocation,
    turns,
)
from sync.server.answers import KEPT_MS, SIZE_MIN, Answers
from sync.server.bucket import Buckets
from sync.server.city import City
from sync.server.uploads import Uploads
from tests.sync.server.conftest import Enrol, Time
from tests.sync.server.laptop import RESIDENT


def digest(text: str) -> bytes:
    return enrol_codes.read(text)[1]


@pytest.fixture
def other(city: City, time: Time) -> Iterator[City]:
    opened = City.open(city.folder, time)
    yield opened
    opened.close()


def test_pieces_come_to_whichever_process_takes_them(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    data = laptop.batch(*[laptop.resident() for _ in range(40)])
    name, size = envelope.read(data).id, len(data)
    processes = [Uploads(city.folder, time) for _ in range(2)]

    place, turn = processes[0].open(laptop.device, name, size), 0
    while place < size:
        content = data[place : place + 300]
        turn += 1
        place = processes[turn % 2].add(name, Piece(place, upload.digest(content), content))

    assert turn > 2
    assert [one.filled([name]) for one in processes] == [[data], [data]]
    processes[0].settle(laptop.device, [])
    with pytest.raises(Refused):
        processes[1].filled([name])


def test_one_piece_that_comes_to_all_processes_at_once_is_taken_once(
    tmp_path: Path, time: Time
) -> None:
    processes = [Uploads(tmp_path, time) for _ in range(4)]
    data = bytes(range(200))
    processes[0].open(bytes(16), bytes(32), len(data))

    def bring(kept: Uploads) -> None:
        place = 0
        while place < len(data):
            content = data[place : place + 7]
            place = kept.add(bytes(32), Piece(place, upload.digest(content), content))

    threads = [threading.Thread(target=bring, args=(kept,)) for kept in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (file,) = (tmp_path / "uploads").iterdir()
    assert file.read_bytes() == data


def test_the_rest_of_an_answer_comes_from_another_process(tmp_path: Path, time: Time) -> None:
    first, second = Answers(tmp_path, time), Answers(tmp_path, time)
    content = b"x" * SIZE_MIN

    name = first.keep(content)

    assert second.get(name) == content
    assert first.keep(content[1:]) == ""
    assert [second.get(strange) for strange in ("", "../secret", "0" * 32)] == [None] * 3


def test_old_answers_go_when_new_ones_come_whoever_kept_them(tmp_path: Path, time: Time) -> None:
    first, second = Answers(tmp_path, time), Answers(tmp_path, time)
    old = first.keep(b"x" * SIZE_MIN)
    time.ms += KEPT_MS + 1

    new = second.keep(b"y" * SIZE_MIN)

    assert (first.get(old), first.get(new)) == (None, b"y" * SIZE_MIN)


def test_answers_take_no_more_room_than_the_bound_and_a_share_of_each_process(
    tmp_path: Path, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    most, share = 16 * SIZE_MIN, 2 * SIZE_MIN
    monkeypatch.setattr(answers, "BYTES_MAX", most)
    monkeypatch.setattr(answers, "SWEEP_BYTES", share)
    processes = [Answers(tmp_path, time) for _ in range(2)]
    for number in range(50):
        time.ms += 1
        processes[number % 2].keep(bytes(SIZE_MIN))

    left = sum(path.stat().st_size for path in (tmp_path / "answers").iterdir())

    assert most // 2 < left <= most + 2 * share


def test_processes_count_together_how_often_an_address_asks(tmp_path: Path) -> None:
    processes = [Buckets(3, 0.5, tmp_path, "periksa") for _ in range(2)]

    waits = [processes[turn % 2].take("192.0.2.1", 0) for turn in range(4)]

    assert waits == [0, 0, 0, 2.0]
    assert Buckets(3, 0.5, tmp_path, "periksa").take("192.0.2.1", 0) == 2.0
    assert Buckets(3, 0.5, tmp_path, "other").take("192.0.2.1", 0) == 0


def test_one_process_keeps_the_live_room_and_another_goes_on_when_it_ends(
    city: City, other: City, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY_S", 0.01)
    counted: dict[City, threading.Event] = {city: threading.Event(), other: threading.Event()}
    whole = live.catch_up

    def noted(one: City, most: int = live.RECORDS_MAX) -> int:
        counted[one].set()
        return whole(one, most)

    monkeypatch.setattr(live, "catch_up", noted)
    first = live.Keeper(city)
    assert counted[city].wait(30)
    second = live.Keeper(other)
    assert turns.attempt(city.folder, "live") is None
    assert not counted[other].wait(0.1)

    first.stop()

    assert counted[other].wait(30)
    second.stop()


def test_what_one_process_changes_another_one_sees(
    city: City, other: City, enrol: Enrol, time: Time
) -> None:
    laptop, stolen = enrol(), enrol()
    exchange.exchange(other, [laptop.ask(), laptop.batch(laptop.resident())])

    revocation.revoke(city, stolen.device, "test")
    city_keys.rotate(city, "test", signing=True)
    offices.add(city, Office(b"", "kel-c", "kelurahan", "Kelurahan C", "99.71.01.1003"), "test")

    with pytest.raises(Refused) as refused:
        exchange.exchange(other, [stolen.ask()])
    assert refused.value.problems[0].code == "device_revoked"
    exchange.exchange(other, [laptop.ask()])
    assert other.public.sign == city.public.sign
    digests = [digest(codes.make(one, "kel-c", "kepala", "test")[0]) for one in (city, other)]
    assert digests[0] == digests[1]
    assert len(records.listing(city, RESIDENT)) == 1


def test_a_batch_that_comes_to_two_processes_at_once_is_taken_once(
    city: City, other: City, enrol: Enrol
) -> None:
    laptop = enrol()
    batches = [laptop.batch(*[laptop.resident() for _ in range(5)]) for _ in range(4)]
    body = [laptop.ask(), *batches]
    given: list[bytes] = []

    def bring(one: City) -> None:
        given.append(exchange.exchange(one, body))

    threads = [threading.Thread(target=bring, args=(one,)) for one in (city, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    receipts = [laptop.receipt(laptop.open(answer)) for answer in given]
    assert [receipt.received for receipt in receipts] == [4, 4]
    assert len(records.listing(city, RESIDENT)) == 20


def test_a_city_that_two_processes_find_put_back_begins_one_epoch(city: City, other: City) -> None:
    before = city.epoch
    assert other.epoch == before

    recovery._begin(city)
    recovery._begin(other)

    assert city.epoch == other.epoch != before
