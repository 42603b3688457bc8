"""Goes through every scene in one size of window and text, and stops at each."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application, open_window
from desktop.look.tokens import Theme
from desktop.pages.sign_in import SignIn
from desktop.pictures import Visitor
from desktop.practice.first_day import FirstDayPage
from desktop.wizard.page import WizardPage
from sync.store.keystore import NoKeystore
from tests.desktop.office import FakeFiles, FakePrinter
from tests.tour.scenes import SCENES, Scene, Walk
from tests.tour.town import Clock, opened

QUIET = 3  # Looks of ten milliseconds: nothing here waits for a person's next key.

Stop = Callable[[str, QWidget, Application], None]


@dataclass(frozen=True, slots=True)
class Frame:
    """A size of window and text, and the grounds on which it is looked at."""

    name: str
    size: QSize
    scale: float
    grounds: tuple[Theme, ...]


FRAMES = (
    Frame("small", QSize(1093, 580), 1.0, (Theme.LIGHT, Theme.DARK, Theme.CONTRAST)),
    Frame("laptop", QSize(1366, 768), 1.0, (Theme.LIGHT, Theme.DARK)),
    Frame("large", QSize(1366, 768), 2.0, (Theme.LIGHT, Theme.DARK)),
)
GATES = {
    "gate_join": ("A laptop that belongs to no office yet", WizardPage),
    "gate_sign_in": ("The gate of a laptop that does", SignIn),
    "practice": ("The first day, on the practice desk that the gate leads to", FirstDayPage),
}


def go(
    app: QApplication,
    pattern: Path,
    clock: Clock,
    frame: Frame,
    stop: Stop,
    scenes: tuple[Scene, ...] = SCENES,
) -> None:
    """Stop at both gates, where practice begins, and at every scene, come to from the counter.

    The desk is a copy.
    """
    with tempfile.TemporaryDirectory(prefix="teras-tour-") as folder:
        here = Path(folder)
        (here / "new").mkdir()
        for name, desk in (("gate_join", here / "new"), ("gate_sign_in", pattern)):
            gate = Application(app, desk, keystore=NoKeystore(), now=clock, travels=False)
            with _worn(gate, frame):
                gate.open()
                _settled(gate, here)
                stop(name, gate.window, gate)
        _practise(Application(app, here / "new", now=clock, travels=False), frame, here, stop)
        with opened(pattern, here / "desk", clock) as store:
            inside = open_window(
                app, store, printer=FakePrinter(), files=FakeFiles(), keystore=NoKeystore()
            )
            with _worn(inside, frame):
                visitor = _settled(inside, here)
                walk = Walk(visitor, inside, store)
                for scene in scenes:
                    walk.home()
                    with scene.seen(walk) as seen:
                        visitor.rest()
                        _prove(scene, seen or inside.window)
                        stop(scene.name, seen or inside.window, inside)


def _practise(desk: Application, frame: Frame, here: Path, stop: Stop) -> None:
    """Come from the gate to the practice desk as a person does."""
    with _worn(desk, frame):
        desk.open()
        visitor = _settled(desk, here)
        visitor.press(Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
        visitor.rest(lambda: desk.work is not None and desk.work.status is not None)
        _, page = GATES["practice"]
        assert isinstance(desk.window.page(), page), "practice begins with its tasks"
        stop("practice", desk.window, desk)
        desk.lock()
        visitor.rest()


def _prove(scene: Scene, seen: QWidget) -> None:
    for kind in scene.shows:
        parts = [seen, *seen.findChildren(kind)]
        assert any(isinstance(p, kind) and p.isVisible() for p in parts), (scene.name, kind)


@contextmanager
def _worn(desk: Application, frame: Frame) -> Iterator[None]:
    desk.look.wear(ground=Theme.LIGHT, scale=frame.scale)
    desk.window.resize(frame.size)
    yield
    desk.dismiss()
    desk.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _settled(desk: Application, folder: Path) -> Visitor:
    made = Visitor(desk.window, desk.tasks, folder / "pictures", quiet=QUIET)
    made.rest(lambda: desk.work is None or desk.work.status is not None)
    return made
