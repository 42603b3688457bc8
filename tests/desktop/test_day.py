import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from desktop.app import Application
from desktop.pictures import Visitor
from sync.server.city import clock
from sync.store import read, records
from sync.store.handle import Store
from tests.desktop.office import BUSINESS, FakePrinter, business, copied, somebody

KEY = Qt.Key
DAY_MS = 86_400_000


@pytest.fixture
def wrong() -> int:
    """How many days the clock of this laptop is wrong by."""
    return 0


@pytest.fixture
def store(patterns: dict[str, Path], role: str, tmp_path: Path, wrong: int) -> Iterator[Store]:
    opened = copied(patterns[role], tmp_path / "desk")
    opened.now = lambda: clock() + wrong * DAY_MS
    yield opened
    opened.close()


@pytest.fixture
def line() -> Callable[[], QLineEdit]:
    """Give the line that has the keyboard."""

    def found() -> QLineEdit:
        shown = QApplication.focusWidget()
        assert isinstance(shown, QLineEdit)
        return shown

    return found


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def today(store: Store) -> dt.date:
    return store.date(clock())


def test_nobody_is_asked_while_the_clock_is_right(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    assert "Tanggal berapa" not in shown(desk)
    business(store, "Sari Dewi", issue=True)


@pytest.mark.parametrize("wrong", [10])
def test_at_the_start_enter_takes_the_day_of_a_clock_that_is_plausible(
    store: Store, desk: Application, visitor: Visitor, line: Callable[[], QLineEdit]
) -> None:
    ahead = today(store) + dt.timedelta(days=10)
    assert "Tanggal berapa hari ini?" in shown(desk)
    assert line().text() == f"{ahead:%d-%m-%Y}"

    visitor.press(KEY.Key_Return)

    assert (store.day().date, store.day().doubt) == (ahead, "")
    assert "Tanggal berapa" not in shown(desk)
    assert line().property("role") == "search"


@pytest.mark.parametrize("wrong", [-730, 1826])
def test_a_day_that_no_clock_tells_plausibly_is_typed(
    store: Store, desk: Application, visitor: Visitor, line: Callable[[], QLineEdit]
) -> None:
    # Before the first trip nothing is known of the difference of the clocks but what joining told.
    assert line().text() == ""
    visitor.press(KEY.Key_Return)
    assert "Tulis tanggal lengkap" in shown(desk)
    assert store.day().doubt

    visitor.type(f"{today(store):%d%m%Y}")
    visitor.press(KEY.Key_Return)

    assert (store.day().date, store.day().doubt) == (today(store), "")


@pytest.mark.parametrize("wrong", [-730])
def test_a_day_far_from_what_is_known_needs_a_second_enter(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.type("01012019")
    visitor.press(KEY.Key_Return)
    assert "Enter sekali lagi" in shown(desk)
    assert store.day().doubt

    visitor.press(KEY.Key_Return)
    assert "Tahun 2019" not in shown(desk)
    assert (store.day().date, store.day().doubt) == (dt.date(2019, 1, 1), "")


@pytest.mark.parametrize("wrong", [-730])
def test_esc_puts_the_question_off_and_the_search_works(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    somebody(store, "Rina Wulandari", 7)
    visitor.press(KEY.Key_Escape)
    assert "Tanggal berapa" not in shown(desk)

    visitor.type("rina wul")
    visitor.press(KEY.Key_Return)

    assert "Rina Wulandari" in shown(desk)
    assert store.day().doubt


@pytest.mark.parametrize("wrong", [-730])
def test_a_letter_waits_for_the_day_and_is_issued_and_printed_once_it_is_said(
    store: Store, desk: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    visitor.press(KEY.Key_Escape)
    record = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_F9)
    assert read.record(store, record).state == "approved"
    assert "Tanggal berapa hari ini?" in shown(desk)
    visitor.type(f"{today(store):%d-%m-%Y}")
    visitor.press(KEY.Key_Return)

    done = read.record(store, record)
    assert done.state == "issued"
    assert done.number is not None
    assert [title for title, _ in printer.printed] == [done.number.text]


@pytest.mark.parametrize("wrong", [-730])
def test_one_step_that_bears_a_date_goes_on_after_the_answer(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_Escape)
    record = business(store, "Sari Dewi")
    for action in ("submit", "check", "approve"):
        records.move(store, record, action)
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)

    visitor.press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    visitor.press(KEY.Key_Escape)
    assert read.record(store, record).state == "approved"
    visitor.press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    visitor.type(f"{today(store):%d-%m-%Y}")
    visitor.press(KEY.Key_Return)

    assert read.record(store, record).state == "issued"


@pytest.mark.parametrize("wrong", [-730])
def test_a_form_that_is_issued_at_once_is_saved_once_and_asks(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_Escape)
    record = business(store, "Sari Dewi")
    visitor.press(KEY.Key_F4)
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_F2)

    visitor.press(KEY.Key_F9)
    assert "Tanggal berapa hari ini?" in shown(desk)
    visitor.type(f"{today(store):%d-%m-%Y}")
    visitor.press(KEY.Key_Return)

    assert [one.id for one in read.listing(store, BUSINESS)] == [record]
    assert read.record(store, record).state == "issued"


@pytest.mark.parametrize("wrong", [-730])
def test_a_day_that_was_said_by_slip_is_said_again(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    slip = today(store) + dt.timedelta(days=2)
    visitor.type(f"{slip:%d-%m-%Y}")
    visitor.press(KEY.Key_Return)
    assert store.day().date == slip

    visitor.press(KEY.Key_K, Qt.KeyboardModifier.ControlModifier)
    visitor.type("hari layanan")
    visitor.press(KEY.Key_Return)
    visitor.type(f"{today(store):%d-%m-%Y}")
    visitor.press(KEY.Key_Return)
    assert store.day().date == slip  # It goes back behind what was said: once more.
    visitor.press(KEY.Key_Return)

    assert store.day().date == today(store)
