"""The numbered list of a city's backups, beside them: what a restore of an older one must skip.

teras-backups.json = {"backups": [{server, number, epoch, made, file}, ...]}, oldest first; `server`
is the region's random id in hex. A backup that was lost still stands here.
"""

import os
from pathlib import Path

import msgspec

from sync.server.city import City

NAME = "teras-backups.json"
ENTRIES_MAX = 5_000  # a backup a day for thirteen years


class Entry(msgspec.Struct, frozen=True):
    """One verified backup; ids in hex, `made` in ms."""

    server: str
    number: int
    epoch: str
    made: int
    file: str


class _List(msgspec.Struct):
    backups: list[Entry] = []


def note(folder: Path, city: City, number: int, name: str) -> None:
    """Add a backup to its folder's list, durably."""
    entry = Entry(city.id.hex(), number, city.epoch.hex(), city.now(), name)
    entries = [*_read(folder), entry][-ENTRIES_MAX:]
    fresh = folder / (NAME + ".next")
    with fresh.open("wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(_List(entries))))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)


def newest(folder: Path, server: bytes) -> int:
    """Number the newest backup of a server that a folder's list names, 0 for none."""
    return max((one.number for one in _read(folder) if one.server == server.hex()), default=0)


def file(folder: Path, server: bytes, number: int) -> Path | None:
    """Find the file of a backup that a folder's list names; it may be gone, or another by now."""
    named = (one for one in _read(folder) if (one.server, one.number) == (server.hex(), number))
    found = next(named, None)
    return None if found is None else folder / Path(found.file).name


def _read(folder: Path) -> list[Entry]:
    """Read the list; one that is missing or broken names nothing."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=_List).backups
    except (OSError, msgspec.MsgspecError):
        return []
