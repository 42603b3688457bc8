"""What the desk's tests share: its look, its tasks, and no widget left behind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication

from desktop.app import Application, open_window
from desktop.look.look import Look
from desktop.notices import Notice, Notices
from desktop.pictures import Visitor
from desktop.tasks import Tasks
from sync.server.city import City, clock
from sync.server.run import start
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.desktop.office import FakeFiles, FakePrinter, copied, make_city, make_desk


@pytest.fixture
def look(qapp: QApplication) -> Look:
    return Look(qapp)


@pytest.fixture
def notices(qapp: QApplication) -> Notices:
    return Notices()


@pytest.fixture
def told(notices: Notices) -> list[Notice]:
    """Everything that is told during a test, in order."""
    heard: list[Notice] = []
    notices.banner.connect(heard.append)
    notices.fault.connect(heard.append)
    return heard


@pytest.fixture
def tasks(notices: Notices) -> Iterator[Tasks]:
    made = Tasks(notices.trouble)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _no_window_is_left(qapp: QApplication) -> Iterator[None]:
    yield
    left = [str(widget) for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not left


@pytest.fixture(scope="session")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Closed desks of one office, by the role of who works there; tests work on copies."""
    folder = tmp_path_factory.mktemp("office")
    city = make_city(folder / "city")
    server = start(folder / "city")
    made = {role: folder / role for role in ("kepala", "petugas")}
    try:
        for role, place in made.items():
            make_desk(place, city, server, role)
    finally:
        server.stop()
        city.close()
    return made


@pytest.fixture
def role() -> str:
    """Who sits at the desk; a test may ask for somebody else by parametrising this."""
    return "kepala"


@pytest.fixture
def store(patterns: dict[str, Path], role: str, tmp_path: Path) -> Iterator[Store]:
    opened = copied(patterns[role], tmp_path / "desk")
    yield opened
    opened.close()


@pytest.fixture
def city(patterns: dict[str, Path], tmp_path: Path) -> Iterator[City]:
    """The city of the office, in the test's own folder."""
    made = patterns["kepala"].parent / "city"
    folder = tmp_path / "city"
    shutil.copytree(made, folder)
    settings = folder / "server.json"
    settings.write_text(settings.read_text("utf-8").replace(str(made), str(folder)), "utf-8")
    city = City.open(folder, clock)
    yield city
    city.close()


@pytest.fixture
def printer() -> FakePrinter:
    return FakePrinter()


@pytest.fixture
def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
def desk(
    qapp: QApplication, store: Store, printer: FakePrinter, files: FakeFiles
) -> Iterator[Application]:
    """A signed-in desk without a line; its window fits a small laptop at 125 percent."""
    opened = open_window(qapp, store, printer=printer, files=files, keystore=NoKeystore())
    opened.window.resize(QSize(1093, 580))
    yield opened
    opened.dismiss()
    opened.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def visitor(desk: Application, tmp_path: Path) -> Visitor:
    made = Visitor(desk.window, desk.tasks, tmp_path / "pictures", quiet=3)
    made.rest(lambda: desk.work is not None and desk.work.status is not None)
    return made


@pytest.fixture
def heard(desk: Application) -> list[str]:
    """Every sentence that the notices tell."""
    said: list[str] = []
    desk.notices.banner.connect(lambda notice: said.append(notice.text))
    desk.notices.fault.connect(lambda notice: said.append(notice.details))
    return said
