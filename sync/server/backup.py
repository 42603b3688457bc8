"""One file holds the whole server, as of one moment, and becomes a server again.

    copy of the database, while it is used
    -> its ceilings and its number are written into the copy
    -> the folder's secret, sealed under the administrator's passphrase, beside the tables (`door`)
    -> reopened: every page read, every table counted, what it holds of every desk read from it
    -> rehearsed, where that is asked for: what is wrong with it then keeps it from counting
    -> it takes its name, and the folder's list names it
    -> the running server learns from it what is durable, and how far it may grant

Only a backup in another folder than the server's own makes anything durable: one on the same disk
goes with it.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.exc import DatabaseError

from forms.engine.problem import Problem, Refused
from sync.crypto import wrap
from sync.server import audit, backup_tables, ceilings, durable, erasure_list, ledger, tables
from sync.server.city import SECRET, City
from sync.server.database import Database, is_file, path_of, url_of
from sync.server.statements import Statement

SECRET_CONTEXT = b"teras/server backup/1"
_NEXT = ".next"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

# Not among the server's own tables: a running server has no such row.
door = Table("door", MetaData(), Column("region", Text), Column("sealed", LargeBinary))


class Made(msgspec.Struct, frozen=True):
    """A verified backup; `durable` where it counts as one.

    `flaws` are what a rehearsal found wrong with the city that it holds.
    """

    number: int
    file: Path
    records: int
    changes: int
    durable: bool
    flaws: tuple[Problem, ...] = ()


# Tries a file as a restore would, and tells what is wrong with what came out.
Rehearsal = Callable[[Path], tuple[Problem, ...]]


def backup(
    city: City, file: Path, passphrase: str, by: str, rehearsal: Rehearsal | None = None
) -> Made:
    """Write a backup, read back before it takes its name; the server goes on meanwhile.

    Refused(backup_damaged | backup_overtaken | disk_full | disk_failed), with nothing left behind.
    `by` and `passphrase` are those of an administrator who has signed in.
    """
    fresh = file.with_name(file.name + _NEXT)
    apart = _is_apart(city, file)
    try:
        with explained():
            erasure_list.heed(city, [city.folder, file.parent])  # an older disk knows it not yet
            fresh.unlink(missing_ok=True)
            city.database.copy(fresh)
            number, counted = _complete(city, fresh, file, passphrase)
            read = _read_back(city, fresh, counted)
            flaws = rehearsal(fresh) if rehearsal is not None else ()
            counts = apart and not flaws  # a copy of a broken city is kept, but trusted by nobody
            tested = city.now() if rehearsal is not None else None
            with city.database.write() as connection:  # the file is there before this counts
                if counts:
                    ceilings.adopt(connection, city.code, read.ceilings)
                    durable.adopt(connection, city.code, read.held)
                    _note(connection, city, number, file, tested)
                audit.note(connection, city, by, "backup_made", generation=str(number))
                settle(fresh)
                fresh.replace(file)
                settle(file.parent)
                if counts:
                    ledger.note(file.parent, city, number, file.name)
                    erasure_list.lay(file.parent, city, connection)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)
    return Made(number, file, counted["record"], counted["change"], counts, flaws)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the disk or a file does to us into one Refused."""
    try:
        yield
    except DatabaseError as error:
        raise Refused(Problem("backup_damaged")) from error
    except OSError as error:
        full = error.errno in _NO_ROOM
        raise Refused(Problem("disk_full" if full else "disk_failed")) from error


def _is_apart(city: City, file: Path) -> bool:
    """Whether the file lies outside the folders that a lost server takes with it."""
    place = file.parent.resolve()
    own = [city.folder.resolve()]
    if is_file(city.database.url):
        own.append(path_of(city.database.url).parent.resolve())
    return not any(place == folder or folder in place.parents for folder in own)


def settle(path: Path) -> None:
    """Bring a file, or a folder's list of names, to the disk."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return  # Windows keeps a folder's names by itself
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _complete(city: City, fresh: Path, file: Path, passphrase: str) -> tuple[int, dict[str, int]]:
    """Write into the copy what makes it a backup; return its number and what it holds."""
    secret = (city.folder / SECRET).read_bytes()
    sealed = wrap.wrap_with_passphrase(secret, passphrase, SECRET_CONTEXT)
    copy = Database(url_of(fresh), alone=True)
    try:
        with copy.write() as connection:
            number = ceilings.generation(connection, city.code) + 1
            number = max(number, ledger.newest(file.parent, city.id) + 1)
            ceilings.write_own(connection, city)
            _note(connection, city, number, file)
            door.create(connection, checkfirst=False)
            connection.execute(insert(door).values(region=city.code, sealed=sealed))
            return number, _counts(connection, city.code)
    finally:
        copy.close()


class _Read(msgspec.Struct, frozen=True):
    """What the reopened copy says of itself."""

    held: durable.Held
    ceilings: list[Any]


def _read_back(city: City, fresh: Path, counted: dict[str, int]) -> _Read:
    """Reopen the copy, read all of it and what it holds; Refused(backup_damaged)."""
    copy = Database(url_of(fresh), alone=True)
    try:
        sound = copy.is_sound()
        with copy.read() as connection:
            ceiling = backup_tables.ceiling
            listed = connection.execute(select(ceiling).where(ceiling.c.region == city.code)).all()
            if not sound or _counts(connection, city.code) != counted:
                raise Refused(Problem("backup_damaged"))
            return _Read(durable.read(connection, city.code), list(listed))
    finally:
        copy.close()


def _counts(connection: Connection, region: str) -> dict[str, int]:
    return {row.name: row.count for row in _counting().run(connection, region=region)}


@lru_cache
def _counting() -> Statement:
    return Statement(
        union_all(
            *(
                select(literal_column(f"'{table.name}'").label("name"), func.count().label("count"))
                .select_from(table)
                .where(table.c.region == bindparam("region"))
                for table in tables.metadata.sorted_tables
            )
        )
    )


def _note(
    connection: Connection, city: City, number: int, file: Path, tested: int | None = None
) -> None:
    connection.execute(
        insert(backup_tables.backup).values(
            region=city.code,
            number=number,
            epoch=city.epoch,
            made=city.now(),
            reserve=ceilings.reserve(city),
            file=str(file.resolve()),
            tested=tested,
        )
    )
