"""`python -m tests.tour.atspi [NAME ...]`: the scenes as a screen reader of this system hears them.

Starts a screen, a bus and the system's accessibility service of its own, and asks over AT-SPI what
every control says of itself. Needs Debian's xvfb, dbus, at-spi2-core, python3-gi and
gir1.2-atspi-2.0; says which of them is lacking. Status 1 when something says nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QEventLoop, QProcess
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app import Application
from sync.crypto import passphrase
from tests.tour.scenes import SCENES
from tests.tour.tour import FRAMES, go
from tests.tour.town import Town

SYSTEM_PYTHON = "/usr/bin/python3"  # PyGObject comes with the system, not with the environment.
NAME = "teras-tour"
INSIDE = "--inside"
QUICK = (8, 1, 1)  # A passphrase of invented people costs a thousandth of a real one.
_TOOLS = {"Xvfb": "xvfb", "dbus-run-session": "dbus"}
_ATSPI = Path("/usr/libexec/at-spi-bus-launcher")
_ASKS = "import gi; gi.require_version('Atspi', '2.0')"

# Runs beside the window, in the system's own Python; prints a line for each mute control.
LISTENER = """
import sys, gi
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi
Atspi.init()
S = Atspi.StateType
heard = mute = 0
def walk(one, depth, path):
    global heard, mute
    if one is None or depth > 40:
        return
    states = one.get_state_set()
    if states.contains(S.SHOWING) and states.contains(S.FOCUSABLE):
        heard += 1
        if not one.get_name() or one.get_role() in (Atspi.Role.INVALID, Atspi.Role.UNKNOWN):
            mute += 1
            print("mute:", one.get_role_name(), "in", path)
    for at in range(min(one.get_child_count(), 60)):
        walk(one.get_child_at_index(at), depth + 1, path + "/" + (one.get_name() or "-")[:24])
desktop = Atspi.get_desktop(0)
for at in range(desktop.get_child_count()):
    app = desktop.get_child_at_index(at)
    if app is not None and app.get_process_id() == int(sys.argv[1]):
        walk(app, 0, "")
print("heard:", heard)
sys.exit(1 if mute or not heard else 0)
"""


def main() -> int:
    """Say what is lacking, or what is heard."""
    lacking = missing()
    if lacking:
        sys.stderr.write("this machine lacks " + ", ".join(lacking) + "\n")
        return 2
    if INSIDE in sys.argv:
        return listen(tuple(name for name in sys.argv[1:] if name != INSIDE))
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1366x768x24"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writer], stderr=quiet
    ) as screen:
        try:
            os.close(writer)
            with os.fdopen(reader) as answer:
                display = f":{answer.readline().strip()}"
            environment = os.environ | {
                "DISPLAY": display,
                "QT_QPA_PLATFORM": "xcb",
                "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
                "QT_LOGGING_RULES": "qt.accessibility.atspi=false",
            }
            again = [sys.executable, "-m", "tests.tour.atspi", *sys.argv[1:], INSIDE]
            session = ["dbus-run-session", "--", *again]
            return subprocess.run(session, env=environment, check=False).returncode
        finally:
            screen.terminate()


def missing() -> list[str]:
    """Name the packages that this machine lacks."""
    lacking = [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]
    if not _ATSPI.exists():
        lacking.append("at-spi2-core")
    asked = [SYSTEM_PYTHON, "-c", _ASKS]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        lacking.append("python3-gi with gir1.2-atspi-2.0")
    return lacking


def listen(names: tuple[str, ...]) -> int:
    """Go through the scenes whose names begin so, all without, and listen at each."""
    passphrase.MEMORY_KIB, passphrase.PASSES, passphrase.LANES = QUICK
    scenes = tuple(s for s in SCENES if not names or s.name.startswith(names))
    app = QApplication([NAME])
    mute: list[str] = []

    def stop(name: str, _shown: QWidget, desk: Application) -> None:
        desk.window.activateWindow()
        status, said = _heard()
        sys.stdout.write(f"{name}: {said}\n")
        if status:
            mute.append(name)

    with tempfile.TemporaryDirectory(prefix="teras-town-") as folder:
        town = Town(Path(folder))
        town.close()
        go(app, town.folder / "desk", town.clock, FRAMES[0], stop, scenes)
    return 1 if mute else 0


def _heard() -> tuple[int, str]:
    """Ask from another process while this one answers."""
    listener = QProcess()
    loop = QEventLoop()
    listener.finished.connect(loop.quit)
    listener.start(SYSTEM_PYTHON, ["-c", LISTENER, str(os.getpid())])
    loop.exec()
    said = bytes(listener.readAllStandardOutput().data()).decode().strip()
    status = listener.exitCode()
    listener.deleteLater()
    return status, said


if __name__ == "__main__":
    sys.exit(main())
