"""Watches the folder where a scanner or a camera's program puts its files.

    the system says that the folder changed, or every POLL_MS since network folders don't
      -> names, sizes and times are read, in the lane of files
      -> what looks the same SETTLE_MS later is whole: half-written files are never taken

Nothing is read, moved or removed by watching.
"""

import os
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from desktop.capture.chosen import Scans
from desktop.capture.clip import shown_name
from desktop.capture.source import Source
from desktop.tasks import Lane, Latest, Tasks
from forms.engine.problem import Problem, Refused

SETTLE_MS = 1_500  # a scanner writes its pages with shorter breaks
POLL_MS = 10_000
NAMES_MAX = 5_000  # of one folder; more is no scanner's
SHOWN_MAX = 20  # the newest ones

_SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".pdf", ".heic", ".heif", ".tif", ".tiff", ".bmp"]
)  # those that are not taken are listed too: why, is told when one is chosen


class Lying(NamedTuple):
    """A file in the folder: where, how large, last changed (ns since 1970)."""

    path: Path
    size: int
    changed: int


def listing(folder: Path) -> list[Lying]:
    """List the plain files that may be scans, newest first; links and hidden ones are left out.

    Refused(scans_gone | scans_crowded).
    """
    found = []
    try:
        with os.scandir(folder) as names:
            for count, entry in enumerate(names):
                if count >= NAMES_MAX:
                    raise Refused(Problem("scans_crowded", facts={"max": NAMES_MAX}))
                suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122 - a name, no path
                if suffix not in _SUFFIXES or entry.name.startswith((".", "~")):
                    continue
                if entry.is_file(follow_symlinks=False):
                    about = entry.stat(follow_symlinks=False)
                    found.append(Lying(Path(entry.path), about.st_size, about.st_mtime_ns))
    except OSError as error:
        raise Refused(Problem("scans_gone")) from error
    return sorted(found, key=lambda one: (-one.changed, one.path.name))


class Watch(QObject):
    """Knows what lies in the folder, whole and not taken yet, the newest first.

    `arrived` comes with the name of each file that came while it was watched, `troubled` once with
    why the folder can't be read; it is looked for again until it is there. `looks` counts the
    looks that ended.
    """

    arrived = Signal(str)
    troubled = Signal(Exception)

    def __init__(
        self,
        tasks: Tasks,
        parent: QObject,
        *,
        settle_ms: int = SETTLE_MS,
        poll_ms: int = POLL_MS,
    ) -> None:
        super().__init__(parent)
        self._settle_ms, self._poll_ms = settle_ms, poll_ms
        self.scans = Scans()
        self.lying: tuple[Lying, ...] = ()
        self._reading = Latest(tasks, self, Lane.FILES)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._look)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self.looks = 0
        self._forget()

    @property
    def settled(self) -> bool:
        """Tell whether all that lies there has stood still."""
        return self._known is not None

    def follow(self, scans: Scans) -> None:
        """Watch this folder from now on, none where it names none."""
        moved = scans.folder != self.scans.folder
        self.scans = scans
        if moved:
            self.stop()
            self._forget()
            self._look()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._reading.drop()
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())

    def took(self, path: Path) -> None:
        """Offer a file no more as it is now; changed, it is another one."""
        self._taken |= {one for one in self.lying if one.path == path}
        self.lying = tuple(one for one in self.lying if one.path != path)

    def sources(self) -> list[Source]:
        """List what lies there as sources."""
        return [
            Source(shown_name(one.path.name), one.path, cleared=self.scans.clears)
            for one in self.lying
        ]

    def _forget(self) -> None:
        self.lying = ()
        self._before: frozenset[Lying] | None = None  # what the look before saw
        self._known: frozenset[Path] | None = None  # what has stood there whole
        self._taken: set[Lying] = set()
        self._well = True

    def _look(self) -> None:
        self._timer.stop()
        if self.scans.folder:
            folder = Path(self.scans.folder)
            self._reading.ask(partial(listing, folder), self._saw, self._broke)

    def _saw(self, found: list[Lying]) -> None:
        folder = self.scans.folder
        self.looks += 1
        if folder and folder not in self._watcher.directories():
            self._watcher.addPath(folder)
        self._well = True
        now = frozenset(found)
        whole = [one for one in found if one.size and one in (self._before or ())]
        settles = self._before is None or now != self._before
        self._taken &= now
        self.lying = tuple(one for one in whole if one not in self._taken)[:SHOWN_MAX]
        if not settles:
            stands = frozenset(one.path for one in whole)
            came = [one for one in self.lying if one.path not in (self._known or ())]
            if self._known is not None:
                for one in came:
                    self.arrived.emit(shown_name(one.path.name))
            self._known = stands
        self._before = now
        self._timer.start(self._settle_ms if settles else self._poll_ms)

    def _broke(self, error: Exception) -> None:
        self.looks += 1
        self.lying, self._before = (), None
        if self._well:
            self._well = False
            self.troubled.emit(error)
        self._timer.start(self._poll_ms)
