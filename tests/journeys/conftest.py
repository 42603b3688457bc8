"""A city that runs on a port of its own, and the folder for the pictures of a day."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from sync.server.city import City
from sync.server.run import Running, start
from sync.store.keystore import NoKeystore
from tests.desktop.office import FakeFiles, FakePrinter, make_city

DOCUMENTS = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    opened = make_city(tmp_path / "city")
    yield opened
    opened.close()


@pytest.fixture
def server(city: City) -> Iterator[Running]:
    running = start(city.folder)
    yield running
    running.stop()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: the documents when TERAS_PICTURES is set, else nowhere that stays."""
    return DOCUMENTS if os.environ.get("TERAS_PICTURES") else tmp_path / "pictures"


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def application(qapp: QApplication, tmp_path: Path, printer: FakePrinter) -> Iterator[Application]:
    made = Application(
        qapp, tmp_path / "desk", printer=printer, files=FakeFiles(), keystore=NoKeystore()
    )
    made.window.resize(QSize(1366, 728))
    made.open()
    yield made
    made.finish()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
