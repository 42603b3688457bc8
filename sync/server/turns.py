"""Turns that the processes of one server take, by locked files of its folder: turns/<name>.

A turn ends with its process, however that ends. Regions that several machines serve share the
database alone: what has to be right there as well is the database's business.
"""

from pathlib import Path

from sync.protocol.lock import Lock

FOLDER = "turns"


def attempt(folder: Path, name: str) -> Lock | None:
    """Take a turn; None while somebody else has it."""
    return Lock.attempt(_file(folder, name))


def wait(folder: Path, name: str) -> Lock:
    """Take a turn when it is free: for what takes moments only."""
    return Lock.wait(_file(folder, name))


def _file(folder: Path, name: str) -> Path:
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    return place / name
