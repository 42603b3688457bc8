"""What somebody's roles don't allow is not offered to them."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.app import Application, open_window
from desktop.idle import Idle
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.desktop.office import FakeFiles, FakePrinter


@pytest.fixture
def desk(qapp: QApplication, store: Store) -> Iterator[Application]:
    store.operator = msgspec.structs.replace(store.operator, roles=("auditor",))
    opened = open_window(
        qapp, store, printer=FakePrinter(), files=FakeFiles(), keystore=NoKeystore()
    )
    yield opened
    opened.dismiss()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_who_may_only_look_is_offered_no_import_and_is_locked_out_when_nobody_is_there(
    desk: Application, qapp: QApplication
) -> None:
    assert desk.work is not None
    assert "import" not in desk.work._pages
    assert "counter" in desk.work._pages

    idle = Idle(qapp)
    idle.passed.connect(desk.lock)
    idle._timer.timeout.emit()  # as after ten minutes without a touch
    qapp.removeEventFilter(idle)

    assert desk.work is None
    assert desk.window.page() is None
    assert desk.window.gate() is not None
