"""An enrolment under way: the keys with which a laptop asks to join, until its store has them.

A city lets a device in once. Where the power fails between its answer and the store, the same keys
get the same answer again (sync.server.enrolment), so they are on the disk before anything is asked;
sealed under the code, which is typed anew by who goes on.
"""

import hashlib
import os
from pathlib import Path

import msgspec

from forms.engine.problem import Locked
from sync.crypto import wrap
from sync.crypto.keys import DeviceKeys
from sync.protocol import wire
from sync.store.engine import explained

NAME = "joining"
KEPT_MAX = 8  # names that somebody tries with one code
_CONTEXT = b"teras/joining/1"


class Attempt(msgspec.Struct, frozen=True):
    """Who asks to join; another operator's name is another attempt."""

    keys: DeviceKeys
    incarnation: bytes
    operator: str


def read(folder: Path, code: bytes, operator: str) -> Attempt | None:
    """Read the attempt with this code by this operator; None where there is none of it."""
    found = (one for one in _all(folder, code) if one.operator == operator)
    return next(found, None)


def keep(folder: Path, code: bytes, attempt: Attempt) -> None:
    """Add an attempt to those with its code, on the disk before this returns."""
    kept = [*_all(folder, code), attempt][-KEPT_MAX:]
    fresh = folder / (NAME + ".next")
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(wrap.wrap(wire.encode(kept), _key(code), _CONTEXT))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder / NAME)


def _all(folder: Path, code: bytes) -> list[Attempt]:
    try:
        plain = wrap.unwrap((folder / NAME).read_bytes(), _key(code), _CONTEXT)
    except (OSError, Locked):
        return []
    return wire.decode(plain, list[Attempt])


def _key(code: bytes) -> bytes:
    """A code has 80 random bits: they need no stretching."""
    return hashlib.sha256(_CONTEXT + code).digest()


def drop(folder: Path) -> None:
    """Forget the attempt: the store has its keys now."""
    for name in (NAME, NAME + ".next"):
        (folder / name).unlink(missing_ok=True)
