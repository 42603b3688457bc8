"""A server in a process of its own, and what a process took: CPU time and the most memory."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


class Took(NamedTuple):
    """CPU seconds since a moment, and MB: the most since then, and what there was at it."""

    cpu: float
    peak: int
    before: int


class Watched:
    """One process, watched from now on."""

    def __init__(self, process: int) -> None:
        self.process = process
        self.begin()

    def begin(self) -> None:
        """Let everything count from this moment."""
        (self._place / "clear_refs").write_text("5")  # the peak begins anew
        self._cpu, self._before = self._spent(), self._memory("VmRSS")

    def now(self) -> int:
        """Tell the MB that it has in memory."""
        return self._memory("VmRSS")

    def took(self) -> Took:
        """Tell what it took since `begin`."""
        return Took(self._spent() - self._cpu, self._memory("VmHWM"), self._before)

    @property
    def _place(self) -> Path:
        return Path(f"/proc/{self.process}")

    def _spent(self) -> float:
        fields = (self._place / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def _memory(self, line: str) -> int:
        for text in (self._place / "status").read_text().splitlines():
            if text.startswith(line + ":"):
                return int(text.split()[1]) // 1024
        raise LookupError(line)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[str, Watched]]:
    """Run the server of a folder; its URL, and the process watched."""
    command = [sys.executable, str(ROOT / "main.py"), "--server-dir", str(folder), "server", "run"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"], Watched(process.pid)
        finally:
            process.terminate()
            process.wait()
