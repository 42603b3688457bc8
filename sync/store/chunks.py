"""Sealed chunks of attachments, as files beside the store.

    <data folder>/chunks/<32 hex digits>     random names; ciphertext under the file's own key

A file is on the disk before the row that names it is written, and the row is gone before the file:
what a crash leaves is a file that nothing names, which goes when the store is opened next. Names
and contents tell nobody anything; the keys are in the records, in the store.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from sync.store.engine import explained
from sync.store.handle import CHUNKS, Store
from sync.store.statements import Connection

NAME_BYTES = 16


def write(store: Store, chunks: Iterable[bytes]) -> list[str]:
    """Write chunks durably and name them; Refused(disk_full | disk_failed), then none is left."""
    folder = store.folder / CHUNKS
    names = list[str]()
    with explained():
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            for chunk in chunks:
                names.append(os.urandom(NAME_BYTES).hex())
                _write(folder / names[-1], chunk)
            _settle(folder)
        except BaseException:
            drop(store, names)
            raise
    return names


def read(store: Store, name: str) -> bytes | None:
    """Read a chunk; None where it is gone or the disk can't read it."""
    try:
        return (store.folder / CHUNKS / name).read_bytes()
    except OSError:
        return None


def drop(store: Store, names: Iterable[str]) -> None:
    """Remove chunks that no row names any more; one that can't go now goes at the next start."""
    for name in names:
        _remove(store.folder / CHUNKS / name)


def sweep(folder: Path, conn: Connection) -> None:
    """Remove what a crash left; only while nothing can be attached, before the store is open."""
    place = folder / CHUNKS
    try:
        found = {path.name for path in place.iterdir()} if place.is_dir() else set[str]()
    except OSError:
        return
    for name in found - _named(conn):
        _remove(place / name)


def named(store: Store, names: Collection[str]) -> set[str]:
    """Tell which of these names a row bears."""
    if not names:
        return set()
    with store.read() as conn:
        return _named(conn).intersection(names)


def _named(conn: Connection) -> set[str]:
    return set(conn.exec_driver_sql("SELECT name FROM chunk").scalars())


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _write(path: Path, chunk: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    """Bring the folder's list of names to the disk, where the system knows such a thing."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
