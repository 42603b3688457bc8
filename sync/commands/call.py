"""One call of a command: what was given with it, where its folders are, and what it answers."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from sync.commands.table import DONE

if TYPE_CHECKING:
    from sync.store.keystore import Keystore


class Upstairs(Protocol):
    """What this storey may ask of the window without knowing it; main.py hands it in."""

    def open(self, folder: Path) -> int:
        """Open the application on a desk's folder and return its exit status when it is closed."""

    def practise(self, folder: Path) -> int:
        """Open the application on the practice desk beside a desk's folder."""

    def pictures(self, desk: Path, kept: Path, operator: str, passphrase: str) -> list[Path]:
        """Draw the windows of a desk offscreen, keep their pictures in `kept` and name them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: one JSON object, and its exit status."""

    body: Mapping[str, Any]
    status: int = DONE


@dataclass(frozen=True, slots=True)
class Call:
    """A command line that was understood; `options` are the command's own."""

    options: argparse.Namespace
    upstairs: Upstairs | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    kept_by: "Keystore | None" = None

    @property
    def keystore(self) -> "Keystore":
        """Where this device's secret lies: the system's keystore, unless another was handed in."""
        from sync.store.keystore import SystemKeystore

        return self.kept_by or SystemKeystore()

    @property
    def data_dir(self) -> Path:
        """This desk's folder: by option, by TERAS_DATA_DIR, or the system's place for such data."""
        return self._folder("data_dir", "TERAS_DATA_DIR", "desk")

    @property
    def server_dir(self) -> Path:
        """The server's folder: by option, by TERAS_SERVER_DIR, or the system's place for it."""
        return self._folder("server_dir", "TERAS_SERVER_DIR", "server")

    def tell(self, news: Mapping[str, Any]) -> None:
        """Report what is done so far at once, one JSON object a line on stderr."""
        sys.stderr.write(msgspec.json.encode(news).decode() + "\n")
        sys.stderr.flush()

    def warn(self, sentence: str) -> None:
        """Say something to the person beside the answer, on stderr."""
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()

    def announce(self, line: str) -> None:
        """Put a line on stdout at once, before the command has ended."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    def _folder(self, option: str, variable: str, name: str) -> Path:
        given = getattr(self.options, option, None) or self.environ.get(variable)
        if given:
            return Path(given)
        from platformdirs import user_data_path

        return user_data_path("teras", appauthor=False) / name
