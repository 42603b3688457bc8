"""Attachments by the real roads: a line that breaks all the time, and a stick."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.shaping import Shape, Shaped
from forms.engine.problem import Refused
from sync.client import folder
from sync.client.https import Https
from sync.client.pace import Pace
from sync.client.trip import trip
from sync.protocol.stick import Folder
from sync.server import folder as city_folder
from sync.server.city import City
from sync.server.run import Running
from sync.store import status
from sync.store.handle import Store
from tests.sync.client import scans
from tests.sync.client.scans import CHUNK

Enrol = Callable[..., Store]


def wish(store: Store, record: bytes) -> None:
    with pytest.raises(Refused) as refused:
        scans.content(store, record)
    assert refused.value.problems[0].code == "attachment_awaited"


def test_a_scan_passes_a_line_that_breaks_within_every_chunk(
    desk: Enrol, server: Running, tmp_path: Path
) -> None:
    rina, budi = desk("Rina"), desk("Budi")
    record = scans.begun(rina, scans.scan(tmp_path, 2 * CHUNK))
    line = Shaped(server.url, Shape(cut_bytes=60_000))
    try:
        travel(rina, line)
        travel(budi, line)
        wish(budi, record)
        travel(budi, line)
    finally:
        line.close()

    assert status.status(rina).safe_to_close
    assert scans.content(budi, record) == scans.picture(2 * CHUNK)


def travel(store: Store, line: Shaped) -> None:
    """Make one trip."""
    pace = Pace()
    road = Https(line.url, pace, pause=lambda _: None)
    try:
        trip(store, road, pace)
    finally:
        road.close()


def carried(city: City, store: Store, place: Path) -> folder.Carried:
    """Bring a stick to the city and back."""
    place.mkdir(exist_ok=True)
    folder.carry_out(store, Folder(place))
    visit = city_folder.carry(city, Folder(place))
    assert visit.refused == []
    return folder.carry_in(store, Folder(place))


def test_a_scan_goes_and_comes_by_stick(city: City, desk: Enrol, tmp_path: Path) -> None:
    rina, budi = desk("Rina"), desk("Budi")
    record = scans.begun(rina, scans.scan(tmp_path, 3 * CHUNK))
    scans.begun(rina, scans.scan(tmp_path, 500, "b"))
    assert not status.status(rina).safe_to_close

    assert carried(city, rina, tmp_path / "usb").refused == []

    assert status.status(rina).safe_to_close
    carried(city, budi, tmp_path / "usb")
    wish(budi, record)
    carried(city, budi, tmp_path / "usb")
    assert scans.content(budi, record) == scans.picture(3 * CHUNK)


def test_a_stick_shows_nothing_of_a_scan(city: City, desk: Enrol, tmp_path: Path) -> None:
    rina, place = desk("Rina"), tmp_path / "usb"
    place.mkdir()
    path = tmp_path / "KTP.jpg"
    path.write_bytes(scans.JPEG + b"KANARI" * 50_000)
    scans.begun(rina, path)

    folder.carry_out(rina, Folder(place))

    assert sum(file.stat().st_size for file in place.iterdir()) > 300_000
    assert not [file for file in place.iterdir() if b"KANARI" in file.read_bytes()]


class Small(Folder):
    """A stick with room for so many bytes."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path)
        self._room = room

    def free(self) -> int:
        return self._room - sum(file.stat().st_size for file in self.path.iterdir())


def test_scans_that_do_not_fit_keep_no_record_off_a_stick(
    city: City, desk: Enrol, tmp_path: Path
) -> None:
    rina, place = desk("Rina"), tmp_path / "usb"
    place.mkdir()
    scans.begun(rina, scans.scan(tmp_path, 8 * CHUNK))

    folder.carry_out(rina, Small(place, 6 * CHUNK))
    city_folder.carry(city, Folder(place))
    folder.carry_in(rina, Folder(place))

    found = status.status(rina)
    assert (found.pending, found.files) == (0, 1)
    place = tmp_path / "another"
    place.mkdir()
    for _ in range(3):
        carried(city, rina, place)
    assert status.status(rina).safe_to_close
