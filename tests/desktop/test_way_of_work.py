import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.pictures import Visitor
from sync.store import read, settings
from sync.store.handle import Store
from sync.store.settings import Habits
from tests.desktop.office import FakePrinter, business

KEY = Qt.Key


def changed(visitor: Visitor) -> None:
    """Open the newest record's answers to be changed."""
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_F2)


def test_a_desk_does_everything_in_one_action_unless_it_is_told_otherwise(store: Store) -> None:
    assert store.habits.one_action


@pytest.mark.parametrize(
    ("one_action", "state", "prints"), [(True, "issued", 1), (False, "drafted", 0)]
)
def test_f9_goes_to_the_printer_or_stops_at_the_next_step(
    store: Store,
    desk: Application,
    visitor: Visitor,
    printer: FakePrinter,
    *,
    one_action: bool,
    state: str,
    prints: int,
) -> None:
    store.adopt(Habits(one_action=one_action))
    record = business(store, "Sari Dewi")
    changed(visitor)

    visitor.press(KEY.Key_F9)

    assert read.record(store, record).state == state
    assert len(printer.printed) == prints


def test_a_record_goes_to_the_printer_by_f9_only_where_that_is_the_way(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    store.adopt(Habits(one_action=False))
    record = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_F9)
    assert read.record(store, record).state == "received"

    store.adopt(Habits())
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_F9)
    assert read.record(store, record).state == "issued"
    assert len(printer.printed) == 1


def test_the_way_is_chosen_among_the_settings_and_kept(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F10)
    for _ in range(9):
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName().startswith("Kantor satu orang"):
            break
        visitor.press(KEY.Key_F6)

    visitor.press(KEY.Key_Right)

    assert not store.habits.one_action
    with store.read() as conn:
        assert settings.habits(conn) == Habits(one_action=False)


@pytest.mark.parametrize("role", ["petugas"])
def test_who_adds_nobody_does_not_change_the_way_either(
    desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F10)
    names = []
    for _ in range(9):
        visitor.press(KEY.Key_F6)
        focus = QApplication.focusWidget()
        names.append(focus.accessibleName() if focus is not None else "")

    assert not any(name.startswith("Kantor satu orang") for name in names)
