from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop import numbered
from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pictures import Visitor
from forms.mail import series as post
from sync.store import numbers, read, records
from sync.store.handle import Store
from sync.store.numbers import Explained
from tests.desktop.office import business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SERIES = "surat"


def rows() -> list[str]:
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    found = [focus.entries.entry(row) for row in range(focus.entries.rowCount())]
    return [f"{row.title}: {row.chip}" for row in found if row is not None]


def at_number(visitor: Visitor, title: str) -> None:
    """Go to the row of a number on the page of numbers."""
    visitor.press(KEY.Key_F7)
    visitor.press(KEY.Key_F6)
    names = [row.partition(":")[0] for row in rows()]
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    for _ in range(names.index(title) - focus.currentIndex().row()):
        visitor.press(KEY.Key_Down)


def enter_until(visitor: Visitor, name: str) -> None:
    """Go on through a form until the question of this name has the keyboard."""
    for _ in range(12):
        focus = QApplication.focusWidget()
        if focus is not None and focus.accessibleName().startswith(name):
            return
        visitor.press(KEY.Key_Return)
    raise AssertionError(name)


def year(store: Store) -> int:
    return store.scene().today.year


def state(store: Store, number: int) -> tuple[str, str]:
    one = numbers.explain(store, SERIES, year(store))[number - 1]
    return one.state, one.reason


def test_a_number_is_made_void_with_a_reason(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    at_number(visitor, "Nomor 1")

    visitor.press(KEY.Key_Delete, CTRL)
    assert state(store, 1) == ("issued", "")
    visitor.type("Salah nama")
    visitor.press(KEY.Key_Return)

    assert state(store, 1) == ("void", "Salah nama")


def test_a_number_is_kept_for_a_letter_that_is_written_by_hand(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F7)

    visitor.press(KEY.Key_N, CTRL)
    visitor.type("Listrik padam")
    visitor.press(KEY.Key_S, CTRL)

    assert state(store, 1)[0] == "reserved"
    (kept,) = read.listing(store, post.HANDWRITTEN)
    assert kept.answers["tanggal_surat"] == store.scene().today.isoformat()


def test_a_number_is_inserted_behind_another_and_stands_above_it(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    business(store, "Budi Raharja", issue=True)
    at_number(visitor, "Nomor 1")

    visitor.press(KEY.Key_I, CTRL)
    visitor.type("Surat terlewat")
    enter_until(visitor, "Perihal")
    visitor.type("Izin keramaian")
    visitor.press(KEY.Key_S, CTRL)

    found = numbers.inserted(store, SERIES, year(store))
    assert [(behind, [one.state for one in inner]) for behind, inner in found.items()] == [
        (1, ["reserved"])
    ]
    at_number(visitor, "Nomor 1.1")
    assert [row.partition(":")[0] for row in rows()][-3:] == ["Nomor 2", "Nomor 1.1", "Nomor 1"]


def test_the_head_counts_numbers_by_what_became_of_them(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    records.move(store, business(store, "Sari Dewi", issue=True), "void", reason="Salah nama")
    for name in ("Budi Raharja", "Wulan Sari"):
        business(store, name, issue=True)

    visitor.press(KEY.Key_F7)

    page = desk.window.page()
    assert page is not None
    labels = page.findChildren(QLabel)
    figures = [label.text() for label in labels if label.property("role") == "figure"]
    counted = dict(zip(numbered.SHOWN, figures, strict=True))
    assert counted == {
        "issued": "2",
        "reserved": "0",
        "inserted": "0",
        "void": "1",
        "leased": str(store.region.numbers.block - 3),
        "other_device": "0",
        "skipped": "0",
    }


def test_a_number_that_no_paper_bears_can_be_neither_void_nor_followed() -> None:
    found = numbered.Found((Explained(1, "leased"), Explained(2, "leased")), {}, {})

    (row,) = numbered.rows(found)

    assert (row.value.record, row.value.may_void, row.value.may_insert) == (b"", False, False)
