"""Every page and pane of the window is in the album, heard by a reader, and whole at any size."""

import importlib
import pkgutil
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

import desktop
from desktop.app import Application
from desktop.pages.gate import Gate
from desktop.pages.page import Page
from desktop.panes.pane import Pane
from tests import scale
from tests.tour import album, atspi, reading, tour
from tests.tour.scenes import SCENES
from tests.tour.tour import FRAMES, Frame
from tests.tour.town import Town

SMALL, _, LARGE = FRAMES
WALKED = (SMALL, LARGE) if scale.WHOLE else (SMALL,)  # what is small is cut first


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    made = Town(tmp_path_factory.mktemp("town"))
    made.close()
    return made


Looked = dict[str, list[str]]


def visit(
    app: QApplication, town: Town, frame: Frame, look: Callable[[QWidget], list[str]]
) -> Looked:
    found: Looked = {}

    def stop(name: str, shown: QWidget, _desk: Application) -> None:
        if told := look(shown):
            found[name] = told

    tour.go(app, town.folder / "desk", town.clock, frame, stop)
    return found


def _made(kind: type[QWidget]) -> set[type[QWidget]]:
    below = {one for one in kind.__subclasses__() if one.__module__.startswith("desktop.")}
    return below | {deeper for one in below for deeper in _made(one)}


def test_every_page_pane_gate_and_dialog_of_the_window_has_a_scene() -> None:
    for module in pkgutil.walk_packages(desktop.__path__, "desktop."):
        importlib.import_module(module.name)
    shown = {widget for scene in SCENES for widget in scene.shows}
    shown |= {gate for _, gate in tour.GATES.values()}

    made = _made(Page) | _made(Pane) | _made(Gate) | _made(QDialog)
    assert {one.__name__ for one in made - shown} == set()


@pytest.mark.parametrize("frame", WALKED, ids=lambda frame: frame.name)
def test_every_scene_can_be_come_to_by_keys_and_is_heard_and_seen_to_have_the_keyboard(
    qapp: QApplication, town: Town, frame: Frame
) -> None:
    looked_at: set[tuple[str, str]] = set()

    def look(shown: QWidget) -> list[str]:
        if frame is LARGE:
            return reading.cut(shown)
        told = [*reading.unheard(shown), *reading.cut(shown), *reading.disordered(shown)]
        return told + reading.unseen(shown, looked_at)

    assert visit(qapp, town, frame, look) == {}
    assert looked_at or frame is LARGE


def test_every_scene_has_its_pictures_and_its_place_on_the_page() -> None:
    page = album.PAGE.read_text("utf-8")

    assert [name for name in album.expected() if not (album.PICTURES / name).exists()] == []
    assert [name for name in album.expected() if name not in page] == []


def test_what_the_walk_over_atspi_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert {"xvfb", "dbus"} <= set(atspi.missing())
