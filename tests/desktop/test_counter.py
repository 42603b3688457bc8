import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.look.lists import EntryList
from desktop.pages.counter.citizen import CitizenPane
from desktop.panes.form import FormPane
from desktop.panes.paper import PaperView
from desktop.pictures import Visitor
from sync.store import drafts, numbers, read
from sync.store.handle import Store
from tests.desktop.office import (
    BUSINESS,
    RESIDENT,
    FakeFiles,
    FakePrinter,
    business,
    choose,
    somebody,
)

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def _listed() -> EntryList:
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    return focus


def _hits(desk: Application) -> list[str]:
    shown = next(w for w in desk.window.findChildren(EntryList) if w.is_steered and w.isVisible())
    return [
        entry.title
        for row in range(shown.entries.rowCount())
        if (entry := shown.entries.entry(row))
    ]


def _form(desk: Application) -> FormView:
    return next(view for view in desk.window.findChildren(FormView) if view.isVisible())


def _fill_business(visitor: Visitor) -> None:
    for text in ("Warung Sari", "Sembako", "47112", "Jl. Kenari 3", "2019", "", "Kredit"):
        visitor.type(text)
        visitor.press(KEY.Key_Return)
    for _ in range(3):
        visitor.press(KEY.Key_Space)
        visitor.press(KEY.Key_Return)


def _open_business(visitor: Visitor, name: str) -> None:
    visitor.type(name)
    visitor.rest()
    visitor.press(KEY.Key_Return)
    choose(visitor, BUSINESS)


