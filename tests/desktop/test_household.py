from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.look.lists import EntryList
from desktop.pages.counter.citizen import CitizenPane
from desktop.pictures import Visitor
from sync.store import read
from sync.store.handle import Store
from tests.desktop.office import RESIDENT, somebody

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
CARD = "9901010107170001"


def _family(store: Store) -> None:
    somebody(store, "Rara Dewi", 3, nomor_kk=CARD, shdk="4", tanggal_lahir="2015-06-01")
    somebody(store, "Sari Dewi", 1, nomor_kk=CARD, shdk="1", rt="007")
    somebody(store, "Budi Raharja", 2, nomor_kk=CARD, shdk="2")
    somebody(store, "Tono Tetangga", 4, nomor_kk="9901010107170002", shdk="1")


def _open(visitor: Visitor, name: str) -> None:
    visitor.type(name)
    visitor.rest()
    visitor.press(KEY.Key_Return)


def _shown(desk: Application) -> str:
    (pane,) = (p for p in desk.window.findChildren(CitizenPane) if p.isVisible())
    assert pane.citizen is not None
    return str(pane.citizen.record.answers["nama"])


def _household() -> list[str]:
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    rows = (focus.entries.entry(row) for row in range(focus.entries.rowCount()))
    return [f"{entry.title}, {entry.aside.partition(' · ')[0]}" for entry in rows if entry]


def test_a_citizens_page_lists_the_family_as_the_card_does(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    _family(store)
    _open(visitor, "rara")

    visitor.press(KEY.Key_F6)

    assert _household() == ["Sari Dewi, Kepala Keluarga", "Budi Raharja, Suami"]


def test_enter_opens_a_relative_and_esc_leads_back_the_same_way(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    _family(store)
    _open(visitor, "rara")
    visitor.press(KEY.Key_F6)
    visitor.press(KEY.Key_Return)
    assert _shown(desk) == "Sari Dewi"

    visitor.press(KEY.Key_Escape)
    assert _shown(desk) == "Rara Dewi"
    visitor.press(KEY.Key_Escape)
    assert not [pane for pane in desk.window.findChildren(CitizenPane) if pane.isVisible()]


def test_a_further_member_begins_with_the_familys_card_and_address(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    _family(store)
    _open(visitor, "sari")

    visitor.press(KEY.Key_M, CTRL)
    form = next(view for view in desk.window.findChildren(FormView) if view.isVisible())
    begun = dict(form.session.answers)
    form.row("nama").editor.setFocus(Qt.FocusReason.TabFocusReason)
    visitor.type("Bayi Sari")
    visitor.press(KEY.Key_S, CTRL)

    sari = next(r for r in read.listing(store, RESIDENT) if r.answers["nama"] == "Sari Dewi")
    shared = ("nomor_kk", "alamat", "rt", "rw", "kelurahan")
    assert {key for key, value in begun.items() if value is not None} == set(shared)
    (born,) = (r for r in read.listing(store, RESIDENT) if r.answers["nama"] == "Bayi Sari")
    assert [born.answers[key] for key in shared] == [sari.answers[key] for key in shared]


def test_who_has_no_card_has_no_household(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1, nomor_kk=None)
    somebody(store, "Budi Raharja", 2, nomor_kk=None)
    _open(visitor, "sari")

    said = [label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()]
    assert "Belum ada anggota lain pada kartu keluarga ini." in said
