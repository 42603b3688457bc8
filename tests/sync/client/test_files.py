"""Attachments travel after the records, chunk by chunk, and go on where a line broke off."""

from pathlib import Path

import pytest
from sqlalchemy import select

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import envelope
from sync.server import attachment_tables, exchange
from sync.server.city import City
from sync.store import attachments, read, records, status
from sync.store.handle import Store
from tests.sync.client import scans
from tests.sync.client.scans import CHUNK
from tests.sync.client.town import Town


class Watched:
    """A road that tells what it carried, and breaks before or after what a test names."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.carried: list[list[str]] = []
        self.lost_up = self.lost_down = 0  # the exchange, from 1, that breaks on its way

    def exchange(self, envelopes: list[bytes]) -> bytes:
        self.carried.append([envelope.read(data).header.kind for data in envelopes])
        if len(self.carried) == self.lost_up:
            raise Unreachable("up")
        answer = exchange.exchange(self.city, envelopes)
        if len(self.carried) == self.lost_down:
            raise Unreachable("down")
        return answer

    def chunks(self) -> int:
        return sum(kinds.count("chunk") for kinds in self.carried)


def opens(store: Store, record: bytes) -> str:
    """Say why a scan does not open; "" where it does."""
    try:
        scans.content(store, record)
    except Refused as refused:
        return refused.problems[0].code
    return ""


def test_a_scan_arrives_and_another_desk_opens_it(town: Town, tmp_path: Path) -> None:
    rina, budi = town.desks[:2]
    size = 2 * CHUNK + 100
    record = scans.begun(rina, scans.scan(tmp_path, size))
    before = status.status(rina)
    town.go(rina)

    assert (before.files, before.safe_to_close) == (1, False)
    assert status.status(rina).safe_to_close
    town.go(budi)
    assert read.record(budi, record).answers == read.record(rina, record).answers
    assert opens(budi, record) == "attachment_awaited"
    town.go(budi)
    assert scans.content(budi, record) == scans.picture(size)
    assert status.status(budi).safe_to_close


def test_records_go_before_scans(town: Town, tmp_path: Path) -> None:
    rina, road = town.desks[0], Watched(town.city)
    scans.begun(rina, scans.scan(tmp_path, 3 * CHUNK, "b"))

    trip(rina, road)

    kinds = [set(kinds) - {"ask"} for kinds in road.carried]
    assert kinds.index({"batch"}) < kinds.index({"chunk"})
    assert {"batch", "chunk"} not in kinds
    assert road.chunks() == 3


@pytest.mark.parametrize("way", ["lost_up", "lost_down"])
def test_a_scan_goes_on_after_a_cut_at_every_exchange(town: Town, tmp_path: Path, way: str) -> None:
    rina = town.desks[0]
    for cut in range(1, 9):
        record = scans.begun(rina, scans.scan(tmp_path, 4 * CHUNK, f"{way}{cut}"))
        road = Watched(town.city)
        setattr(road, way, cut)
        try:
            trip(rina, road)
        except Unreachable:
            assert not status.status(rina).safe_to_close or way == "lost_down"
        setattr(road, way, 0)
        trip(rina, road)

        assert status.status(rina).safe_to_close
        assert road.chunks() <= 4 + (way == "lost_up")
        assert scans.content(rina, record) == scans.picture(4 * CHUNK, f"{way}{cut}")


def test_fetching_goes_on_after_a_cut_at_every_exchange(town: Town, tmp_path: Path) -> None:
    rina, budi = town.desks[:2]
    for cut in range(2, 7):
        record = scans.begun(rina, scans.scan(tmp_path, 4 * CHUNK, f"down{cut}"))
        town.go(rina, budi)
        assert opens(budi, record) == "attachment_awaited"
        road = Watched(town.city)
        road.lost_down = cut
        try:
            trip(budi, road)
        except Unreachable:
            assert opens(budi, record) == "attachment_awaited"
        road.lost_down = 0
        trip(budi, road)

        assert opens(budi, record) == ""
        assert len(road.carried) <= 2 + 4 + 2  # nothing comes twice but what was cut


def test_an_office_that_is_told_of_a_record_fetches_and_no_other(
    town: Town, tmp_path: Path
) -> None:
    rina, guest = town.desks[0], town.guest
    record = scans.begun(rina, scans.scan(tmp_path, 500, "guest"))
    town.go(rina)
    reference = scans.reference(rina, record)

    with pytest.raises(Refused):
        attachments.opened(guest, reference)
    town.go(guest)

    with pytest.raises(Refused) as refused:
        attachments.opened(guest, reference)
    assert refused.value.problems[0].code == "attachment_awaited"


def test_a_name_tells_nobody_that_two_files_are_one(town: Town, tmp_path: Path) -> None:
    path = scans.scan(tmp_path, 700, "twice")
    first, second = scans.begun(town.desks[0], path), scans.begun(town.desks[1], path)
    town.go()

    one, two = scans.reference(town.desks[0], first), scans.reference(town.desks[1], second)
    assert one["file"] != two["file"]


def test_the_same_file_at_one_laptop_is_sent_once(town: Town, tmp_path: Path) -> None:
    rina, road = town.desks[0], Watched(town.city)
    path = scans.scan(tmp_path, 700, "once")
    first = scans.begun(rina, path)
    second = scans.begun(rina, path)

    trip(rina, road)

    assert scans.reference(rina, first) == scans.reference(rina, second)
    assert road.chunks() == 1


def test_a_scan_nobody_brought_leaves_the_record_as_valid_as_it_was(
    town: Town, tmp_path: Path
) -> None:
    rina, budi = town.desks[:2]
    record = scans.begun(rina, scans.scan(tmp_path, 600, "late"))
    road = Watched(town.city)
    road.lost_up = 2  # the records are there, the scan isn't
    with pytest.raises(Unreachable):
        trip(rina, road)
    town.go(budi)

    records.move(budi, record, "submit")
    assert opens(budi, record) == "attachment_awaited"
    town.go(budi)
    assert opens(budi, record) == "attachment_awaited"
    assert read.record(budi, record).state == "drafted"
    town.go(rina, budi)
    assert opens(budi, record) == ""


def test_a_chunk_that_the_disk_lost_comes_back_from_the_city(town: Town, tmp_path: Path) -> None:
    rina = town.desks[0]
    record = scans.begun(rina, scans.scan(tmp_path, 3 * CHUNK, "disk"))
    town.go(rina)
    with rina.read() as conn:
        digest = bytes.fromhex(str(scans.reference(rina, record)["file"]))
        query = "SELECT name FROM chunk WHERE attachment = ? AND place = 1"
        name = conn.exec_driver_sql(query, (digest,)).scalar_one()
    path = rina.folder / "chunks" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    assert opens(rina, record) == "attachment_awaited"
    town.go(rina)
    assert scans.content(rina, record) == scans.picture(3 * CHUNK, "disk")


def test_a_chunk_that_is_not_what_the_manifest_says_stays_lacking(
    town: Town, tmp_path: Path
) -> None:
    rina = town.desks[0]
    scans.begun(rina, scans.scan(tmp_path, 900, "flip"))

    class Liar(Watched):
        def exchange(self, envelopes: list[bytes]) -> bytes:
            sent = []
            for data in envelopes:
                letter = envelope.read(data)
                sealed = bytearray(letter.envelope.sealed)
                sealed[len(sealed) // 2] ^= 1
                false = envelope.enclose(bytes(sealed), letter.header, sign=rina.keys.sign)
                sent.append(false if letter.header.kind == "chunk" else data)
            return super().exchange(sent)

    liar = Liar(town.city)
    trip(rina, liar)

    assert liar.chunks() == 1  # it is not tried for ever
    assert not status.status(rina).safe_to_close
    town.go(rina)
    assert status.status(rina).safe_to_close


def test_the_city_keeps_ciphertext_only(town: Town, tmp_path: Path) -> None:
    rina = town.desks[0]
    scans.begun(rina, scans.scan(tmp_path, 1_000, "sealed"))
    town.go(rina)
    inside = scans.picture(1_000, "sealed")[4:36]

    with town.city.database.read() as connection:
        rows = connection.scalars(select(attachment_tables.chunk.c.content)).all()
    assert rows
    assert not [row for row in rows if inside in row or scans.JPEG in row[:8]]