def test_typing_finds_people_by_name_and_by_nik(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    somebody(store, "Budi Raharja", 2)

    visitor.type("sari")
    visitor.rest()
    assert _hits(desk) == ["Sari Dewi", "Warga baru: sari"]

    visitor.press(KEY.Key_A, CTRL)
    visitor.type(str(read.find(store, "Budi")[0].answers["nik"]))
    visitor.rest()
    assert _hits(desk)[0] == "Budi Raharja"


def test_enter_before_the_answer_opens_whom_was_typed_and_not_whom_was_found_before(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    somebody(store, "Budi Raharja", 2)
    visitor.type("sari")
    visitor.rest()

    visitor.press(KEY.Key_A, CTRL)
    visitor.type("budi")
    visitor.press(KEY.Key_Return)

    (pane,) = (p for p in desk.window.findChildren(CitizenPane) if p.isVisible())
    assert pane.citizen is not None
    assert pane.citizen.record.answers["nama"] == "Budi Raharja"


def test_arrows_choose_among_the_hits_while_the_keyboard_stays_in_the_box(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    for serial, name in enumerate(("Sari Ayu", "Sari Dewi"), 1):
        somebody(store, name, serial)

    visitor.type("sari")
    visitor.rest()
    visitor.press(KEY.Key_Down)
    visitor.type(" ")
    visitor.press(KEY.Key_Backspace)
    visitor.press(KEY.Key_Down)
    visitor.press(KEY.Key_Return)

    assert "Sari Dewi" in _said(desk)


def test_a_digit_begins_the_service_that_bears_it(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    visitor.type("sari")
    visitor.rest()
    visitor.press(KEY.Key_Return)
    second = _listed().entries.entry(1)

    visitor.press(KEY.Key_2)

    assert second is not None
    assert _form(desk).session.form.code == second.value


def test_a_service_begins_with_the_citizens_data_filled_in(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)

    _open_business(visitor, "sari dewi")

    form = _form(desk)
    assert form.session.form.code == BUSINESS
    assert form.session.answers["nama"] == "Sari Dewi"
    assert form.row("nama_usaha").isAncestorOf(QApplication.focusWidget() or desk.window)
    assert form.row("nama").isHidden()


def test_the_paper_beside_the_form_follows_what_is_typed(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    paper = next(view for view in desk.window.findChildren(PaperView) if view.isVisible())
    visitor.rest(lambda: paper.pages > 0)
    before = paper.grab().toImage()

    visitor.type("Warung Sari")
    visitor.rest(lambda: paper.grab().toImage() != before)

    assert paper.pages == 1


def test_f9_saves_issues_and_prints_in_one_stroke(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    citizen = somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    _fill_business(visitor)

    visitor.press(KEY.Key_F9)
    visitor.rest(lambda: bool(printer.printed))

    (letter,) = read.of_subject(store, citizen)
    assert letter.state == "issued"
    assert letter.number is not None
    assert printer.printed[0][0] == letter.number.text
    assert len(printer.printed[0][1]) == 1
    assert any(letter.number.text in said for said in heard)


def test_a_second_print_is_a_counted_copy(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: len(printer.printed) == 1)
    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: len(printer.printed) == 2)

    assert printer.printed[0][1] != printer.printed[1][1]
    assert heard[-1].startswith("Salinan ke-1")


def test_enter_after_the_last_answer_goes_to_the_button_and_issues_nothing_yet(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    citizen = somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    _fill_business(visitor)
    for _ in range(2):
        visitor.press(KEY.Key_Return)
    assert read.of_subject(store, citizen) == []

    visitor.press(KEY.Key_Return)
    visitor.rest(lambda: bool(printer.printed))

    assert [letter.state for letter in read.of_subject(store, citizen)] == ["issued"]


def test_a_printer_that_fails_leaves_the_letter_issued(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    record = business(store, "Sari Dewi", issue=True)
    printer.broken = True
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_P, CTRL)
    visitor.rest(lambda: bool(heard))

    assert "Printer" in heard[-1]
    assert read.record(store, record).state == "issued"


def test_the_pdf_is_saved_where_the_clerk_says(
    store: Store, desk: Application, visitor: Visitor, files: FakeFiles, tmp_path: object
) -> None:
    business(store, "Sari Dewi", issue=True)
    files.named = desk._folder / "surat.pdf"
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_E, CTRL)
    visitor.rest(files.named.exists)

    assert files.named.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("role", ["petugas"])
def test_who_may_not_issue_hands_the_letter_on(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter, heard: list[str]
) -> None:
    citizen = somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    _fill_business(visitor)

    visitor.press(KEY.Key_F9)

    (letter,) = read.of_subject(store, citizen)
    assert letter.state == "drafted"
    assert letter.number is None
    assert printer.printed == []
    assert heard[-1].endswith("Diajukan.")


def test_an_unfinished_letter_is_not_saved_and_shows_what_is_missing(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    citizen = somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")

    visitor.press(KEY.Key_F9)

    assert read.of_subject(store, citizen) == []
    assert _form(desk).row("nama_usaha").told
    assert _form(desk).row("keperluan").told


def test_esc_goes_back_and_what_was_typed_is_there_again(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    visitor.type("Warung Sari")

    visitor.press(KEY.Key_Escape)
    visitor.rest(lambda: bool(drafts.listing(store)))
    assert not [pane for pane in desk.window.findChildren(FormPane) if pane.isVisible()]

    choose(visitor, BUSINESS)
    assert _form(desk).session.answers["nama_usaha"] == "Warung Sari"


def test_a_draft_is_kept_while_typing_and_found_at_the_start(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")

    visitor.type("Warung Sari")
    visitor.rest(lambda: bool(drafts.listing(store)))
    visitor.press(KEY.Key_F3)
    visitor.press(KEY.Key_A, CTRL)
    visitor.press(KEY.Key_Delete)
    visitor.press(KEY.Key_F6)
    entry = _listed().chosen()

    assert entry is not None
    assert (entry.title, entry.detail) == ("Sari Dewi", "Surat Keterangan Usaha")
    visitor.press(KEY.Key_Return)
    assert _form(desk).session.answers["nama_usaha"] == "Warung Sari"


def test_a_saved_form_leaves_no_draft(store: Store, desk: Application, visitor: Visitor) -> None:
    somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    _fill_business(visitor)
    visitor.rest(lambda: bool(drafts.listing(store)))

    visitor.press(KEY.Key_S, CTRL)

    assert drafts.listing(store) == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Sari Dewi", "nama"),
        ("9901015608900001", "nik"),
        ("0812-3456-7890", "telepon"),
    ],
)
def test_what_was_searched_in_vain_is_carried_into_a_new_citizen(
    desk: Application, visitor: Visitor, typed: str, key: str
) -> None:
    visitor.type(typed)
    visitor.rest()

    visitor.press(KEY.Key_Return)

    assert _form(desk).session.raw[key] == typed


def test_name_nik_and_telephone_that_were_typed_in_one_go_stand_in_their_own_fields(
    desk: Application, visitor: Visitor
) -> None:
    visitor.type("Budi 3 Santoso 081234567890 9901015608900001")
    visitor.rest()

    visitor.press(KEY.Key_Return)

    raw = _form(desk).session.raw
    assert raw["nama"] == "Budi 3 Santoso"
    assert raw["telepon"] == "081234567890"
    assert raw["nik"] == "9901015608900001"


def test_a_new_citizen_is_saved_and_their_page_opens(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_N, CTRL)
    visitor.press(KEY.Key_Return)
    visitor.type("Sari Dewi")
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_S, CTRL)

    assert [record.answers["nama"] for record in read.listing(store, RESIDENT)] == ["Sari Dewi"]
    assert "Sari Dewi" in _said(desk)
    assert isinstance(QApplication.focusWidget(), EntryList)


def test_a_nik_that_is_in_use_is_taken_with_a_reason_only(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    nik = str(read.listing(store, RESIDENT)[0].answers["nik"])
    visitor.press(KEY.Key_N, CTRL)
    visitor.type(nik)
    visitor.press(KEY.Key_Return)
    visitor.type("Sari Dewi Kembar")

    visitor.press(KEY.Key_S, CTRL)
    assert len(read.listing(store, RESIDENT)) == 1

    visitor.type("NIK ganda dari SIAK")
    visitor.press(KEY.Key_S, CTRL)
    assert len(read.listing(store, RESIDENT)) == 2


def test_f2_changes_a_citizens_data(store: Store, desk: Application, visitor: Visitor) -> None:
    somebody(store, "Sari Dewi", 1)
    visitor.type("sari")
    visitor.rest()
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_F2)
    form = _form(desk)
    form.row("telepon").editor.setFocus(Qt.FocusReason.TabFocusReason)
    visitor.type("081234567890")
    visitor.press(KEY.Key_S, CTRL)

    assert read.listing(store, RESIDENT)[0].answers["telepon"] == "081234567890"
    assert "081234567890" in _said(desk)


def test_ctrl_d_repeats_what_the_letter_before_said(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    _open_business(visitor, "sari dewi")
    _fill_business(visitor)
    visitor.press(KEY.Key_S, CTRL)

    visitor.press(KEY.Key_Escape)
    choose(visitor, BUSINESS)
    visitor.press(KEY.Key_D, CTRL)

    assert _form(desk).session.answers["nama_usaha"] == "Warung Sari"


def test_every_issued_number_is_explained(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi", issue=True)
    visitor.press(KEY.Key_F7)
    series = next(
        numbers.series_of(form, store.region)
        for form in store.catalogue.forms.values()
        if form.code == BUSINESS
    )

    explained = numbers.explain(store, series, store.scene().today.year)

    assert explained[0].state == "issued"


def _said(desk: Application) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in desk.window.findChildren(QLabel) if label.isVisible())
