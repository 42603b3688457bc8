"""From a key to the painted window: what a clerk waits for, in a window over a full store.

    .venv/bin/python bench/painted.py [--forms N] [--carried N] [RESIDENTS ...]

Everything goes through the real window by keys, offscreen. A time ends with the last paint before
the window is at rest: what was found is shown, the lanes are idle, nothing is left to draw. It is
painted into memory; a screen adds up to 17 ms of its own. Also: a form of 80 fields with rules,
the memory after so many forms, and the longest stall of the interface while a workbook of 18,420
rows is imported and while so many changes go to a city.
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from bench import exchange
from bench.forms import long_form
from bench.people import people
from bench.save import fill
from bench.served import Watched, served
from bench.window import LAPTOP, Hands, Painted, signed_in
from desktop.app import Application
from desktop.form_view.view import FormView
from forms.engine.answers import Scene
from forms.engine.lint import AREAS
from forms.engine.region import Office
from forms.engine.session import Session
from sync.server import administration, offices
from sync.server.city import City
from sync.store.handle import Store
from sync.store.status import status
from tests.sync.store.laptop import OPERATOR, PASSPHRASE, make_desk

SIZES = (20_000, 300_000)
SHEET = Path(__file__).resolve().parents[1] / "tests" / "data" / "siak_cikokol.xlsx"
LOOKED_FOR = 12  # people, each by the first letters of the name
TYPED = 8
PAGES = ("F4", "F5", "F7", "F11", "F12", "F10", "F3")
LETTERS = 12
FORMS = 2_000
CARRIED = 100_000
ROWS = 18_420  # of the workbook
KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class Figures:
    """Times by what was done, in the order in which they were first taken."""

    def __init__(self) -> None:
        self._taken: dict[str, list[Painted]] = {}

    def add(self, name: str, taken: Iterable[Painted]) -> None:
        """Note some times."""
        self._taken.setdefault(name, []).extend(taken)

    def tell(self) -> None:
        """Print the table."""
        print(f"{'milliseconds to painted':<34}{'n':>5}{'first':>8}{'p50':>8}{'p95':>8}{'p99':>8}")
        for name, taken in self._taken.items():
            first = sorted(one.first for one in taken)
            last = sorted(one.last for one in taken)
            parts = "".join(f"{_at(last, share):>8.1f}" for share in (0.5, 0.95, 0.99))
            print(f"{name:<34}{len(taken):>5}{_at(first, 0.5):>8.1f}{parts}", flush=True)


def day(size: int) -> None:
    """Measure a clerk's keys in a store of so many residents."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data", keystore=False)
        with desk.unlock() as store:
            fill(store, size)
        names = [one.title for one in islice(people(size), 0, LOOKED_FOR * 97, 97)]
        with signed_in(desk.folder, OPERATOR, PASSPHRASE) as (_, hands):
            for name in names:
                hands.press(KEY.Key_F3)
                hands.press(KEY.Key_A, CTRL)
                figures.add("a letter in the search box", hands.type(name[:TYPED].lower()))
            figures.add("a citizen's page", [hands.press(KEY.Key_Return)])
            for _ in range(3):
                for page in PAGES:
                    figures.add("another page", [hands.press(getattr(KEY, f"Key_{page}"))])
            for name in names[:LETTERS]:
                letter(hands, figures, name)
            print(f"\n{size:,} residents")
            figures.tell()


def letter(hands: Hands, figures: Figures, name: str) -> None:
    """Find somebody, fill the first letter offered and save it."""
    hands.press(KEY.Key_F3)
    hands.press(KEY.Key_A, CTRL)
    hands.type(name[:TYPED].lower())
    figures.add("a citizen's page", [hands.press(KEY.Key_Return)])
    figures.add("a letter's form opens", [hands.press(KEY.Key_1)])
    figures.add("a key in a letter, with preview", hands.type("Warung"))
    figures.add("a letter saved", [hands.press(KEY.Key_S, CTRL)])


def form() -> None:
    """Measure a form of 80 fields that hide, compute and check each other."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        made = long_form(Path(folder))
    window = QMainWindow()
    window.resize(LAPTOP)
    window.show()
    hands = Hands(app, window)
    for _ in range(20):
        session = Session(made, Scene(dt.date(2026, 11, 21), "", AREAS))
        figures.add(
            "80 fields with rules open",
            [hands.watch(partial(_show, window, session))],
        )
    view = window.centralWidget()
    assert isinstance(view, FormView)
    view.begin()
    for _ in range(10):
        figures.add("a key in it", hands.type("123"))
        figures.add("Enter to the next", [hands.press(KEY.Key_Return)])
    figures.tell()
    window.close()


def memory(size: int, forms: int) -> None:
    """Open and leave so many forms, and tell what memory that leaves behind."""
    watched = Watched(os.getpid())
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data", keystore=False)
        with desk.unlock() as store:
            fill(store, size)
        with signed_in(desk.folder, OPERATOR, PASSPHRASE) as (_, hands):
            hands.press(KEY.Key_F3)
            hands.type(next(people(size)).title[:TYPED].lower())
            hands.press(KEY.Key_Return)
            for turn in range(forms + 1):
                hands.briefly(KEY.Key_1)
                hands.briefly(KEY.Key_Escape)
                if turn in {0, forms // 2, forms}:
                    print(f"after {turn:>5,} forms: {watched.now()} MB", flush=True)


def stalls(carried: int) -> None:
    """Import a workbook and carry changes, both by keys, while the window's beat is taken."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        administration.init(home / "city", exchange.REGION, operator="P", passphrase=PASSPHRASE)
        city = City.open(home / "city")
        area = city.region.areas.first(city.region.code, "kelurahan")
        office = Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,))
        offices.add(city, office, "bench")
        with served(city.folder) as (url, _):
            store = exchange.desk(home / "desk", city, url)
            exchange.fill(store, carried)
            store.close()
            with signed_in(home / "desk", "desk", exchange.PASSPHRASE) as (desk, hands):
                tell_stall("a trip of", status(open_store(desk)).pending, go(hands, desk))
                tell_stall("an import of", ROWS, bring(hands))
        city.close()


def open_store(desk: Application) -> Store:
    """Give the store that is signed in to."""
    assert desk.work is not None
    return desk.work.desk.store


def go(hands: Hands, desk: Application) -> float:
    """Send everything."""
    hands.press(KEY.Key_F5)
    store = open_store(desk)
    return hands.stall(
        lambda: QTest.keyClick(hands.window, KEY.Key_Return, CTRL),
        lambda: status(store).pending == 0,
    )


def bring(hands: Hands) -> float:
    """Import the workbook, untried."""
    hands.press(KEY.Key_F8)
    hands.write(str(SHEET))
    return hands.stall(lambda: QTest.keyClick(hands.window, KEY.Key_F9), lambda: True)


def tell_stall(what: str, count: int, longest: float) -> None:
    """Print one line."""
    print(f"longest stall during {what} {count:,}: {longest:.0f} ms", flush=True)


def _show(window: QMainWindow, session: Session) -> None:
    window.setCentralWidget(FormView(session, {}))


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print everything asked for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--forms", type=int, default=FORMS)
    asked.add_argument("--carried", type=int, default=CARRIED)
    asked.add_argument("sizes", type=int, nargs="*", default=SIZES)
    options = asked.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    form()
    for size in options.sizes:
        day(size)
    if options.forms:
        memory(options.sizes[0], options.forms)
    if options.carried:
        stalls(options.carried)


if __name__ == "__main__":
    main()
