import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.app import Application
from desktop.frame.closing import Answer, ClosingDialog
from desktop.frame.fault import FaultDialog
from desktop.frame.keys import KeysSheet
from desktop.frame.palette import Palette
from desktop.look.tokens import Theme
from desktop.notices import Notice, Tone
from desktop.pages.page import Page
from desktop.pages.sign_in import SignIn
from desktop.pictures import Visitor
from sync.store import status
from sync.store.handle import Store
from tests.desktop.office import business, somebody
from tests.tour.reading import cut

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
PAGES = {
    "counter": KEY.Key_F3,
    "records": KEY.Key_F4,
    "sync": KEY.Key_F5,
    "numbers": KEY.Key_F7,
    "check": KEY.Key_F12,
    "import": KEY.Key_F8,
    "settings": KEY.Key_F10,
}
LAPTOP = (1366, 728)


def test_every_page_has_its_key_and_takes_the_keyboard(desk: Application, visitor: Visitor) -> None:
    for code, key in reversed(PAGES.items()):
        visitor.press(key)

        page, focus = desk.window.page(), QApplication.focusWidget()
        assert page is not None, code
        assert focus is not None, code
        assert page.isAncestorOf(focus), code


def test_no_page_cuts_its_words_at_twice_the_size_of_text(
    desk: Application, visitor: Visitor
) -> None:
    desk.look.wear(scale=2.0)
    desk.window.resize(*LAPTOP)
    cuts = {}
    for code, key in PAGES.items():
        visitor.press(key)
        cuts[code] = cut(desk.window)

    assert (desk.window.width(), desk.window.height()) == LAPTOP
    assert cuts == {code: [] for code in PAGES}


def test_f6_goes_round_all_parts_of_a_page(desk: Application, visitor: Visitor) -> None:
    for code, key in PAGES.items():
        visitor.press(key)
        page = desk.window.page()
        assert isinstance(page, Page)
        parts = [part for part in page.panes() if part.isVisible()]

        visited = set()
        for _ in range(len(parts) + 1):
            visitor.press(KEY.Key_F6)
            focus = QApplication.focusWidget() or desk.window
            visited |= {
                at for at, part in enumerate(parts) if part is focus or part.isAncestorOf(focus)
            }

        assert visited == set(range(len(parts))), code


def test_the_palette_finds_an_action_by_part_of_its_name(
    desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_K, CTRL)
    visitor.type("setel")
    visitor.press(KEY.Key_Return)

    assert "Setelan" in [
        label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()
    ]


def test_the_palette_searches_for_people_too(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Sari Dewi", 1)
    visitor.press(KEY.Key_F10)

    visitor.press(KEY.Key_K, CTRL)
    visitor.type("sari dewi")
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_Return)

    assert "Sari Dewi" in [
        label.text() for label in desk.window.findChildren(QLabel) if label.isVisible()
    ]


def test_esc_closes_the_palette_and_the_keyboard_is_where_it_was(
    desk: Application, visitor: Visitor
) -> None:
    before = QApplication.focusWidget()

    visitor.press(KEY.Key_K, CTRL)
    visitor.press(KEY.Key_Escape)

    assert QApplication.focusWidget() is before
    assert not any(palette.isVisible() for palette in desk.window.findChildren(Palette))


def test_esc_leads_from_every_page_to_the_counter(desk: Application, visitor: Visitor) -> None:
    visitor.press(KEY.Key_F8)

    visitor.press(KEY.Key_Escape)

    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.property("role") == "search"


def test_text_grows_and_shrinks_by_keys(desk: Application, visitor: Visitor) -> None:
    visitor.press(KEY.Key_Plus, CTRL)
    assert desk.look.tokens.scale == 1.15

    visitor.press(KEY.Key_Minus, CTRL)
    assert desk.look.tokens.scale == 1.0


def test_the_ground_changes_by_a_key_and_is_remembered(
    desk: Application, visitor: Visitor, store: Store
) -> None:
    from desktop.look import kept

    visitor.press(KEY.Key_T, CTRL)

    assert desk.look.tokens.theme is Theme.DARK
    assert kept.read(store.folder) == (Theme.DARK, 1.0, "id")


def test_after_locking_the_window_shows_nothing_of_anybody(
    store: Store, desk: Application, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(store, "close", lambda: closed.append(1))
    somebody(store, "Sari Dewi", 1)
    visitor.type("sari")
    visitor.rest()

    visitor.press(KEY.Key_L, CTRL)
    visitor.rest(lambda: bool(closed))

    shown = " ".join(
        str(widget.property("text") or "") for widget in desk.window.findChildren(QWidget)
    )
    assert isinstance(desk.window.gate(), SignIn)
    assert "Sari" not in shown.replace(store.operator.name, "")
    assert desk.work is None


def test_the_sync_line_says_what_is_only_here(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi")
    assert desk.work is not None

    desk.work.look()
    visitor.rest()

    pending = status.status(store).pending
    said = [button.text() for button in desk.window.findChildren(QPushButton)]
    assert any(text.startswith(f"{pending} perubahan menunggu") for text in said)


def test_closing_says_what_is_only_here_and_never_keeps_anybody(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    business(store, "Sari Dewi")
    dialog = ClosingDialog(desk.window, status.status(store))

    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "hanya ada di laptop ini" in said
    assert {button.text() for button in dialog.findChildren(QPushButton)} == {
        "Kembali", "Salin ke USB", "Kirim dulu", "Tutup saja",
    }  # fmt: skip
    assert not Answer.STAY


def test_closing_says_when_it_is_safe(store: Store, desk: Application) -> None:
    found = status.status(store)
    assert found.safe_to_close

    dialog = ClosingDialog(desk.window, found)

    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Aman dimatikan" in said


def test_a_fault_shows_its_details_to_copy(desk: Application) -> None:
    dialog = FaultDialog(desk.window, Notice(Tone.DANGER, "Ada kesalahan.", "Traceback: x"))

    dialog._copy()

    assert QApplication.clipboard().text() == "Traceback: x"


def test_f1_lists_every_key_once(desk: Application, visitor: Visitor) -> None:
    sheet = KeysSheet(desk.window, desk.window.deeds())

    labels = sheet.findChildren(QLabel)
    keys = [label.text() for label in labels if label.property("role") == "key"]
    assert {"F3", "F4", "Ctrl+K", "Ctrl+L", "Enter"} <= set(keys)
    assert len(keys) == len(set(keys))


def test_a_refusal_is_told_in_a_banner_that_leaves_the_keyboard_alone(
    desk: Application, visitor: Visitor
) -> None:
    before = QApplication.focusWidget()

    desk.notices.say("sync.no_line", Tone.CARE)
    visitor.rest()

    assert QApplication.focusWidget() is before
    labels = desk.window.findChildren(QLabel)
    assert [label for label in labels if label.isVisible() and "USB" in label.text()]
