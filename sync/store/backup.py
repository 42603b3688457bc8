"""One file holds the whole store for who made it, and becomes a store again.

file = tar [ "door"      slots that this passphrase alone opens, on any laptop
             "slots"     the laptop's own slots, for the same laptop
             "store.db"  the encrypted file, as of one moment
             "chunks/.." sealed chunks of attachments that the city has not said to have ]
"""

import os
import re
import shutil
import tarfile
from pathlib import Path
from typing import NamedTuple

from forms.engine.problem import Locked, Problem, Refused
from sync.crypto.slots import Slots
from sync.protocol.lock import Lock
from sync.store import backup_list, incarnation, salvage, schema, staff, unsent_files
from sync.store.engine import Engine, explained, meaning, sqlcipher, write_engine
from sync.store.handle import CHUNKS, FILE, SLOTS, Clock, Store
from sync.store.keystore import Keystore
from sync.store.open import unlock
from sync.store.slot_file import SlotFile

DOOR = "door"
MEMBERS = (DOOR, SLOTS, FILE)
_WORK = "restoring"
_CHUNK = re.compile(CHUNKS + r"/[0-9a-f]{32}")


def backup(store: Store, file: Path, passphrase: str, *, keystore: Keystore) -> None:
    """Write a backup, checked before it takes its name; saving goes on meanwhile.

    Locked for another passphrase than that of the operator who is signed in.
    """
    slots = SlotFile.read(store.folder)
    slots.slots.open(store.operator.name, passphrase, slots.secret(keystore))
    door = Slots.create().add(store.key, store.operator.name, passphrase)
    _write(store, file, door.encode())


def renew(store: Store) -> list[Path]:
    """Write the backups anew that hold somebody who was erased; give those that are out of reach.

    Each has the store as it is now and opens by the passphrase by which it opened before. A file
    that is away, as a stick may be, is written when it is here again; one that is none of this
    desk's any more is let be.
    """
    with store.read() as conn:
        held = [Path(one.path) for one in backup_list.read(conn) if one.holds]
    away = []
    for file in held:
        try:
            door = _own_door(store, file)
            if door is not None:
                _write(store, file, door)
            else:
                with store.write() as conn:
                    backup_list.drop(conn, str(file))
        except (OSError, Refused):
            away.append(file)
    return away


