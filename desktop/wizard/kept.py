"""How far a first run has come, and what was answered: kept for a power cut in any step.

    <desk>/setup    [step, sealed answers]; gone when the first run is over

The step is a number and stands in the clear; the answers name a region and a person, so they are
sealed under a key in the system's keystore. Where there is none, they are not kept: who is cut off
there before the laptop has joined begins with the first question. No passphrase is ever kept.
"""

import os
from pathlib import Path

import msgspec

from desktop.wizard import steps
from forms.engine.problem import Locked, Refused
from sync.crypto import wrap
from sync.protocol import wire
from sync.store.keystore import Keystore

FILE = "setup"
_SECRET = "setup"  # its name in the keystore  # noqa: S105 - a name, no secret
_CONTEXT = b"teras/setup/1"
_KEY_BYTES = 32


class Answers(msgspec.Struct, frozen=True):
    """What was answered so far; the region by its code, "" for one that is not on the list."""

    region: str = ""
    url: str = ""
    code: str = ""
    operator: str = ""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """The file."""

    step: int
    sealed: bytes


def is_under_way(folder: Path) -> bool:
    """Tell whether a first run was begun here and not ended."""
    return (folder / FILE).exists()


def read(folder: Path, keystore: Keystore) -> tuple[int, Answers]:
    """Give the step to go on with, and the answers; the first one where nothing can be read."""
    found = _file(folder)
    if found is None:
        return steps.REGION, Answers()
    if found.step >= steps.PRINTER:
        return min(found.step, steps.SYNC), Answers()
    key = keystore.get(_SECRET) if keystore.available() else None
    try:
        plain = wrap.unwrap(found.sealed, key or b"", _CONTEXT)
        return max(found.step, steps.REGION), wire.decode(plain, Answers)
    except (Locked, Refused):
        return steps.REGION, Answers()


def keep(folder: Path, keystore: Keystore, step: int, answers: Answers) -> None:
    """Keep both in place of what was kept, on the disk before this returns.

    A disk that is full or read-only keeps nothing: what matters is refused where it is made.
    """
    sealed = b""
    if step < steps.PRINTER and keystore.available():
        key = keystore.get(_SECRET)
        if key is None:
            key = os.urandom(_KEY_BYTES)
            keystore.put(_SECRET, key)
        sealed = wrap.wrap(wire.encode(answers), key, _CONTEXT)
    fresh = folder / (FILE + ".next")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(wire.encode(Kept(step, sealed)))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / FILE)
    except OSError:
        return


def drop(folder: Path) -> None:
    """Forget the first run: it is over."""
    (folder / FILE).unlink(missing_ok=True)


def _file(folder: Path) -> Kept | None:
    try:
        return wire.decode((folder / FILE).read_bytes(), Kept)
    except (OSError, Refused):
        return None
