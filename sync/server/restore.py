"""Puts a backup in the place of what a server's folder holds, and begins a new epoch.

    the backup is opened by its administrator's passphrase, and read whole
    -> a copy of it forgets whom the list of erased persons names, before anything else
    -> it begins a new epoch, after every epoch that is known
    -> what the folder held is kept beside, in a folder of its own
    -> the copy takes its place, and a backup of the new epoch is made beside the old one

Desks find the new epoch by themselves and give back what it lacks (sync.server.recovery).
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from forms.engine.problem import Problem, Refused
from sync.crypto import wrap
from sync.protocol.epoch import Epoch
from sync.protocol.lock import Lock
from sync.protocol.stream import Signed
from sync.server import (
    administration,
    backup_tables,
    ceilings,
    durable,
    epochs,
    erasure_list,
    ledger,
    pouring,
    schema,
    sessions,
    tables,
)
from sync.server.backup import SECRET_CONTEXT, backup, door, explained, settle
from sync.server.city import (
    SECRET,
    SETTINGS,
    City,
    Clock,
    Settings,
    clock,
    settings_of,
    write_private,
)
from sync.server.database import FILE, Database, default_url, is_file, path_of, url_of
from sync.server.wall import tokens

_WORK = "restoring"
_BESIDE = "before-"


class Restored(msgspec.Struct, frozen=True):
    """A server that was put back; `backup` is the one made at the end.

    It is None where it could not be made, with `problem` saying why: until the next backup no
    numbers are granted.
    """

    epoch: bytes
    number: int
    backup: Path | None
    problem: str = ""


class _Before(msgspec.Struct, frozen=True):
    """What the folder that is replaced knew: the newest backup, its epochs, who is erased."""

    last: ceilings.Told = epochs.NOTHING_TOLD
    epochs: Sequence[Epoch] = ()
    erasures: Sequence[Signed] = ()


def restore(
    folder: Path, file: Path, operator: str, passphrase: str, *, now: Clock = clock
) -> Restored:
    """Make a server's folder from a backup.

    Locked where name and passphrase are not an administrator's of the backup. Refused(server_busy |
    file_missing | backup_damaged | schema_newer | disk_full | disk_failed), with what the folder
    held in its place.
    """
    number = put_back(folder, file, operator, passphrase, now)
    return _closed(folder, file, operator, passphrase, now, number)


def put_back(folder: Path, file: Path, operator: str, passphrase: str, now: Clock) -> int:
    """Make the folder's server from a backup, as `restore` says; give the backup's number."""
    if not file.is_file():
        raise Refused(Problem("file_missing", facts={"file": str(file)}))
    with explained():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = Lock.take(folder, "server_busy")
        work = folder / _WORK
        try:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
            number = _prepare(folder, work, file, operator, passphrase, now)
            _take_place(folder, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            lock.release()
    return number


def _prepare(
    folder: Path, work: Path, file: Path, operator: str, passphrase: str, now: Clock
) -> int:
    """Make the folder's new content from the backup; return the backup's number."""
    path = work / path_of(default_url(work)).name
    shutil.copyfile(file, path)
    copy = Database(url_of(path), alone=True)
    try:
        if not copy.is_sound():
            raise Refused(Problem("backup_damaged"))
        with copy.write() as connection:
            found = connection.execute(select(door.c.region, door.c.sealed)).one()
            secret = wrap.unwrap_with_passphrase(found.sealed, passphrase, SECRET_CONTEXT)
            door.drop(connection)
            schema.upgrade(connection)
        write_private(work / SECRET, secret)
        settings = Settings(found.region, _database(folder))
        write_private(work / SETTINGS, msgspec.json.encode(settings))
        city = City(work, Settings(found.region, url_of(path)), copy, now)
        who = administration.sign_in(city, operator, passphrase)
        return _begin_anew(city, folder, file, who)
    finally:
        copy.close()


def _begin_anew(city: City, folder: Path, file: Path, who: str) -> int:
    before = _before(folder, city)
    last = max(before.last, _listed(file.parent, city), key=lambda told: told.generation)
    erasure_list.heed(city, [folder, file.parent], before.erasures)
    with city.database.write() as connection:
        own = connection.scalar(
            select(backup_tables.backup.c.number)
            .where(backup_tables.backup.c.region == city.code)
            .order_by(backup_tables.backup.c.number.desc())
            .limit(1)
        )
        durable.adopt(connection, city.code, durable.Held((), ()))
        sessions.end_all(connection, city)
        tokens.end_all(connection, city)
        epochs.begin(connection, city, by=who, last=last, after=before.epochs)
    return int(own or 0)


def _before(folder: Path, city: City) -> _Before:
    """Ask the database that is replaced; one that is broken, or another region's, says nothing."""
    url = _database(folder)
    if is_file(url) and not path_of(url).exists():
        return _Before()
    old = Database(url, city.code)
    try:
        with old.write() as connection:
            schema.upgrade(connection)
            name = connection.scalar(
                select(tables.region.c.id).where(tables.region.c.region == city.code)
            )
            if name != city.id:
                return _Before()
            return _Before(
                ceilings.told(connection, city.code),
                epochs.lineage(connection, city.code),
                erasure_list.stored(connection, city.code),
            )
    except (DatabaseError, Refused):
        return _Before()
    finally:
        old.close()


