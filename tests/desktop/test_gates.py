from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application
from desktop.notices import Notice
from desktop.pages.sign_in import SignIn
from desktop.pictures import Visitor
from sync.store.keystore import NoKeystore
from tests.desktop.office import OPERATOR, PASSPHRASE, FakeFiles, FakePrinter, copied

KEY = Qt.Key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "desk"


@pytest.fixture
def application(qapp: QApplication, folder: Path) -> Iterator[Application]:
    made = Application(
        qapp, folder, printer=FakePrinter(), files=FakeFiles(), keystore=NoKeystore(), travels=False
    )
    made.open()
    yield made
    made.finish()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def visitor(application: Application, tmp_path: Path) -> Visitor:
    made = Visitor(application.window, application.tasks, tmp_path, quiet=3)
    made.rest()
    return made


@pytest.fixture
def notices(application: Application) -> list[Notice]:
    told: list[Notice] = []
    application.notices.banner.connect(told.append)
    return told


class TestAnEnrolledLaptop:
    @pytest.fixture
    def folder(self, patterns: dict[str, Path], tmp_path: Path) -> Path:
        copied(patterns["kepala"], tmp_path / "desk").close()
        return tmp_path / "desk"

    def test_opens_with_name_and_passphrase(
        self, application: Application, visitor: Visitor
    ) -> None:
        assert isinstance(application.window.gate(), SignIn)

        for text in (OPERATOR, PASSPHRASE):
            visitor.type(text)
            visitor.press(KEY.Key_Return)

        assert application.work is not None
        assert application.window.gate() is None

    def test_says_at_the_passphrase_that_it_is_wrong(
        self, application: Application, visitor: Visitor, notices: list[Notice]
    ) -> None:
        for text in (OPERATOR, "salah sekali ini"):
            visitor.type(text)
            visitor.press(KEY.Key_Return)

        assert application.work is None
        assert "Nama petugas atau kata sandi tidak cocok." in _said(application)
        assert notices == []
        visitor.type(PASSPHRASE)
        visitor.press(KEY.Key_Return)
        assert application.work is not None

    def test_asks_for_what_is_missing(self, application: Application, visitor: Visitor) -> None:
        visitor.press(KEY.Key_Return)
        visitor.press(KEY.Key_Return)

        assert "Wajib diisi" in _said(application)

    def test_that_is_open_elsewhere_is_refused_in_words(
        self, application: Application, visitor: Visitor, notices: list[Notice], folder: Path
    ) -> None:
        from sync.protocol.lock import Lock

        held = Lock.take(folder, "store_busy")
        for text in (OPERATOR, PASSPHRASE):
            visitor.type(text)
            visitor.press(KEY.Key_Return)
        held.release()

        assert application.work is None
        assert len(notices) == 1
        assert "_" not in notices[0].text

    def test_opens_again_after_it_was_locked(
        self, application: Application, visitor: Visitor
    ) -> None:
        for _ in range(2):
            for text in (OPERATOR, PASSPHRASE):
                visitor.type(text)
                visitor.press(KEY.Key_Return)
            assert application.work is not None
            visitor.press(KEY.Key_L, Qt.KeyboardModifier.ControlModifier)
            assert application.work is None


def _said(application: Application) -> list[str]:
    return [label.text() for label in application.window.findChildren(QLabel) if label.isVisible()]