def _own_door(store: Store, file: Path) -> bytes | None:
    """Read the door of a backup of this very store; None where the file is something else.

    OSError where it can't be read, Refused(disk_full | disk_failed) where the disk fails.
    """
    copy = file.with_name(file.name + ".store")
    try:
        with tarfile.open(file, "r:") as tar:
            parts = [tar.extractfile(name) for name in (DOOR, FILE)]
            door, content = (part for part in parts if part is not None)
            said = door.read()
            with copy.open("wb") as target:
                shutil.copyfileobj(content, target)
        engine = write_engine(copy, store.key)
        try:
            _run(engine, "SELECT 1 FROM setting LIMIT 1", ())
        finally:
            engine.dispose()
    except (tarfile.TarError, KeyError, ValueError):
        return None
    except sqlcipher.DatabaseError as error:
        problem = meaning(error)
        if problem is not None and problem.code != "store_damaged":
            raise Refused(problem) from error  # the disk's fault says nothing of the file
        return None
    finally:
        for left in (copy, *(copy.with_name(copy.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)
    return said


def _write(store: Store, file: Path, door: bytes) -> None:
    """Write a backup beside the file, read it back, and let it take the file's place."""
    copy = file.with_name(file.name + ".store")
    fresh = file.with_name(file.name + ".next")
    with explained():
        try:
            copy.unlink(missing_ok=True)
            _copy(store, copy)
            (copy.with_suffix(".door")).write_bytes(door)
            with tarfile.open(fresh, "w") as tar:
                tar.add(copy.with_suffix(".door"), DOOR, filter=_nameless)
                tar.add(store.folder / SLOTS, SLOTS, filter=_nameless)
                tar.add(copy, FILE, filter=_nameless)
                for path in unsent_files.paths(store):
                    tar.add(path, f"{CHUNKS}/{path.name}", filter=_nameless)
            with fresh.open("rb+") as whole:
                os.fsync(whole.fileno())
            fresh.replace(file)
        finally:
            for left in (copy, copy.with_suffix(".door"), fresh):
                left.unlink(missing_ok=True)
    with store.write() as conn:
        backup_list.note(conn, str(file.absolute()), store.now())


class Restored(NamedTuple):
    """The open store; where the one before is kept, None if there was none; acts taken from it."""

    store: Store
    beside: Path | None
    gathered: int


def restore(
    folder: Path, file: Path, operator: str, passphrase: str, *, keystore: Keystore, now: Clock
) -> Restored:
    """Make a folder's store from a backup, in a new incarnation, and open it.

    A store that the folder had is kept beside, in a folder of its own; what this very laptop had
    saved there since the backup is taken over. Locked where name and passphrase are not those of
    who made the backup; Refused(backup_malformed | store_busy | store_newer).
    """
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock.take(folder, "store_busy")
        work = folder / _WORK
        try:
            shutil.rmtree(work, ignore_errors=True)
            _unpack(file, work)
            key = Slots.decode((work / DOOR).read_bytes()).open(operator, passphrase)
            schema.bring_up(work / FILE, key)
            _begin_anew(work, key, operator, passphrase, keystore)
            beside = _take_place(folder, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            lock.release()
    store = unlock(folder, operator, passphrase, keystore=keystore, now=now)
    try:
        return Restored(store, beside, salvage.gather(store, beside) if beside else 0)
    except BaseException:
        store.close()
        raise


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out whose laptop it was."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _copy(store: Store, copy: Path) -> None:
    """Copy the file as of one moment, and read every page of the copy back."""
    source = write_engine(store.folder / FILE, store.key)
    try:
        _run(source, "VACUUM INTO ?", (str(copy),))
    finally:
        source.dispose()
    check = write_engine(copy, store.key)
    try:
        if _run(check, "PRAGMA cipher_integrity_check", ()):
            raise Refused(Problem("store_damaged"))
        _run(check, "PRAGMA wal_checkpoint(TRUNCATE)", ())
    finally:
        check.dispose()


def _run(engine: Engine, statement: str, values: tuple[str, ...]) -> list[object]:
    """Run what may not stand in a transaction."""
    with engine.connect() as conn:
        return conn.exec_driver_sql(statement, values).all()


def _unpack(file: Path, work: Path) -> None:
    """Unpack the three members that a backup has, and its chunks, and nothing else."""
    work.mkdir()
    (work / CHUNKS).mkdir(mode=0o700)
    try:
        with tarfile.open(file, "r:") as tar:
            names = [name for name in tar.getnames() if _CHUNK.fullmatch(name)]
            for name in (*MEMBERS, *names):
                member = tar.extractfile(name)
                if member is None:
                    raise Refused(Problem("backup_malformed"))
                with (work / name).open("wb") as target:
                    shutil.copyfileobj(member, target)
    except (tarfile.TarError, KeyError) as error:
        raise Refused(Problem("backup_malformed")) from error


def _begin_anew(work: Path, key: bytes, operator: str, passphrase: str, keystore: Keystore) -> None:
    """Give the copy a new incarnation, and slots that open on this laptop."""
    slots = SlotFile.read(work)
    try:
        slots.slots.open(operator, passphrase, slots.secret(keystore))
    except Locked:
        # Another laptop, or another passphrase since: only who brought the backup signs in.
        fresh = SlotFile.make(keystore)
        slots = fresh.with_slots(fresh.slots.add(key, operator, passphrase, fresh.secret(keystore)))
        slots.write(work)
    engine = write_engine(work / FILE, key)
    try:
        with engine.begin() as conn:
            incarnation.begin(conn)
            person = staff.named(conn, operator)
            if person is not None and len(slots.slots.slots) == 1:
                staff.give_slot(conn, person.id, slots.slots.slots[0])
        _run(engine, "PRAGMA wal_checkpoint(TRUNCATE)", ())
    finally:
        engine.dispose()


def _take_place(folder: Path, work: Path) -> Path | None:
    """Put what was there beside, and the new store in its place; the slots last."""
    beside = None
    kept = [
        name
        for name in (SLOTS, FILE, FILE + "-wal", FILE + "-shm", CHUNKS)
        if (folder / name).exists()
    ]
    if kept:
        beside = folder / ("before-" + os.urandom(4).hex())
        beside.mkdir()
        for name in kept:
            (folder / name).replace(beside / name)
    (work / CHUNKS).replace(folder / CHUNKS)
    (work / FILE).replace(folder / FILE)
    (work / SLOTS).replace(folder / SLOTS)
    return beside
