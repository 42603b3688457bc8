"""Opens the door: the command line of sync/commands; without a command, the window."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path

from sync.commands import door


class Window:
    """The storey above, imported when somebody goes up: a command without a window needs no Qt."""

    def open(self, folder: Path) -> int:
        """Open the application on a desk's folder."""
        from desktop.app import run

        return run(folder)

    def practise(self, folder: Path) -> int:
        """Open the application on the practice desk beside a desk's folder."""
        from desktop.app import run

        return run(folder, practises=True)

    def pictures(self, desk: Path, kept: Path, operator: str, passphrase: str) -> list[Path]:
        """Draw a desk's windows offscreen and keep their pictures."""
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        from desktop.demo import pictures

        return pictures(desk, kept, operator, passphrase)


def main() -> int:
    """Do what the command line says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Windows consoles and pipes would else take the machine's code page.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return door.main(sys.argv[1:], Window())


if __name__ == "__main__":
    sys.exit(main())
