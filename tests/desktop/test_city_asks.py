"""What the city asks of an office stands among what its clerks are to do, and is answered there."""

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pictures import Visitor
from sync.client.trip import trip
from sync.server.city import City
from sync.server.wall import directives
from sync.store import read
from sync.store.handle import Store
from tests.sync.client.town import Road

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ABOUT = "Surat menunggu lewat: 12"


@pytest.mark.parametrize("role", ["petugas"])
def test_a_clerk_sees_it_among_what_waits_and_answers_it_by_keys(
    city: City, store: Store, desk: Application, visitor: Visitor
) -> None:
    due = city.day(city.now()) + dt.timedelta(days=3)
    asked = directives.Directive(
        store.desk.office.code, "Wali Kota", ABOUT, "Mohon diselesaikan hari ini.", due
    )
    record = directives.give(city, asked, "Wali Kota")
    trip(store, Road(city))

    visitor.press(KEY.Key_F4)
    visitor.take("city_asks_list")
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    first = focus.entries.entry(0)
    assert first is not None
    assert (first.title, first.detail) == (ABOUT, "Disposisi kota")
    visitor.press(KEY.Key_Return)
    visitor.take("city_asks_record")
    visitor.press(KEY.Key_Return)
    visitor.type("Dua belas surat terbit pagi ini.")
    visitor.press(KEY.Key_Return)

    assert read.record(store, record).state == "done"
    trip(store, Road(city))
    [listed] = directives.listing(city)
    assert listed.state == "done"
