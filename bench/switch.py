"""Two operators take turns at one counter: from the key that locks to the colleague's counter.

    .venv/bin/python bench/switch.py [TURNS] [RESIDENTS]

Milliseconds, offscreen, until nothing is under way any more: the gate after Ctrl+L, the counter
after Enter on the passphrase; typing is a person's and not counted. Budget: 2 s together.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

COLLEAGUE = "Bima Wardhana"
NAMES = ("to the gate", "its CPU time", "to the counter", "its CPU time")


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QApplication

    from bench.save import fill
    from desktop.app import Application
    from desktop.pictures import Visitor
    from sync.store import operators
    from tests.sync.store.laptop import OPERATOR, PASSPHRASE, make_desk

    turns = int(arguments[0]) if arguments else 10
    residents = int(arguments[1]) if len(arguments) > 1 else 20_000
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data", keystore=False)
        with desk.unlock() as store:
            fill(store, residents)
            operators.add(store, COLLEAGUE, ["petugas"], PASSPHRASE, keystore=desk.keystore)
        opened = Application(app, desk.folder, keystore=desk.keystore, travels=False)
        opened.open()
        visitor = Visitor(opened.window, opened.tasks, Path(folder) / "pictures", quiet=1)
        rows, ctrl = [], Qt.KeyboardModifier.ControlModifier
        for turn in range(turns + 1):
            locking = timed(lambda: visitor.press(Qt.Key.Key_L, ctrl))
            visitor.type((OPERATOR, COLLEAGUE)[turn % 2])
            visitor.press(Qt.Key.Key_Return)
            visitor.type(PASSPHRASE)
            entering = timed(lambda: visitor.press(Qt.Key.Key_Return))
            assert opened.work is not None, "the passphrase is this operator's"
            rows.append((*locking, *entering))
        opened.finish()
    for name, column in zip(NAMES, zip(*rows[1:], strict=True), strict=True):
        times = sorted(column)
        print(
            f"{residents:,} residents, {name:<15} p50 {times[len(times) // 2]:>6.0f} ms   "
            f"max {times[-1]:>6.0f} ms"
        )


def timed(act: Callable[[], None]) -> tuple[float, float]:
    """Do something; the milliseconds that it took, by the clock and of all processors."""
    begun, used = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - begun) * 1e3, (time.process_time() - used) * 1e3


if __name__ == "__main__":
    main(sys.argv[1:])
