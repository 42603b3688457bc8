"""A finding of the inspectorate stands among what a clerk is to do, and is answered there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pictures import Visitor
from sync.client.trip import trip
from sync.server import findings
from sync.server.city import City
from sync.store import read
from sync.store.handle import Store
from tests.sync.client.town import Road

KEY = Qt.Key
TITLE = "Nomor surat tidak dijelaskan"


@pytest.mark.parametrize("role", ["petugas"])
def test_a_clerk_sees_it_among_what_waits_and_answers_it_by_keys(
    city: City, store: Store, desk: Application, visitor: Visitor
) -> None:
    today = city.day(city.now())
    texts = {
        "nomor_lhp": "700/012",
        "tentang": TITLE,
        "uraian": "Tiga.",
        "rekomendasi": "Jelaskan.",
    }
    found = findings.Finding(store.desk.office.code, today, today, texts)
    record = findings.begin(city, found, "Inspektur")
    trip(store, Road(city))

    visitor.press(KEY.Key_F4)
    visitor.take("findings_list")
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    first = focus.entries.entry(0)
    assert first is not None
    assert TITLE in first.title
    visitor.press(KEY.Key_Return)
    visitor.take("finding_record")
    visitor.press(KEY.Key_Return)
    visitor.type("Ketiganya batal, sudah dicatat.")
    visitor.press(KEY.Key_Return)

    assert read.record(store, record).state == "answered"
    trip(store, Road(city))
    assert findings.find(city, record)[1][0].words == "Ketiganya batal, sudah dicatat."
