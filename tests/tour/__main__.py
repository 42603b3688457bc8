"""`python -m tests.tour [NAME ...]`: takes the pictures of the window that docs/pictures.md shows.

With names only scenes that begin so. `--to DIR` takes them elsewhere.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication

from sync.crypto import passphrase
from tests.tour.album import PAGE, PICTURES, Album, expected, write_page
from tests.tour.scenes import SCENES
from tests.tour.tour import FRAMES, go
from tests.tour.town import Town

QUICK = (8, 1, 1)  # A passphrase of invented people costs a thousandth of a real one.


def main() -> int:
    """Take them, say how many changed and how long it took."""
    asked = argparse.ArgumentParser(prog="python -m tests.tour", description=__doc__)
    asked.add_argument("names", nargs="*", help="scenes to take; all without")
    asked.add_argument("--to", type=Path, default=PICTURES, help="another folder")
    asked.add_argument("--frame", help="one of: " + ", ".join(frame.name for frame in FRAMES))
    given = asked.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["TZ"] = "Asia/Makassar"  # The region's own, wherever the pictures are taken.
    time.tzset()
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = QUICK
    scenes = tuple(s for s in SCENES if not given.names or s.name.startswith(tuple(given.names)))
    began = time.monotonic()
    app = QApplication(sys.argv[:1])
    changed = []
    with tempfile.TemporaryDirectory(prefix="teras-town-") as folder:
        town = Town(Path(folder))
        town.close()
        for frame in FRAMES:
            if given.frame not in (None, frame.name):
                continue
            album = Album(frame, given.to)
            go(app, town.folder / "desk", town.clock, frame, album.stop, scenes)
            changed += album.changed
    if given.to == PICTURES and not given.names and not given.frame:
        _forget(set(expected()))
        write_page()
    seconds = time.monotonic() - began
    sys.stdout.write(f"{len(changed)} pictures changed, {seconds:.0f} s; see {PAGE.name}\n")
    return 0


def _forget(wanted: set[str]) -> None:
    """Remove the pictures of scenes that are no more."""
    for file in PICTURES.glob("*.png"):
        if file.name not in wanted:
            file.unlink()


if __name__ == "__main__":
    sys.exit(main())
