"""Start to a usable sign-in window, and sign-in to a usable counter, in a process of its own.

    .venv/bin/python bench/start.py [RUNS] [RESIDENTS]

Milliseconds from the start of the process, offscreen and warm; budget 1,500 ms to sign-in.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CHILD = """
import sys, time
begun = float(sys.argv[2])
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
from desktop.app import Application
desk = Application(app, Path(sys.argv[1]), travels=False)
desk.open()
app.processEvents()
desk.window.grab()
print((time.time() - begun) * 1e3)
deadline = time.time() + 60
desk._unlock(sys.argv[3], sys.argv[4])
while desk.work is None and time.time() < deadline:
    app.processEvents()
desk.window.grab()
print((time.time() - begun) * 1e3)
desk.finish()
"""


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    from bench.save import fill
    from tests.sync.store.laptop import OPERATOR, PASSPHRASE, make_desk

    runs = int(arguments[0]) if arguments else 10
    residents = int(arguments[1]) if len(arguments) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "data", keystore=False)
        with desk.unlock() as store:
            fill(store, residents)
        rows = [child(desk.folder, OPERATOR, PASSPHRASE) for _ in range(runs + 1)][1:]
    for name, column in zip(("to sign-in", "to the counter"), zip(*rows, strict=True), strict=True):
        times = sorted(column)
        print(
            f"{residents:,} residents, {name:<15} p50 {times[len(times) // 2]:>6.0f} ms   "
            f"max {times[-1]:>6.0f} ms"
        )


def child(folder: Path, operator: str, passphrase: str) -> list[float]:
    """Start once; milliseconds to each of the two moments."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(folder), str(time.time()), operator, passphrase],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    return [float(line) for line in done.stdout.split()]


if __name__ == "__main__":
    main(sys.argv[1:])
