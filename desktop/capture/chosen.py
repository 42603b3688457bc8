"""The folder of a scanner or camera that this desk watches, and whether what was taken goes."""

from pathlib import Path
from typing import Final

import msgspec

from forms.engine.problem import Problem, Refused
from sync.store import settings
from sync.store.handle import Store

_KEY: Final = "scans"


class Scans(msgspec.Struct, frozen=True):
    """Where scans land, "" where none is watched.

    With `clears` a file is written over and removed from there once it is saved with a record.
    """

    folder: str = ""
    clears: bool = False


def kept(store: Store) -> Scans:
    """Read what this desk watches."""
    with store.read() as conn:
        return settings.read(conn, _KEY, Scans) or Scans()


def keep(store: Store, scans: Scans) -> Scans:
    """Watch this from now on; Refused(scans_own_folder) for a folder that the store lies in."""
    if scans.folder:
        folder, own = Path(scans.folder).resolve(), store.folder.resolve()
        if own.is_relative_to(folder) or folder.is_relative_to(own):
            raise Refused(Problem("scans_own_folder"))
    with store.write() as conn:
        settings.write(conn, _KEY, scans)
    return scans
