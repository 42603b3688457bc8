"""A change that was just saved is taken back by one key, where that undoes nobody else's work."""

import pytest
from PySide6.QtCore import Qt

from desktop import undo
from desktop.app import Application
from desktop.pages.counter.page import CounterPage
from desktop.pictures import Visitor
from forms.engine.problem import Refused
from sync.store import read, records
from sync.store.handle import Store
from tests.desktop.office import business, somebody

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


def phone(store: Store, record: bytes) -> object:
    return read.record(store, record).answers.get("telepon")


def counter(desk: Application) -> CounterPage:
    page = desk.window.page()
    assert isinstance(page, CounterPage)
    return page


def changed(desk: Application, visitor: Visitor, store: Store) -> bytes:
    """Change a citizen's phone through the form, and save it."""
    record = somebody(store, "Sari Dewi", 11, telepon="081200000001")
    page = counter(desk)
    page.open_record(read.record(store, record))
    visitor.rest()
    visitor.press(KEY.Key_F2)
    assert page._form is not None
    page._form.view.session.put("telepon", "081200000002")
    visitor.press(KEY.Key_S, CTRL)
    assert phone(store, record) == "081200000002"
    return record


def test_one_key_takes_a_saved_change_back_and_says_so(
    desk: Application, visitor: Visitor, store: Store, heard: list[str]
) -> None:
    record = changed(desk, visitor, store)
    assert "Ctrl+Z" in heard[-1]

    visitor.press(KEY.Key_Z, CTRL)

    assert phone(store, record) == "081200000001"
    assert heard[-1] == "Perubahan diurungkan; isian yang lama tersimpan kembali."
    assert [event.act for event in read.history(store, record)] == ["new", "edit", "edit"]
    visitor.press(KEY.Key_Z, CTRL)
    assert phone(store, record) == "081200000001"


def test_the_offer_ends_after_a_while(desk: Application, visitor: Visitor, store: Store) -> None:
    record = changed(desk, visitor, store)
    undoing = counter(desk)._undoing
    assert undoing._timer.isActive()

    undoing._timer.timeout.emit()
    visitor.press(KEY.Key_Z, CTRL)

    assert phone(store, record) == "081200000002"


def test_what_somebody_else_has_changed_since_is_left_as_it_is(store: Store) -> None:
    record = somebody(store, "Sari Dewi", 12, telepon="081200000001")
    before = read.record(store, record).answers
    saved = records.edit(store, record, {"telepon": "081200000002"})
    change = undo.made(store, saved, before, saved.state)
    assert change is not None
    records.edit(store, record, {"telepon": "081200000003"})

    with pytest.raises(Refused, match="undo_late"):
        undo.take_back(store, change)

    assert phone(store, record) == "081200000003"


def test_an_answer_that_the_change_added_is_empty_again(store: Store) -> None:
    record = somebody(store, "Sari Dewi", 13, telepon=None)
    before = read.record(store, record).answers
    assert "telepon" not in before
    saved = records.edit(store, record, {"telepon": "081200000002"})
    change = undo.made(store, saved, before, saved.state)
    assert change is not None

    undo.take_back(store, change)

    assert read.record(store, record).answers == before


def test_what_led_to_another_state_or_changed_nothing_is_not_offered(store: Store) -> None:
    letter = business(store, "Sari Dewi")
    before = read.record(store, letter)
    same = records.edit(store, letter, {})
    assert undo.made(store, same, before.answers, before.state) is None

    records.edit(store, letter, {"nama": "Sari"})
    moved = records.move(store, letter, "submit")

    assert undo.made(store, moved, before.answers, before.state) is None
