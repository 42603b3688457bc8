"""A record that has no paper takes the room of one."""

from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.panes.facts import Facts
from desktop.panes.record import RecordPane
from desktop.pictures import Visitor
from sync.store.handle import Store
from tests.desktop.office import business, somebody


def test_only_a_letter_leaves_room_for_a_paper_beside_it(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    letter, person = business(store, "SARI DEWI", issue=True), somebody(store, "SARI DEWI", 1)
    desk.window.resize(1366, 728)
    visitor.press(Qt.Key.Key_F4)
    visitor.press(Qt.Key.Key_Return)
    pane = next(one for one in desk.window.findChildren(RecordPane) if one.isVisible())
    widths = {}
    for record in (letter, person):
        pane.open(record)
        visitor.rest()
        widths[record] = max(one.width() for one in pane.findChildren(Facts))

    assert widths[person] > 1.5 * widths[letter]
