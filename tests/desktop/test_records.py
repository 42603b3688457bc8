from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pages.filters import FILTERS, chosen
from desktop.pictures import Visitor
from sync.store import read
from sync.store.handle import Store
from sync.store.read import Record
from tests.desktop.office import BUSINESS, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def _titles() -> list[str]:
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    rows = [focus.entries.entry(row) for row in range(focus.entries.rowCount())]
    return [row.title for row in rows if row is not None]


def test_the_newest_record_stands_first(store: Store, desk: Application, visitor: Visitor) -> None:
    business(store, "Sari Dewi")
    business(store, "Budi Raharja")

    visitor.press(KEY.Key_F4)

    assert _titles() == ["Budi Raharja", "Sari Dewi"]


def test_typing_narrows_the_list_by_name(store: Store, desk: Application, visitor: Visitor) -> None:
    business(store, "Sari Dewi")
    business(store, "Budi Raharja")
    visitor.press(KEY.Key_F4)

    visitor.press(KEY.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    visitor.press(KEY.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    visitor.type("sari usaha")
    visitor.press(KEY.Key_Return)

    assert _titles() == ["Sari Dewi"]


def test_the_next_step_is_taken_with_enter_until_the_letter_is_issued(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    for _ in range(4):
        visitor.press(KEY.Key_Return, CTRL)

    assert read.record(store, record).state == "issued"


def test_what_needs_a_reason_asks_for_it_in_place(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_K, CTRL)
    visitor.type("batalkan")
    visitor.press(KEY.Key_Return)
    assert read.record(store, record).state == "issued"

    visitor.type("Salah nama")
    visitor.press(KEY.Key_Return)
    assert read.record(store, record).state == "void"
    assert read.history(store, record)[-1].reason == "Salah nama"


def test_f2_hands_a_record_to_the_counter_to_be_changed(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    record = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_S, CTRL)

    assert read.record(store, record).state == "received"
    assert len(read.history(store, record)) == 1


def test_esc_leads_from_the_record_to_the_list(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_Escape)

    assert _titles() == ["Sari Dewi"]


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("all", ["received", "issued", "fix", "sent"]),
        ("mine", ["received", "fix"]),
        ("second", []),
        ("unsent", ["received", "sent"]),
        ("troubled", ["fix"]),
    ],
)
def test_a_filter_keeps_what_it_says(store: Store, code: str, kept: list[str]) -> None:
    form = store.catalogue.form(BUSINESS)
    records = [
        _record(store, "received", "received", "local"),
        _record(store, "issued", "issued", "durable"),
        _record(store, "fix", "drafted", "to_fix"),
        _record(store, "sent", "void", "sent"),
    ]

    found = chosen([(record, form) for record in records], code, "", store)

    assert [record.answers["nama"] for record, _ in found] == kept


def test_every_filter_has_a_test_above() -> None:
    assert set(FILTERS) == {"all", "mine", "second", "unsent", "troubled"}


def _record(store: Store, name: str, state: str, sync: str) -> Record:
    office = store.desk.office.id
    answers = {"nama": name}
    held: Any = SimpleNamespace(answers=answers, state=state, sync=sync, number=None, office=office)
    return cast("Record", held)
