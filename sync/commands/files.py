"""Files that a command leaves behind: whole or not at all."""

import errno
import os
from pathlib import Path


def replaced(path: Path, content: bytes) -> None:
    """Write a file in one step, on the disk before this returns; OSError leaves the old one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def check_place(path: Path) -> None:
    """Find out before the work whether a file can be written there; OSError if not."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    probe = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        probe.touch()
    finally:
        probe.unlink(missing_ok=True)
