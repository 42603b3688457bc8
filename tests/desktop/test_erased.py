"""A person who was erased stands in lists and on their page as that, and nothing can be done."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop import acts, rows
from desktop.app import Application
from desktop.dates import day
from desktop.look.lists import EntryList
from desktop.look.parts import Button
from desktop.pictures import Visitor
from sync.client.trip import trip
from sync.server import erasure
from sync.server.city import City
from sync.server.erasure import Asked
from sync.store import read
from sync.store.handle import Store
from tests.desktop.office import BUSINESS, RESIDENT, business, somebody
from tests.sync.client.town import Road

KEY = Qt.Key


@pytest.fixture
def shell(store: Store, city: City) -> tuple[bytes, bytes]:
    """A resident and a letter, both erased by the city, as this desk has them."""
    resident = somebody(store, "Sari Dewi", 1)
    letter = business(store, "Sari Dewi", issue=True)
    trip(store, Road(city))
    for record in (resident, letter):
        erasure.erase(city, Asked(record, "Permohonan", "UU 27/2022", despite=True), "Dewi")
    trip(store, Road(city))
    return resident, letter


def words(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_a_list_says_who_was_erased_and_since_when(
    store: Store, shell: tuple[bytes, bytes]
) -> None:
    resident, letter = (read.record(store, name) for name in shell)
    said = f"Dihapus atas permintaan, {day(resident.erased_on)}"

    assert rows.person(resident).title == said
    row = rows.case(letter, store.catalogue.form(BUSINESS), store.now())
    assert row.title == f"Dihapus atas permintaan, {day(letter.erased_on)}"
    assert letter.number is not None
    assert letter.number.text in row.detail
    assert not read.may_edit(store, resident)
    assert acts.citizen(store, resident.id).services == ()
    assert [one for one in read.listing(store, RESIDENT) if not rows.person(one).title] == []


def test_an_erased_letter_says_so_when_it_is_opened_and_nothing_can_be_done(
    store: Store, shell: tuple[bytes, bytes], desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F4)
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    found = [focus.entries.entry(row) for row in range(focus.entries.rowCount())]
    titles = [entry.title for entry in found if entry is not None]
    visitor.press(KEY.Key_Return)

    assert all(titles)
    assert "Dihapus atas permintaan, " in words(desk)
    assert "tidak ada yang dapat dikerjakan" in words(desk)
    assert "Sari Dewi" not in words(desk)
    offered = [one.text() for one in desk.window.findChildren(Button) if one.isVisible()]
    view = acts.look(store, shell[1])
    assert (view.actions, view.onward, view.is_issued, view.may_edit, view.may_correct) == (
        (),
        None,
        False,
        False,
        False,
    )
    assert [text for text in offered if "F2" in text or "F9" in text or "Ctrl+P" in text] == []