def _listed(folder: Path, city: City) -> ceilings.Told:
    """Ask the newest backup that the folder's list names; of one that is gone the number stays."""
    newest = ledger.newest(folder, city.id)
    path = ledger.file(folder, city.id, newest)
    if path is None or not path.is_file():
        return ceilings.Told(newest)
    found = Database(url_of(path), alone=True)
    try:
        with found.read() as connection:
            read = ceilings.told(connection, city.code)
            return read if read.generation >= newest else ceilings.Told(newest)
    except DatabaseError:
        return ceilings.Told(newest)
    finally:
        found.close()


def _database(folder: Path) -> str:
    """Name the database of a folder: the one that it says, or its own file."""
    try:
        return settings_of(folder).database
    except Refused:
        return default_url(folder)


def _take_place(folder: Path, work: Path) -> None:
    """Put what was there beside, and the new in its place; the settings last, they make a server.

    A database outside the folder is kept beside itself, one that is no file as a file.
    """
    settings = settings_of(work)
    fresh = work / path_of(default_url(work)).name
    settle(fresh)
    mark = os.urandom(4).hex()
    beside = folder / (_BESIDE + mark)
    beside.mkdir(mode=0o700)
    if is_file(settings.database):
        _put_aside(folder, beside, mark, path_of(settings.database))
        shutil.move(fresh, path_of(settings.database))
    else:
        _pour(folder, beside, settings, fresh)
    for name in (SECRET, SETTINGS):
        (work / name).replace(folder / name)
    settle(folder)
    if not any(beside.iterdir()):
        beside.rmdir()


def _put_aside(folder: Path, beside: Path, mark: str, target: Path) -> None:
    for name in (SETTINGS, SECRET):
        if (folder / name).exists():
            (folder / name).replace(beside / name)
    home = beside if target.parent == folder else target.parent
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            name = old.name if home == beside else f"{target.name}.{_BESIDE}{mark}{suffix}"
            old.replace(home / name)
    target.parent.mkdir(parents=True, exist_ok=True)


def _pour(folder: Path, beside: Path, settings: Settings, fresh: Path) -> None:
    """Replace the region's rows in one transaction; broken off before its end, nothing happened."""
    for name in (SETTINGS, SECRET):
        if (folder / name).exists():
            shutil.copy2(folder / name, beside / name)  # they count until the rows are there
    target = Database(settings.database, settings.region)
    source = Database(url_of(fresh), alone=True)
    try:
        target.copy(beside / FILE)
        settle(beside / FILE)
        with source.read() as reading, target.write() as connection:
            pouring.pour(reading, connection, settings.region)
    finally:
        source.close()
        target.close()


def _closed(
    folder: Path, file: Path, operator: str, passphrase: str, now: Clock, number: int
) -> Restored:
    """End with a backup of the new epoch, beside the one that was restored."""
    city = City.open(folder, now)
    try:
        made = _beside(file, city)
        try:
            done = backup(city, made, passphrase, operator)
        except Refused as refused:
            return Restored(city.epoch, number, None, refused.problems[0].code)
        problem = "" if done.durable else "backup_not_apart"
        return Restored(city.epoch, number, done.file, problem)
    finally:
        city.close()


def _beside(file: Path, city: City) -> Path:
    """Name the closing backup after the restored one and its epoch."""
    with city.database.read() as connection:
        number = epochs.lineage(connection, city.code)[-1].number
    return file.with_name(f"{file.stem}-epoch{number}{file.suffix}")
