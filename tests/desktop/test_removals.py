"""What the city would take at once is shown and waits for the head of the office."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from forms.engine.words import say
from sync.client.trip import trip
from sync.server import exchange, streams
from sync.server.city import City, clock
from sync.server.streams import Entry
from sync.store import read, records, status
from sync.store.handle import Store
from tests.desktop.office import RESIDENT

COUNT = 11
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def city(patterns: dict[str, Path], tmp_path: Path) -> Iterator[City]:
    """The city of the office, in the test's own folder."""
    made = patterns["kepala"].parent / "city"
    folder = tmp_path / "city"
    shutil.copytree(made, folder)
    settings = folder / "server.json"
    settings.write_text(settings.read_text("utf-8").replace(str(made), str(folder)), "utf-8")
    city = City.open(folder, clock)
    yield city
    city.close()


class Road:
    """The way to the city without a network between."""

    def __init__(self, city: City) -> None:
        self.city = city

    def exchange(self, envelopes: list[bytes]) -> bytes:
        return exchange.exchange(self.city, envelopes)


def _shown(desk: Application) -> int:
    """How many removals the window knows of."""
    assert desk.work is not None
    assert desk.work.status is not None
    return desk.work.status.removals


def test_the_head_sees_who_would_go_and_lets_them_go(
    city: City, store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    made = [records.new(store, RESIDENT, {"nama": f"WARGA {n}"}).record for n in range(COUNT)]
    trip(store, Road(city))
    office = store.desk.office.id
    with city.database.write() as connection:  # as a city would that is mistaken
        leaves = [Entry(office, "residents", name, left=name) for name in made]
        streams.append(connection, city.code, leaves)
    trip(store, Road(city))

    assert desk.work is not None
    desk.work.look()  # as after each trip of the window's own
    visitor.press(Qt.Key.Key_F5)
    visitor.rest(lambda: _shown(desk) == COUNT)
    assert len(read.listing(store, RESIDENT)) == COUNT
    visitor.press(Qt.Key.Key_Return, BOTH)
    visitor.rest(lambda: status.status(store).removals == 0)

    assert read.listing(store, RESIDENT) == []
    assert heard[-1] == say("sync.allowed", count=COUNT)
