"""The queue at the desk, by keyboard alone."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.key_card import gathered
from desktop.pages.counter.citizen import CitizenPane
from desktop.pages.queue.page import QueuePage
from desktop.pictures import Visitor
from desktop.waiting_room import WaitingRoom
from forms.engine.words import say
from forms.queue.tickets import Ticket
from sync.store import queue_board, queue_desk
from sync.store.handle import Store
from sync.store.queue_desk import Counter
from tests.desktop.office import FakePrinter, somebody

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(desk: Application, visitor: Visitor) -> QueuePage:
    visitor.press(KEY.Key_F3, SHIFT)
    shown = desk.window.page()
    assert isinstance(shown, QueuePage)
    return shown


def tickets(store: Store) -> list[Ticket]:
    return list(queue_board.read(store).tickets)


def told(store: Store) -> list[tuple[str, str, str]]:
    return [(t.number, t.priority, t.state) for t in tickets(store)]


def rooms() -> list[WaitingRoom]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, WaitingRoom)]


def test_a_number_takes_one_key_or_two_and_whoever_is_first_one_more(
    store: Store, page: QueuePage, visitor: Visitor, heard: list[str]
) -> None:
    for key in (KEY.Key_A, KEY.Key_1, KEY.Key_B, KEY.Key_2, KEY.Key_Escape, KEY.Key_A):
        visitor.press(key)
    assert heard[-1] == say("queue.taken", number="A-002")
    for _ in range(2):  # who has priority is called first; nobody else before they came
        visitor.press(KEY.Key_F2)
    assert heard[-1] == say("queue_called", number="B-001")
    visitor.press(KEY.Key_Return, CTRL)
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_F9)

    assert told(store) == [
        ("A-001", "", "called"),
        ("B-001", "lansia", "done"),
        ("A-002", "", "waiting"),
    ]
    assert tickets(store)[0].calls == 2


def test_who_is_missed_waits_again_and_who_is_served_is_passed_on(
    store: Store, page: QueuePage, visitor: Visitor
) -> None:
    for key in (KEY.Key_A, KEY.Key_F2, KEY.Key_Delete):
        visitor.press(key)
    (back,) = tickets(store)
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_Return, CTRL)
    visitor.press(KEY.Key_M, CTRL)
    visitor.press(KEY.Key_C)  # finds the group in the list, and takes no number
    visitor.press(KEY.Key_Return)

    before, after = tickets(store)
    assert (back.state, back.missed) == ("waiting", 1)
    assert (before.state, after.state) == ("moved", "waiting")
    assert (after.number, after.group) == ("A-001", "C")


def test_a_number_taken_at_a_citizens_page_opens_that_page_when_it_is_called(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    person = somebody(store, "Ratna Kartika", 7)
    visitor.press(KEY.Key_F3)
    visitor.type("ratna kartika")
    visitor.rest()
    visitor.press(KEY.Key_Return)
    visitor.press(KEY.Key_B, ALT)
    assert heard[-1] == say("queue.taken", number="B-001")
    shown = desk.window.page()
    visitor.press(KEY.Key_Escape)
    visitor.press(KEY.Key_F3, SHIFT)
    visitor.press(KEY.Key_F2)
    visitor.press(KEY.Key_O, CTRL)

    assert [(t.number, t.subject, t.state) for t in tickets(store)] == [("B-001", person, "called")]
    assert desk.window.page() is shown
    (pane,) = desk.window.findChildren(CitizenPane)
    assert pane.isVisible()
    assert pane.citizen is not None
    assert pane.citizen.record.id == person


def test_the_key_card_names_the_keys_between_a_number_and_its_citizen(desk: Application) -> None:
    assert desk.work is not None
    card = [row for group in gathered(desk.work._pages, []) for row in group.rows]

    assert ("Alt+B", say("queue.take_for", letter="B", name="Kependudukan")) in card
    assert ("Ctrl+O", say("queue.citizen")) in card


def test_the_waiting_room_reads_along_and_comes_back_from_an_unplugged_screen(
    store: Store, desk: Application, page: QueuePage, visitor: Visitor, heard: list[str]
) -> None:
    visitor.press(KEY.Key_E, CTRL)
    visitor.type("Loket Abu 2")
    visitor.press(KEY.Key_S, CTRL)
    visitor.press(KEY.Key_W, CTRL)
    (room,) = rooms()
    visitor.press(KEY.Key_A)
    visitor.press(KEY.Key_F2)

    assert queue_desk.counter(store) == Counter(name="Loket Abu 2", shows_room=True)
    called = say("queue.said", number="A-001", counter="Loket Abu 2")
    assert room.accessibleDescription() == called
    screen = desk.window.screen()
    room._screen = screen  # as if it had filled a second one
    room._screen_gone(screen)
    assert heard[-1] == say("queue.unplugged")
    assert room.isVisible()
    assert screen.availableGeometry().contains(room.geometry().topLeft())
    visitor.press(KEY.Key_W, CTRL)
    visitor.rest(lambda: not rooms())


def test_a_ticket_is_printed_on_what_is_there_and_its_number_holds_without(
    store: Store,
    page: QueuePage,
    visitor: Visitor,
    printer: FakePrinter,
    tmp_path: Path,
    heard: list[str],
) -> None:
    roll = tmp_path / "rol"
    queue_desk.adopt(store, Counter(printer=str(roll), width=80))
    visitor.press(KEY.Key_A)
    once = roll.read_bytes()
    visitor.press(KEY.Key_P, CTRL)
    queue_desk.adopt(store, Counter(printer="/nowhere/lp0"))
    visitor.press(KEY.Key_A)
    queue_desk.adopt(store, Counter(printer="paper"))
    visitor.press(KEY.Key_A)

    assert b"A-001\n" in once
    assert roll.read_bytes() == once * 2
    assert heard == [say("queue.printer_away", number="A-002")]
    assert [title for title, _ in printer.printed] == ["A-003"]
    assert [t.state for t in tickets(store)] == ["waiting"] * 3
