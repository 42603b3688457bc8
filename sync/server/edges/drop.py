"""One destination by files: keluar/<key>.json goes out, masuk/<key>.json is its answer.

A file is there whole or not at all; whoever carries it may take it out of keluar/ as soon as it is
there. Once it is answered, both files go.
"""

import os
from pathlib import Path

from sync.server.edges import reply
from sync.server.edges.places import Place
from sync.server.edges.reply import Reply
from sync.server.edges.web import ANSWER_MAX

OUT, IN = "keluar", "masuk"


class Drop:
    """Lays items into one folder."""

    def __init__(self, place: Place) -> None:
        self._out = Path(place.folder) / OUT
        self._in = Path(place.folder) / IN

    def send(self, key: str, body: bytes) -> Reply:
        """Lay an item there, unless it is answered already."""
        try:
            answered = self._answer(key)
            if answered is None:
                for folder in (self._out, self._in):
                    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(self._out / f"{key}.json", body)
        except OSError:
            return Reply("rest", code="folder")
        return answered or Reply("taken")

    def ask(self, key: str) -> Reply:
        """See whether an answer lies there."""
        try:
            return self._answer(key) or Reply("taken")
        except OSError:
            return Reply("rest", code="folder")

    def forget(self, key: str) -> None:
        """Take both files away; one that can't be removed stays for whoever tidies there."""
        for folder in (self._out, self._in):
            try:
                (folder / f"{key}.json").unlink(missing_ok=True)
            except OSError:
                continue

    def close(self) -> None:
        """Nothing is held open."""

    def _answer(self, key: str) -> Reply | None:
        try:
            with (self._in / f"{key}.json").open("rb") as file:
                content = file.read(ANSWER_MAX + 1)
        except FileNotFoundError:
            return None
        if len(content) > ANSWER_MAX:
            return Reply("later", code="answer_long")
        return reply.read(content)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".baru")
    fresh.unlink(missing_ok=True)  # of an attempt that was cut short
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
