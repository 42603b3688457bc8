"""What the city would take at once is shown and waits for the head of the office."""

from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from forms.engine.words import say
from sync.client.trip import trip
from sync.server import streams
from sync.server.city import City
from sync.server.streams import Entry
from sync.store import read, records, status
from sync.store.handle import Store
from tests.desktop.office import RESIDENT
from tests.sync.client.town import Road

COUNT = 11
BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


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
