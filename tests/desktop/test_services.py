import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.form_view.view import FormView
from desktop.look.lists import EntryList
from desktop.pages.counter.services import fitting
from desktop.pictures import Visitor
from sync.store.handle import Store
from tests.desktop.office import BUSINESS, business, somebody

KEY = Qt.Key
TITLES = (
    "Surat Keterangan Usaha",
    "Surat Keterangan Tidak Mampu",
    "Surat Keterangan Domisili Usaha",
    "Surat Kuasa",
)


@pytest.fixture
def citizen(store: Store, visitor: Visitor) -> None:
    """Open a citizen's page."""
    somebody(store, "Sari Dewi", 1)
    visitor.type("sari dewi")
    visitor.rest()
    visitor.press(KEY.Key_Return)


def _listed() -> list[str]:
    shown = QApplication.focusWidget()
    assert isinstance(shown, EntryList)
    rows = (shown.entries.entry(row) for row in range(shown.entries.rowCount()))
    return [entry.title for entry in rows if entry]


def _form(desk: Application) -> FormView:
    return next(view for view in desk.window.findChildren(FormView) if view.isVisible())


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("sktm", [1]),
        ("sk", [3, 0, 1, 2]),
        ("usaha", [0, 2]),
        ("dom usaha", [2]),
        ("mampu", [1]),
        ("misili", [2]),
        ("xyz", []),
    ],
)
def test_a_service_is_meant_by_its_initials_or_the_beginnings_of_its_words(
    typed: str, found: list[int]
) -> None:
    assert fitting(typed, TITLES) == found


@pytest.mark.usefixtures("citizen")
def test_typing_narrows_the_services_and_enter_opens_the_first(
    desk: Application, visitor: Visitor
) -> None:
    visitor.type("sktm")
    assert _listed() == ["Surat Keterangan Tidak Mampu"]

    visitor.press(KEY.Key_Return)

    assert _form(desk).session.form.code == "letters/surat_keterangan_tidak_mampu"


@pytest.mark.usefixtures("citizen")
def test_a_digit_opens_what_bears_it_after_typing(desk: Application, visitor: Visitor) -> None:
    visitor.type("usaha")
    second = _listed()[1]

    visitor.press(KEY.Key_2)

    assert _form(desk).session.form.title == second


@pytest.mark.usefixtures("citizen")
def test_backspace_brings_the_services_back_even_where_none_fits(visitor: Visitor) -> None:
    everything = _listed()
    visitor.type("xq")
    assert _listed() == []

    visitor.press(KEY.Key_Backspace)
    visitor.press(KEY.Key_Backspace)

    assert _listed() == everything


def test_the_services_most_used_of_late_stand_first(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Budi Raharja")
    somebody(store, "Sari Dewi", 1)

    visitor.type("sari dewi")
    visitor.rest()
    visitor.press(KEY.Key_Return)

    assert _listed()[0] == store.catalogue.form(BUSINESS).title


def test_the_very_title_goes_before_one_that_has_more_words() -> None:
    titles = ("Surat Keterangan Domisili Usaha", "Surat Keterangan Domisili")

    assert fitting("surat keterangan domisili", titles) == [1, 0]
