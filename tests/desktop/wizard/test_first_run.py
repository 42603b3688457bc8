"""A laptop's first run by the keyboard alone: every step, every failure, a power cut anywhere."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from desktop.app import Application
from desktop.pages.sign_in import SignIn
from desktop.pictures import Visitor
from desktop.wizard import kept, steps
from desktop.wizard.page import WizardPage
from sync.crypto.code import read
from sync.server import codes
from sync.server.city import City, clock
from sync.server.run import Running, start
from sync.store import attempt
from tests.desktop.office import OFFICE, OPERATOR, PASSPHRASE, FakeFiles, FakePrinter, copied

KEY, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
NOWHERE = "http://127.0.0.1:9"
Start = Callable[..., tuple[Application, Visitor]]


class FakeKeystore:
    """A keystore in memory, which a power cut does not empty."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def available(self) -> bool:
        return True

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret


@pytest.fixture
def keystore() -> FakeKeystore:
    return FakeKeystore()


@pytest.fixture
def start_on(
    qapp: QApplication, printer: FakePrinter, keystore: FakeKeystore, tmp_path: Path
) -> Iterator[Start]:
    """Start the application on a folder in place of the one before; the clock may be wrong."""
    made: list[Application] = []

    def begin(folder: Path, now: Callable[[], int] = clock) -> tuple[Application, Visitor]:
        while made:  # one at a time has the keyboard
            made.pop().finish()
        application = Application(
            qapp,
            folder,
            printer=printer,
            files=FakeFiles(),
            keystore=keystore,
            now=now,
            travels=False,
        )
        made.append(application)
        application.window.resize(QSize(1093, 580))
        application.open()
        visitor = Visitor(application.window, application.tasks, tmp_path / "pictures", quiet=3)
        visitor.rest()
        return application, visitor

    yield begin
    for application in made:
        application.finish()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


def page(application: Application) -> WizardPage:
    shown = application.window.gate()
    assert isinstance(shown, WizardPage)
    return shown


def said(application: Application) -> str:
    labels = application.window.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisible())


def typed(application: Application) -> list[str]:
    return [line.text() for line in page(application).findChildren(QLineEdit) if line.isVisible()]


def answer(visitor: Visitor, *texts: str) -> None:
    for text in texts:
        visitor.type(text)
        visitor.press(KEY.Key_Return)


def test_a_laptop_joins_prints_and_sends_by_the_keyboard_and_goes_on_after_a_cut_in_any_step(
    city: City,
    server: Running,
    start_on: Start,
    printer: FakePrinter,
    keystore: FakeKeystore,
    tmp_path: Path,
) -> None:
    code, _ = codes.make(city, OFFICE, "kepala", "test")
    folder, cuts = tmp_path / "desk", dict[int, Path]()
    application, visitor = start_on(folder)

    def power_fails() -> None:
        """Put aside what the disk has in this step."""
        step = page(application).step
        cuts[step] = shutil.copytree(folder, tmp_path / f"cut{step}")

    visitor.press(KEY.Key_Return)
    for text in (server.url, code, OPERATOR):
        power_fails()
        answer(visitor, text)
    power_fails()
    answer(visitor, PASSPHRASE, PASSPHRASE)
    visitor.rest(lambda: page(application).step == steps.PRINTER)
    assert "Kelurahan Satu" in said(application)
    visitor.press(KEY.Key_Return)
    assert printer.printed[-1][0] == "Halaman uji pencetak"
    visitor.press(KEY.Key_Return)
    assert page(application).step == steps.SYNC
    visitor.press(KEY.Key_Return)
    assert "tanda terima" in said(application)
    visitor.press(KEY.Key_Return)
    visitor.rest(lambda: application.work is not None)
    assert {path.name for path in folder.iterdir()}.isdisjoint({kept.FILE, attempt.NAME})

    assert list(cuts) == [steps.ADDRESS, steps.CODE, steps.OPERATOR, steps.PHRASE]
    named = (OPERATOR.encode(), code.encode(), server.url.encode())
    for step, cut in cuts.items():
        assert not [word for word in named if word in (cut / kept.FILE).read_bytes()]
        answers = (server.url, code, OPERATOR)[: step - 1]
        assert kept.read(cut, keystore)[0] == step
        assert msgspec.structs.astuple(kept.read(cut, keystore)[1])[1:step] == answers
    again, there = start_on(cuts[steps.PHRASE])
    assert page(again).step == steps.PHRASE
    for text in (OPERATOR, code, server.url):  # What was answered stands there, all the way back.
        there.press(KEY.Key_Escape)
        assert text in typed(again)


