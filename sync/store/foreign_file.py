"""Files of elsewhere: on a stick, in a scanner's folder, dropped on the window.

Only a plain file is opened, never what a link leads to, a device or a pipe, which might wait or
give without end; no more is read than was asked for, and only of a file that stood still meanwhile.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from forms.engine.problem import Problem, Refused

PART = 1024 * 1024  # bytes read at once: a slow stick tells how far it is each second

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a pipe nobody writes to would never be opened
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOCTTY", 0)
)


class Mark(NamedTuple):
    """Which file it was and how it stood: a file with another mark is another file."""

    device: int
    inode: int
    size: int
    changed: int


class Foreign(NamedTuple):
    """What was read, and the mark of the file that it was read from."""

    content: bytes
    mark: Mark


def read(
    path: Path, most: int, tell: Callable[[int, int], None] = lambda _done, _whole: None
) -> Foreign:
    """Read a file of at most `most` bytes; `tell` hears (done, whole) and may raise to end it.

    Refused(attachment_missing | attachment_no_file | attachment_too_large | attachment_unsteady).
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Refused(Problem("attachment_no_file"))
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise Refused(Problem("attachment_missing")) from error
    with os.fdopen(handle, "rb", buffering=0) as file:
        before = os.fstat(handle)
        if not stat.S_ISREG(before.st_mode):
            raise Refused(Problem("attachment_no_file"))
        if before.st_size > most:
            raise Refused(Problem("attachment_too_large", facts={"max": most // 1_000_000}))
        content = bytearray()
        try:
            # One byte more than it says to have: a file that grows is found.
            while part := file.read(min(PART, before.st_size + 1 - len(content))):
                content += part
                tell(min(len(content), before.st_size), before.st_size)
            after = os.fstat(handle)
        except OSError as error:
            raise Refused(Problem("attachment_missing")) from error
    if _mark(before) != _mark(after) or len(content) != before.st_size:
        raise Refused(Problem("attachment_unsteady"))
    return Foreign(bytes(content), _mark(after))


def shred(path: Path, mark: Mark) -> bool:
    """Write over a file and remove it, where it still is the one that was read; tell whether.

    A file with another name besides is only removed under this one. On flash memory what was
    written over may stay in cells that nobody can name: only an encrypted disk is sure there.
    """
    flags = _FLAGS & ~os.O_RDONLY | os.O_RDWR
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with os.fdopen(os.open(path, flags), "r+b", buffering=0) as file:
            found = os.fstat(file.fileno())
            if _mark(found) != mark:
                return False
            if found.st_nlink <= 1:
                _write_over(file.write, mark.size)
                os.fsync(file.fileno())
        path.unlink()
    except (OSError, ValueError):
        return False
    return True


def _write_over(write: Callable[[bytes], int | None], size: int) -> None:
    blank = bytes(PART)
    while size > 0:
        size -= write(blank[:size]) or size


def _mark(found: os.stat_result) -> Mark:
    return Mark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
