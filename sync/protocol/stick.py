"""A folder that a person carries: USB stick, share, any folder; written so that pulling it is safe.

    temporary name -> written -> fsync -> renamed -> cache dropped -> read back and compared

Only regular files that are called as ours are ever opened: no link, pipe, device or folder, nothing
larger than a parcel's files may be. What a file says never names another.
"""

import errno
import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple, Protocol

from forms.engine.problem import Problem, Refused
from sync.protocol.parcel import ENTRIES_MAX, FILE_MAX, MANIFEST_MAX, MANIFEST_SUFFIX, is_ours

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_MISSING = frozenset({errno.ENOENT, errno.ENOTDIR})
# No link is followed, no pipe waited for, no line ending changed, nothing left to a child.
_CAREFUL = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


class Found(NamedTuple):
    """What lies on a stick: our files with their sizes, those too large, and how much else."""

    sealed: dict[str, int]
    manifests: dict[str, int]
    large: list[str]
    strange: int


class Stick(Protocol):
    """What carrying needs of a folder; names are bare file names."""

    def look(self) -> Found:
        """List what is there; Refused(stick_missing | stick_forbidden | stick_lost | ...)."""
        ...

    def read(self, name: str, most: int) -> bytes:
        """Read a file whole; Refused(parcel_missing | parcel_too_large | parcel_unreadable)."""
        ...

    def put(self, name: str, content: bytes, part: str) -> None:
        """Have a file there for certain; Refused(stick_full | stick_false | ...)."""
        ...

    def remove(self, name: str) -> None:
        """Have a file there no more."""
        ...

    def settle(self) -> None:
        """Have the folder itself on the disk."""
        ...

    def free(self) -> int:
        """Count the bytes that still fit."""
        ...


class Folder:
    """A real folder as a stick."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self) -> Found:
        """List what is there, in the order of the names.

        Refused(stick_missing | stick_forbidden | stick_lost | stick_crowded).
        """
        sealed, manifests, large, strange = dict[str, int](), dict[str, int](), list[str](), 0
        try:
            with os.scandir(self.path) as entries:
                for count, entry in enumerate(entries):
                    if count >= ENTRIES_MAX:
                        raise Refused(Problem("stick_crowded", facts={"max": ENTRIES_MAX}))
                    size = _size(entry)
                    if size is None or not is_ours(entry.name):
                        strange += 1
                    elif size > _most(entry.name):
                        large.append(entry.name)
                    else:
                        kind = manifests if entry.name.endswith(MANIFEST_SUFFIX) else sealed
                        kind[entry.name] = size
        except OSError as error:
            raise Refused(_meaning(error)) from error
        return Found(dict(sorted(sealed.items())), dict(sorted(manifests.items())), large, strange)

    def read(self, name: str, most: int) -> bytes:
        """Read a regular file of at most so many bytes."""
        try:
            return self._read(name, os.O_RDONLY, most)
        except OSError as error:
            code = "parcel_missing" if error.errno in _MISSING else "parcel_unreadable"
            raise Refused(Problem(code)) from error

    def put(self, name: str, content: bytes, part: str) -> None:
        """Write a file unless it is there already, and read it back from the disk.

        Refused(stick_full | stick_forbidden | stick_lost), or stick_false for a stick that keeps
        something else than it was given.
        """
        try:
            if not self._holds(name, content):
                self._write(part, content)
                (self.path / part).replace(self.path / name)
                if not self._holds(name, content):
                    raise Refused(Problem("stick_false"))
        except OSError as error:
            raise Refused(_meaning(error)) from error

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone, or can't go, is none of anybody's trouble."""
        try:
            (self.path / name).unlink()
        except OSError:
            return

    def settle(self) -> None:
        """Bring the folder's own list of names to the disk, where the system knows such a thing."""
        if not hasattr(os, "O_DIRECTORY"):
            return
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            if error.errno != errno.EINVAL:  # some shares can't, and need not
                raise Refused(_meaning(error)) from error

    def free(self) -> int:
        """Count the bytes that still fit; Refused(stick_missing | stick_lost)."""
        try:
            return shutil.disk_usage(self.path).free
        except OSError as error:
            raise Refused(_meaning(error)) from error

    def _write(self, part: str, content: bytes) -> None:
        path = self.path / part
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _CAREFUL
        handle = os.open(path, flags, 0o644)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.remove(part)
            raise

    def _holds(self, name: str, content: bytes) -> bool:
        """Whether the disk, not a cache before it, has this file with this content."""
        try:
            return self._read(name, os.O_RDWR, len(content), durable=True) == content
        except FileNotFoundError:
            return False
        except Refused:  # longer, or no file at all: it is replaced
            return False

    def _read(self, name: str, flags: int, most: int, *, durable: bool = False) -> bytes:
        path = self.path / name
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Refused(Problem("parcel_unreadable"))
        handle = os.open(path, flags | _CAREFUL)
        with os.fdopen(handle, "rb") as file:
            told = os.fstat(handle)
            if not stat.S_ISREG(told.st_mode):  # exchanged since the look
                raise Refused(Problem("parcel_unreadable"))
            if told.st_size > most:
                raise Refused(Problem("parcel_too_large"))
            if durable:
                os.fsync(handle)
                if hasattr(os, "posix_fadvise"):
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            content = file.read(most + 1)
        if len(content) > most:  # it grew meanwhile
            raise Refused(Problem("parcel_too_large"))
        return content


def _size(entry: os.DirEntry[str]) -> int | None:
    """Tell a regular file's size; None for whatever else it is."""
    told = entry.stat(follow_symlinks=False)
    return told.st_size if stat.S_ISREG(told.st_mode) else None


def _most(name: str) -> int:
    return MANIFEST_MAX if name.endswith(MANIFEST_SUFFIX) else FILE_MAX


def _meaning(error: OSError) -> Problem:
    """Say what the system's error means for the person who holds the stick."""
    if error.errno in _FULL:
        return Problem("stick_full")
    if error.errno in _FORBIDDEN:
        return Problem("stick_forbidden")
    return Problem("stick_missing" if error.errno in _MISSING else "stick_lost")
