"""The windows of a desk that exists, drawn offscreen: what `demo --headless` leaves behind."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from desktop.look.tokens import Theme
from desktop.pictures import Visitor
from sync.store import read
from sync.store.handle import Store
from sync.store.keystore import SystemKeystore

if TYPE_CHECKING:
    from desktop.calibration import Fit

LAPTOP = QSize(1366, 728)  # A cheap laptop's screen less the system's bar.
SMALL = QSize(1093, 580)  # The same at 125 percent.

_KEY = Qt.Key
_WITH = Qt.KeyboardModifier


class PaperDrawer:
    """Takes prints and keeps none: nobody's printer is started by a demonstration."""

    name = ""

    def __init__(self) -> None:
        self.fits: dict[str, Fit] = {}

    def ask(self, _parent: QWidget) -> bool:
        """Print at once."""
        return True

    def forget(self) -> None:
        """Ask nobody next time either."""

    def put(self, _title: str, _pages: Sequence[bytes]) -> None:
        """Take the pages."""


def pictures(desk: Path, kept: Path, operator: str, passphrase: str) -> list[Path]:
    """Sign in as this operator, visit every page, and keep a picture of each in `kept`."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    drawn = Application(app, desk, printer=PaperDrawer(), keystore=SystemKeystore(), travels=False)
    drawn.window.resize(LAPTOP)
    drawn.open()
    visitor = Visitor(drawn.window, drawn.tasks, kept)
    try:
        visitor.take("sign_in")
        visitor.type(operator)
        visitor.press(_KEY.Key_Return)
        visitor.type(passphrase)
        visitor.press(_KEY.Key_Return)
        visitor.rest(lambda: drawn.work is not None)
        assert drawn.work is not None, "signing in leads inside, or `rest` gave up"
        _visit(visitor, drawn, _somebody(drawn.work.desk.store))
    finally:
        drawn.finish()
    return visitor.pictures


def _visit(visitor: Visitor, drawn: Application, name: str) -> None:
    visitor.take("start")
    visitor.press(_KEY.Key_F3)
    visitor.type(name[: max(4, len(name) // 2)])
    visitor.take("search")
    visitor.press(_KEY.Key_Return)
    visitor.take("citizen")
    visitor.press(_KEY.Key_1)
    visitor.take("letter")
    drawn.look.wear(ground=Theme.DARK)
    visitor.take("letter_dark")
    drawn.window.resize(SMALL)
    visitor.take("letter_small")
    drawn.look.wear(ground=Theme.CONTRAST)
    visitor.take("letter_contrast")
    drawn.look.wear(ground=Theme.LIGHT)
    drawn.window.resize(LAPTOP)
    visitor.press(_KEY.Key_Escape)
    _queue(visitor)
    visitor.press(_KEY.Key_F4)
    visitor.take("records")
    visitor.press(_KEY.Key_Return)
    visitor.take("record")
    for key, page in (
        (_KEY.Key_F5, "sync"),
        (_KEY.Key_F7, "numbers"),
        (_KEY.Key_F8, "import"),
        (_KEY.Key_F11, "registers"),
        (_KEY.Key_F12, "checking"),
        (_KEY.Key_F10, "settings"),
    ):
        visitor.press(key)
        visitor.take(page)
    visitor.press(_KEY.Key_K, _WITH.ControlModifier)
    visitor.take("palette")


def _queue(visitor: Visitor) -> None:
    """Take numbers, one of them to go first, and call two; the demo has one desk at its counter."""
    visitor.press(_KEY.Key_F3, _WITH.ShiftModifier)
    for key in (_KEY.Key_A, _KEY.Key_B, _KEY.Key_1, _KEY.Key_A, _KEY.Key_A, _KEY.Key_F2):
        visitor.press(key)
    visitor.press(_KEY.Key_Return, _WITH.ControlModifier)
    visitor.press(_KEY.Key_F2)
    visitor.take("queue")


def _somebody(store: Store) -> str:
    """Name a resident for whom something was done, else any resident."""
    for service in store.catalogue.forms:
        form = store.catalogue.form(service)
        if form.letter is not None and store.sees(form):
            for record in read.listing(store, service, limit=1):
                return str(record.answers.get("nama", ""))
    people = read.listing(store, "residents/resident", limit=1)
    return str(people[0].answers.get("nama", "")) if people else ""
