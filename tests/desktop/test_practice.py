"""Practice mode through the window: seen as practice everywhere, and apart from what is real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFrame, QLabel

from desktop.app import Application
from desktop.pictures import Visitor
from desktop.waiting_room import WaitingRoom
from sync.practice import room
from sync.store import queue_desk
from sync.store.keystore import NoKeystore
from sync.store.queue_desk import Counter
from tests.desktop.office import FakeFiles, FakePrinter, copied

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where somebody has practised before; the room is made once for all tests."""
    from sync.server.city import clock

    folder = tmp_path_factory.mktemp("practice") / "desk"
    room.enter(folder, clock).close()
    return folder


@pytest.fixture
def folder(pattern: Path, patterns: dict[str, Path]) -> Path:
    """An enrolled desk of its own, beside a room that is there."""
    if not pattern.exists():
        copied(patterns["kepala"], pattern).close()
    return pattern


@pytest.fixture
def application(qapp: QApplication, folder: Path, printer: FakePrinter) -> Iterator[Application]:
    made = Application(
        qapp, folder, printer=printer, files=FakeFiles(), keystore=NoKeystore(), travels=False
    )
    made.window.resize(QSize(1093, 580))
    made.open()
    yield made
    made.finish()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def visitor(application: Application, tmp_path: Path) -> Visitor:
    made = Visitor(application.window, application.tasks, tmp_path, quiet=3)
    made.rest()
    made.press(KEY.Key_F1, CTRL)
    made.rest(lambda: application.work is not None)
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_practice_opens_from_the_gate_by_one_key_while_the_real_desk_stays_locked(
    application: Application, folder: Path
) -> None:
    before = contents(folder)
    visitor = Visitor(application.window, application.tasks, folder.parent, quiet=3)
    visitor.press(KEY.Key_F1, CTRL)
    visitor.rest(lambda: application.work is not None)

    assert application.work is not None
    store = application.work.desk.store
    assert store.folder == room.place(folder) / room.DESK
    assert store.desk.url == ""
    assert contents(folder) == before


def test_every_page_of_practice_says_the_word_in_a_frame_and_nothing_leaves_the_laptop(
    application: Application, visitor: Visitor
) -> None:
    assert application.work is not None
    assert "import" not in application.work._pages
    for key in (KEY.Key_F3, KEY.Key_F4, KEY.Key_F5, KEY.Key_F7, KEY.Key_F10, KEY.Key_F11):
        visitor.press(key)
        said = [w.text() for w in application.window.findChildren(QLabel) if w.isVisible()]
        frames = [
            frame
            for frame in application.window.findChildren(QFrame)
            if frame.isVisible() and frame.property("role") == "practice"
        ]
        assert "LATIHAN" in said
        assert len(frames) == 1
        assert application.window.windowTitle().startswith("LATIHAN")
        if key == KEY.Key_F5:
            keys = [d.shortcut().toString() for d in application.window.deeds() if d.isVisible()]
            assert not {"F9", "Ctrl+O"} & set(keys)


def test_every_printed_page_bears_the_stamp_and_the_window_closes_without_a_question(
    application: Application, visitor: Visitor, printer: FakePrinter
) -> None:
    visitor.press(KEY.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    visitor.rest(lambda: bool(printer.printed))

    (page,) = printer.printed[-1][1]
    image = QImage.fromData(page)
    for top in (0, image.height() - image.height() // 25):  # the head, then the foot
        band = image.copy(0, top, image.width(), image.height() // 25)
        places = ((x, y) for x in range(0, band.width(), 9) for y in range(0, band.height(), 9))
        assert sum(band.pixelColor(x, y).lightness() < 60 for x, y in places) > 100
    assert application.window.close()


def test_a_number_taken_in_practice_says_so_on_its_roll_and_in_the_waiting_room(
    application: Application, visitor: Visitor, tmp_path: Path
) -> None:
    assert application.work is not None
    roll = tmp_path / "rol"
    queue_desk.adopt(application.work.desk.store, Counter(printer=str(roll)))
    visitor.press(KEY.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    visitor.press(KEY.Key_A)
    visitor.press(KEY.Key_W, CTRL)

    assert roll.read_bytes().count(b" LATIHAN ") == 2
    (room_shown,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, WaitingRoom))
    assert room_shown.windowTitle().startswith("LATIHAN")
    top = room_shown.grab().toImage().pixelColor(4, 4)
    assert top.name() == application.look.tokens.colours.accent.lower()
    visitor.press(KEY.Key_W, CTRL)


def test_practice_begins_anew_by_one_act_and_ends_at_the_gate_of_the_real_desk(
    application: Application, visitor: Visitor
) -> None:
    assert application.work is not None
    first = application.work.desk.store.desk.device
    assert application.work.first_day is not None
    application.work.first_day.again_asked.emit()
    visitor.rest(lambda: application.work is not None)
    assert application.work is not None
    assert application.work.desk.store.desk.device != first

    visitor.press(KEY.Key_L, CTRL)

    assert application.work is None
    assert application.window.gate() is not None
    assert not application.window.windowTitle().startswith("LATIHAN")
