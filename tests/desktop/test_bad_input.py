"""What goes wrong around a counter: one calm message with the next step, and nothing is lost."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop import printer as printing
from desktop.app import Application
from desktop.drafting import Drafting
from desktop.form_view.view import FormView
from desktop.frame.place import Place, within
from desktop.notices import Notice, Notices
from desktop.panes.form import FormPane
from desktop.pictures import Visitor
from desktop.tasks import Tasks
from forms.engine.problem import Problem, Refused
from forms.engine.words import say
from sync.store import drafts, records, status
from sync.store.handle import Store
from tests.desktop import photographs
from tests.desktop.office import BUSINESS, RESIDENT, FakeFiles, choose, somebody

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
OVERRIDE = "\u202e"  # what follows reads from right to left, whatever it is
ARABIC = "محمد يوسف"


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def form(desk: Application) -> FormView:
    return next(view for view in desk.window.findChildren(FormView) if view.isVisible())


def paste(visitor: Visitor, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    visitor.press(KEY.Key_V, CTRL)


def below(view: FormView, key: str) -> str:
    """What stands below a field that was left."""
    labels = view.row(key).findChildren(QLabel)
    return "\n".join(label.text() for label in labels if not label.isHidden())


def open_letter(visitor: Visitor, name: str) -> None:
    visitor.type(name)
    visitor.rest()
    visitor.press(KEY.Key_Return)
    choose(visitor, BUSINESS)


def test_pasted_megabytes_controls_and_turned_writing_are_told_beside_their_field(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    somebody(store, f"Ahmad {ARABIC}", 1)
    somebody(store, "Sari Dewi", 2)
    long = "tidak ada yang bernama begini " * 100_000
    paste(visitor, long)  # into the search
    paste(visitor, "\x00\x07" + OVERRIDE + "sari\r\n\tdewi")
    box = QApplication.focusWidget()
    assert isinstance(box, QLineEdit)
    box.clear()
    visitor.type("ahmad")
    visitor.rest()
    visitor.press(KEY.Key_Return)
    assert ARABIC in shown(desk)
    visitor.press(KEY.Key_F3)
    box.clear()

    open_letter(visitor, "sari dewi")
    view = form(desk)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    key = next(row.field.key for row in view._rows.values() if row.isAncestorOf(line))
    for text, code in (
        (long, "too_long"),
        (f"Warung {OVERRIDE}iras", "control_character"),
        ("Warung\x07 Sari\x9b", "control_character"),
    ):
        line.selectAll()
        paste(visitor, text)
        visitor.press(KEY.Key_Tab)
        most = view.row(key).field.max or 200
        assert say(code, max=most) in below(view, key)
        line.setFocus(Qt.FocusReason.TabFocusReason)
    line.selectAll()
    paste(visitor, f"Warung {ARABIC}")
    visitor.press(KEY.Key_Tab)
    assert say("control_character") not in below(view, key)
    assert view.session.answers[key] == f"Warung {ARABIC}"

    papers = [paper for paper in view.findChildren(QPlainTextEdit) if not paper.isHidden()]
    for paper in papers:
        paper.setFocus(Qt.FocusReason.TabFocusReason)
        paste(visitor, long)
        assert len(paper.toPlainText()) < 40_000
    visitor.press(KEY.Key_Escape)
    visitor.rest(lambda: bool(drafts.listing(store)))
    [kept] = drafts.listing(store)
    assert kept.answers[key] == f"Warung {ARABIC}"
    assert not [text for text in heard if "Traceback" in text]
    assert not desk.window.findChildren(FormPane)


def test_a_full_disk_keeps_the_form_open_and_the_draft_in_mind(
    store: Store, desk: Application, visitor: Visitor, heard: list[str]
) -> None:
    somebody(store, "Sari Dewi", 1)
    assert desk.work is not None
    desk.work.desk.drafting._again.setInterval(50)
    open_letter(visitor, "sari dewi")
    view = form(desk)
    visitor.type("Warung Sari")
    visitor.press(KEY.Key_Return)
    with store.write() as conn:
        size = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {size}")
    for much in (3_000, 300, 1):  # what room is left in pages is used up
        with suppress(Refused):
            for at in range(500):
                drafts.put(store, f"isi{much}-{at}", BUSINESS, {"catatan": "x" * much})
    heard.clear()
    for text in ("Sembako", "47112", "Jl. Kenari 3", "2019", "", "Kredit"):
        visitor.type(text)
        visitor.press(KEY.Key_Return)
    visitor.rest(lambda: say("form.held") in shown(desk))
    visitor.press(KEY.Key_S, CTRL)

    assert set(heard) == {say("disk_full")}
    assert form(desk) is view
    before = dict(view.session.answers)
    visitor.press(KEY.Key_Escape)  # away from the form: what was typed is still held
    visitor.rest()

    with store.write() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    visitor.rest(lambda: any(d.answers == before for d in drafts.listing(store)))


def test_a_stick_that_is_pulled_out_while_it_is_written_is_told_and_marks_nothing(
    store: Store,
    desk: Application,
    visitor: Visitor,
    files: FakeFiles,
    heard: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records.new(store, RESIDENT, {"nama": "WARGA BARU"})
    files.named = tmp_path / "usb"
    files.named.mkdir()
    settled = os.fsync

    def pulled(handle: int) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().is_relative_to(tmp_path / "usb"):
            raise OSError(errno.ENODEV, "No such device")
        settled(handle)

    monkeypatch.setattr(os, "fsync", pulled)
    visitor.press(KEY.Key_F5)
    visitor.press(KEY.Key_F9)
    assert heard == [say("stick_lost")]
    assert (status.status(store).carried, status.status(store).pending) == (0, 1)

    monkeypatch.undo()
    visitor.press(KEY.Key_F9)  # put in again: the next try goes through
    assert status.status(store).carried == 1


class Jammed(QPrinter):
    """A printer that takes the first sheet and has no second one."""

    def newPage(self) -> bool:  # noqa: N802 - Qt's name
        return False


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_without_paper_or_cable_is_trouble_and_is_asked_for_again(
    qapp: QApplication, tmp_path: Path
) -> None:
    sheet = photographs.written(photographs.image(100, 150), "png")
    empty = Jammed(QPrinter.PrinterMode.HighResolution)
    empty.setOutputFileName(str(tmp_path / "surat.pdf"))
    with pytest.raises(OSError, match="Surat"):
        printing.draw(empty, "Surat", [sheet, sheet])

    gone = QPrinter(QPrinter.PrinterMode.HighResolution)
    gone.setOutputFileName(str(tmp_path / "tidak ada" / "surat.pdf"))
    system = printing.SystemPrinter()
    system._device = gone
    with pytest.raises(OSError, match="Surat"):
        system.put("Surat", [sheet])
    assert system._device is None  # the system's dialog comes with the next print


def test_a_window_whose_screen_is_unplugged_comes_back(qtbot: QtBot, qapp: QApplication) -> None:
    left, right = QRect(0, 0, 1366, 728), QRect(1366, 0, 1920, 1040)
    there = QRect(2000, 100, 1280, 720)
    assert within(there, [left, right]) == there
    back = within(there, [left])
    assert left.contains(back)
    assert back.size() == there.size()
    wide = within(QRect(1400, 0, 1800, 1000), [left])
    assert left.contains(wide)
    assert within(there, []) == there
    # Hung over the edge by choice it stays, as long as its head can be taken hold of.
    assert within(QRect(1100, 300, 1280, 720), [left]) == QRect(1100, 300, 1280, 720)

    window = QLabel("Teras")
    qtbot.addWidget(window)
    window.resize(QSize(400, 300))
    window.move(9_000, 9_000)
    window.show()
    place = Place(qapp, window)
    qapp.screenRemoved.emit(qapp.primaryScreen())
    qtbot.waitUntil(
        lambda: qapp.primaryScreen().availableGeometry().contains(window.frameGeometry())
    )
    place.look()
    assert window.size() == QSize(400, 300)


def test_a_draft_that_found_no_room_is_written_later_the_newest_of_it(
    qapp: QApplication, qtbot: QtBot, tasks: Tasks, notices: Notices, told: list[Notice]
) -> None:
    drafting = Drafting(tasks, notices, qapp, again_ms=10)
    room: list[bool] = []
    disk: dict[str, int] = {}
    kept: list[str] = []
    drafting.kept.connect(kept.append)

    def write(draft: str, value: int) -> Any:
        def work() -> None:
            if not room:
                raise Refused(Problem("disk_full"))
            disk[draft] = value

        return work

    held: list[str] = []
    drafting.held.connect(held.append)
    drafting.put("a", write("a", 1))
    drafting.put("a", write("a", 2))
    drafting.put("b", write("b", 3))
    drafting.put("c", write("c", 4))
    drafting.forget("c")
    qtbot.waitUntil(lambda: len(held) > 3)
    assert [notice.text for notice in told] == [say("disk_full")]

    room.append(True)
    qtbot.waitUntil(lambda: disk == {"a": 2, "b": 3})
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert set(kept) == {"a", "b"}

    drafting.put("a", write("a", 5))  # the second waits for the first; what is typed last counts
    drafting.put("a", write("a", 6))
    drafting.flush()
    tasks.close(finish=True)
    assert disk == {"a": 6, "b": 3}
    drafting.deleteLater()
