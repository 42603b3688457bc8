"""The window in another language: chosen by keyboard, at once, kept for who chose it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)

from desktop.app import Application
from desktop.look import kept
from desktop.look.look import Look
from desktop.look.tokens import Theme
from desktop.pages.gate import Gate
from desktop.pictures import Visitor
from desktop.tongue import Tongue, code
from desktop.waiting_room import WaitingRoom
from forms.engine import words
from sync.store import queue_desk, records
from sync.store.handle import Store
from sync.store.queue_desk import Counter
from tests.desktop.office import FakePrinter, business, somebody
from tests.desktop.test_window import LAPTOP, PAGES
from tests.scale import WHOLE
from tests.tour.reading import cut

KEY = Qt.Key
SMALL = (1093, 580)
SIZES = [(SMALL, 1.0), (LAPTOP, 2.0)] if WHOLE else [(SMALL, 1.0)]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _everybody_else_is_spoken_to_as_before() -> Iterator[None]:
    yield
    words.speak(words.OFFICIAL)
    QLocale.setDefault(QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia))


def pages(desk: Application) -> list[str]:
    assert desk.window._rail is not None
    return [action.text() for action in desk.window._rail.deeds()]


def change(visitor: Visitor) -> None:
    visitor.press(KEY.Key_B, CTRL | SHIFT)


def test_the_language_is_changed_by_a_key_at_once_and_back(
    desk: Application, visitor: Visitor
) -> None:
    before = pages(desk)

    change(visitor)
    assert "Settings" in pages(desk)
    assert desk.window.everywhere()[-1].text() == "Lock"

    change(visitor)
    assert pages(desk) == before


def test_the_language_is_chosen_on_the_settings_page(desk: Application, visitor: Visitor) -> None:
    visitor.press(KEY.Key_F10)
    for _ in range(8):
        visitor.press(KEY.Key_Tab)
        here = QApplication.focusWidget()
        if here is not None and here.accessibleName().startswith(words.say("settings.language")):
            break
    visitor.press(KEY.Key_2)

    assert words.language() == "en"
    assert desk.window.here == "settings"


def test_the_language_is_kept_for_who_chose_it_and_for_the_gate(
    desk: Application, visitor: Visitor, store: Store
) -> None:
    change(visitor)

    assert store.setting("languages", dict[str, str]) == {store.operator.id.hex(): "en"}
    assert kept.read(store.folder) == (Theme.LIGHT, 1.0, "en")


def test_who_chose_a_language_is_spoken_to_in_it_after_signing_in(
    desk: Application, visitor: Visitor, store: Store
) -> None:
    change(visitor)
    work, desk.work = desk.work, None
    assert work is not None
    work.leave()
    desk._say_in("id")

    desk.enter(store)

    assert words.language() == "en"
    assert "Counter" in pages(desk)


def test_what_was_typed_is_there_in_the_other_language(desk: Application, visitor: Visitor) -> None:
    visitor.type("sulastri")
    visitor.press(KEY.Key_N, CTRL)
    visitor.type("3")
    before = drafts(desk)

    change(visitor)

    assert before == 0
    assert drafts(desk) == 1


def test_the_waiting_room_reads_the_official_language_whatever_the_operator_reads(
    qapp: QApplication, look: Look
) -> None:
    beside = QWidget()
    room = WaitingRoom(look, "Kelurahan Teladan", beside)
    before = room.grab().toImage()

    with words.speaking("en"):
        assert room.grab().toImage() == before


def test_a_ticket_is_printed_in_the_official_language_whatever_the_operator_reads(
    desk: Application, visitor: Visitor, store: Store, printer: FakePrinter
) -> None:
    queue_desk.adopt(store, Counter(printer="paper"))
    change(visitor)
    visitor.press(KEY.Key_F3, SHIFT)
    visitor.press(KEY.Key_E, CTRL)
    buttons = desk.window.findChildren(QAbstractButton)
    [trial] = [one for one in buttons if one.isVisible() and plain(one.text()) == "Print sample"]
    trial.click()
    visitor.rest(lambda: bool(printer.printed))

    assert printer.printed[-1][0] == "CONTOH"


def drafts(desk: Application) -> int:
    assert desk.work is not None
    return desk.work._counter._start._drafts.rows.model().rowCount()


def test_the_card_of_keys_still_has_its_key_in_the_other_language(
    desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    change(visitor)
    visitor.press(KEY.Key_F1, SHIFT)
    visitor.rest(lambda: bool(printer.printed))

    assert printer.printed[-1][0] == "Keys of Teras"


def test_the_gate_changes_its_language_too(desk: Application, visitor: Visitor) -> None:
    visitor.press(KEY.Key_L, CTRL)
    change(visitor)

    gate = desk.window.gate()
    assert isinstance(gate, Gate)
    assert "Operator name" in [edit.accessibleName() for edit in gate.findChildren(QLineEdit)]


@pytest.mark.parametrize(("size", "scale"), SIZES, ids=str)
def test_every_page_is_whole_in_the_other_language(
    store: Store, desk: Application, visitor: Visitor, size: tuple[int, int], scale: float
) -> None:
    """Nothing is cut, and nothing is left that the words have in it."""
    made = [somebody(store, "Sari Dewi", 1), business(store, "Sari Dewi", issue=True)]
    data = set(recorded(store, made))
    desk.look.wear(scale=scale)
    desk.window.resize(*size)
    change(visitor)
    faults: dict[str, list[str]] = {}

    def look(place: str) -> None:
        faults[place] = [*cut(desk.window), *strange(desk.window, data)]

    for place, key in (PAGES | {"registers": KEY.Key_F11}).items():
        visitor.press(key)
        look(place)
    visitor.press(KEY.Key_F11, SHIFT)
    look("reports")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    look("letter")
    visitor.press(KEY.Key_F3)
    visitor.press(KEY.Key_N, CTRL)
    look("form")

    assert {place: found for place, found in faults.items() if found} == {}


def recorded(store: Store, made: list[bytes]) -> Iterator[str]:
    """Every text that somebody typed; it stays as it is, though a word may read the same."""
    with store.read() as conn:
        for record in made:
            case, _ = records.find(store, conn, record)
            yield from (text for text in case.answers.values() if isinstance(text, str))


def strange(root: QWidget, data: set[str]) -> list[str]:
    """Name the words in sight that are Indonesian though there are English ones."""
    theirs = {plain(text) for text in words.texts("en").values()}
    theirs |= set(words.of_forms("en").values())
    ours = {plain(text) for text in words.texts("id").values()} | set(words.of_forms("en"))
    return sorted({text for text in map(plain, seen(root)) if text in ours - theirs - data})


def seen(root: QWidget) -> Iterator[str]:
    for widget in root.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield widget.accessibleName()
        yield widget.accessibleDescription()
        yield widget.toolTip()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit):
            yield widget.placeholderText()
            yield widget.text()
        elif isinstance(widget, QAbstractItemView):
            yield from shown(widget)


def shown(view: QAbstractItemView) -> Iterator[str]:
    """What stands in a list or table, and what is read aloud of it."""
    model, root = view.model(), QModelIndex()
    columns = model.columnCount(root) if isinstance(view, QTableView) else 1
    for row in range(min(model.rowCount(root), 20)):
        for column in range(columns):
            said = model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)
            yield from str(said or "").split(", ")
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")


def plain(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip(" *")


@pytest.mark.parametrize(("language", "first"), [("id", "&Urungkan"), ("en", "&Undo")])
def test_the_menu_of_a_line_is_in_the_language(
    qapp: QApplication, look: Look, language: str, first: str
) -> None:
    tongue = Tongue(qapp, look)
    tongue.speak(language)
    line = QLineEdit()

    said = [action.text().partition("\t")[0] for action in _menu(line)]

    assert said[0] == first
    qapp.removeTranslator(tongue._own)


def _menu(line: QLineEdit) -> list[QAction]:
    menu = line.createStandardContextMenu()
    menu.setParent(line)
    return menu.actions()


@pytest.mark.parametrize(
    ("said", "wanted"), [("Cu&t", "cut"), ("All Files (*)", "all_files"), ("Look &in:", "look_in")]
)
def test_what_qt_says_has_a_code(said: str, wanted: str) -> None:
    assert code(said) == wanted