def test_who_was_cut_off_after_joining_signs_in_and_goes_on_with_the_printer(
    patterns: dict[str, Path],
    start_on: Start,
    keystore: FakeKeystore,
    printer: FakePrinter,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "desk"
    copied(patterns["kepala"], folder).close()
    # The power failed between the store and the word that it is there.
    kept.keep(folder, keystore, steps.PHRASE, kept.Answers())
    application, visitor = start_on(folder)
    assert isinstance(application.window.gate(), SignIn)
    answer(visitor, OPERATOR, PASSPHRASE)
    assert page(application).step == steps.PRINTER

    printer.broken = True
    visitor.press(KEY.Key_Return)
    assert "Setelan" in said(application)  # It can be done later.
    visitor.press(KEY.Key_Tab)
    visitor.press(KEY.Key_Return)
    assert page(application).step == steps.SYNC
    visitor.press(KEY.Key_Return)  # The server of this desk is gone.
    assert "Server tidak menjawab" in said(application)
    application.lock()
    visitor.rest()
    answer(visitor, OPERATOR, PASSPHRASE)
    assert page(application).step == steps.SYNC
    visitor.press(KEY.Key_Tab)
    visitor.press(KEY.Key_Return)
    visitor.rest(lambda: application.work is not None)


def test_every_failure_is_one_sentence_at_the_step_where_it_is_mended(
    city: City, server: Running, start_on: Start, tmp_path: Path
) -> None:
    used, _ = codes.make(city, OFFICE, "kepala", "test")
    codes.withdraw(city, codes._hashed(read(used)[0]), "test")
    application, visitor = start_on(tmp_path / "desk")
    visitor.press(KEY.Key_Return)

    for address, told in (("teras", "https://"), (NOWHERE, "Server tidak menjawab")):
        answer(visitor, address)
        assert told in said(application)
        assert page(application).step == steps.ADDRESS
        visitor.press(KEY.Key_A, CTRL)
    answer(visitor, server.url, "ABCD")
    assert "Periksa lagi setiap hurufnya" in said(application)
    visitor.press(KEY.Key_Escape)
    assert page(application).step == steps.ADDRESS
    visitor.press(KEY.Key_Return)  # What was answered still stands there.
    visitor.press(KEY.Key_A, CTRL)
    answer(visitor, used, OPERATOR, PASSPHRASE, "lain sama sekali")
    assert "Kedua kata sandi tidak sama" in said(application)
    visitor.press(KEY.Key_A, CTRL)
    answer(visitor, PASSPHRASE)
    visitor.rest(lambda: page(application).step == steps.CODE)
    assert "kedaluwarsa" in said(application)
    assert not (tmp_path / "desk" / "slots").exists()


def test_a_clock_of_another_year_is_found_before_anything_is_told(
    server: Running, start_on: Start, tmp_path: Path
) -> None:
    application, visitor = start_on(tmp_path / "desk", lambda: clock() - 2 * 365 * 24 * 3_600_000)
    visitor.press(KEY.Key_Return)

    answer(visitor, server.url)

    assert page(application).step == steps.ADDRESS
    assert "Jam laptop" in said(application)


def test_without_a_keystore_no_answer_lies_on_the_disk(tmp_path: Path) -> None:
    from sync.store.keystore import NoKeystore

    kept.keep(tmp_path, NoKeystore(), steps.OPERATOR, kept.Answers(operator=OPERATOR))

    assert OPERATOR.encode() not in (tmp_path / kept.FILE).read_bytes()
    assert kept.read(tmp_path, NoKeystore()) == (steps.REGION, kept.Answers())


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x92\x63\x00", b"\x92\x03\xc4\x00"])
def test_a_file_that_was_cut_or_is_of_another_version_begins_anew(
    tmp_path: Path, keystore: FakeKeystore, content: bytes
) -> None:
    (tmp_path / kept.FILE).write_bytes(content)

    step, answers = kept.read(tmp_path, keystore)

    assert step in (steps.REGION, steps.SYNC)
    assert answers == kept.Answers()
