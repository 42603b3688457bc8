from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pages.filters import FILTERS, MARK, MARKS, chosen
from desktop.pictures import Visitor
from sync.store import read
from sync.store.handle import Store
from sync.store.read import Record
from tests.desktop.office import BUSINESS, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
DAY_MS = 24 * 3_600_000


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

    for _ in range(3):
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
        ("all", ["received", "issued", "fix", "sent", "back"]),
        ("mine", ["received", "fix", "back"]),
        ("second", []),
        ("by_me", ["back"]),
        ("returned", ["back"]),
        ("to_fetch", ["issued"]),
        ("unsent", ["received", "sent"]),
        ("troubled", ["fix", "back"]),
        ("mark_local", ["received"]),
        ("mark_sent", ["sent"]),
        ("mark_received", []),
        ("mark_durable", ["issued"]),
        ("mark_to_fix", ["fix"]),
        ("mark_conflict", ["back"]),
    ],
)
def test_a_filter_keeps_what_it_says(store: Store, code: str, kept: list[str]) -> None:
    form = store.catalogue.form(BUSINESS)
    records = [
        _record(store, "received", "received", "local"),
        _record(store, "issued", "issued", "durable"),
        _record(store, "fix", "drafted", "to_fix"),
        _record(store, "sent", "void", "sent"),
        _record(store, "back", "returned", "conflict", author=store.operator.name),
    ]

    found = chosen([(record, form) for record in records], code, "", store)

    assert [record.answers["nama"] for record, _ in found] == kept


def test_every_filter_has_a_test_above() -> None:
    plain = {"all", "mine", "second", "by_me", "returned", "to_fetch", "unsent", "troubled"}
    assert set(FILTERS) - {f"{MARK}{mark}" for mark in MARKS} == plain


def test_today_and_this_week_keep_what_was_done_then(store: Store) -> None:
    form = store.catalogue.form(BUSINESS)
    now = store.now()
    monday = store.day().date.weekday()
    records = [
        (_record(store, name, "received", "local", updated=now - days * DAY_MS), form)
        for name, days in (("now", 0), ("monday", monday), ("sunday", monday + 1), ("old", 40))
    ]

    def names(span: str) -> set[str]:
        return {str(one.answers["nama"]) for one, _ in chosen(records, "all", "", store, span)}

    assert names("today") == ({"now"} if monday else {"now", "monday"})
    assert names("week") == {"now", "monday"}
    assert names("ever") == {"now", "monday", "sunday", "old"}


def test_a_filter_is_typed_by_its_beginning_and_the_list_says_how_many_it_left(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    business(store, "Budi Raharja")
    visitor.press(KEY.Key_F4)

    visitor.press(KEY.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    visitor.type("belum diambil")
    visitor.press(KEY.Key_Return)

    assert _titles() == ["Sari Dewi"]
    shown = [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "1 dari 2 berkas" in shown


def _record(
    store: Store, name: str, state: str, sync: str, *, author: str = "", updated: int = 0
) -> Record:
    held: Any = SimpleNamespace(
        answers={"nama": name},
        state=state,
        sync=sync,
        number=None,
        office=store.desk.office.id,
        author=author,
        updated=updated,
    )
    return cast("Record", held)
