"""The real application in a real window: started as a person starts it, driven by real keys."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sync.store.laptop import OPERATOR, PASSPHRASE, make_desk

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60  # of a slow machine that starts everything at once; a usual start takes two

pytestmark = [pytest.mark.window, pytest.mark.usefixtures("costly")]


class Screen:
    """A screen of its own with a window manager, without which nothing gets the focus."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            "1366x768x24",
            "-nolisten",
            "tcp",
        ]
        self.server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        self.environment = {
            name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"
        } | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        self.manager = subprocess.Popen(
            ["openbox"], env=self.environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def tool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def titles(self) -> list[str]:
        found = self.tool("search", "--onlyvisible", "--name", "Teras").split()
        return [self.tool("getwindowname", window) for window in found]

    def end(self) -> None:
        for process in (self.manager, self.server):
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


@pytest.fixture
def screen() -> Iterator[Screen]:
    assert shutil.which("Xvfb"), "this machine lacks Xvfb (or run ./check --without window)"
    opened = Screen()
    yield opened
    opened.end()


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def confirmed(screen: Screen) -> bool:
    """Press the button that the closing sentence offers first."""
    screen.tool("key", "Return")
    return True


def test_a_clerk_signs_in_and_closes_again_by_keyboard(screen: Screen, tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "data", keystore=False)
    program = subprocess.Popen(
        [sys.executable, "main.py", "--data-dir", str(desk.folder)],
        env=screen.environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    try:
        assert until(lambda: "Teras" in screen.titles())
        screen.tool("search", "--sync", "--onlyvisible", "--name", "Teras", "windowfocus", "--sync")
        screen.tool("type", "--delay", "30", OPERATOR)
        screen.tool("key", "Return")
        screen.tool("type", "--delay", "30", PASSPHRASE)
        screen.tool("key", "Return")
        assert until(lambda: any("·" in title for title in screen.titles()))

        screen.tool("key", "alt+F4")

        assert until(lambda: confirmed(screen) and program.poll() == 0)
    finally:
        program.kill()
        _, said = program.communicate()
    assert b"Traceback" not in said
