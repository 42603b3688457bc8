"""A data folder becomes an open store: made from a welcome, then unlocked by operators.

folder/store.db    everything, encrypted under a random key
folder/slots       that key, wrapped once for each operator, with a seed of their own
folder/lock        held by the one process that has the store open
folder/store.next  the file under a new key, where a change of it was cut short
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from forms.engine.problem import Locked, Problem, Refused
from sync.crypto import passphrase as passphrases
from sync.crypto import slots as key_slots
from sync.crypto.authorship import make_seed
from sync.crypto.keys import DeviceKeys
from sync.protocol.enrol import Welcome
from sync.protocol.lock import Lock
from sync.store import (
    attempt,
    chunks,
    erasing,
    incarnation,
    leases,
    own_key,
    pages,
    schema,
    settings,
    staff,
    store_key,
    texts,
)
from sync.store.engine import explained, write_engine
from sync.store.fence import Fence
from sync.store.handle import FILE, SLOTS, Clock, Operator, Session, Store
from sync.store.keystore import Keystore
from sync.store.settings import Desk
from sync.store.slot_file import SlotFile
from sync.store.statements import Connection


def create(  # noqa: PLR0913 - what enrolment brings together; all but two by name where it is called
    folder: Path,
    welcome: Welcome,
    keys: DeviceKeys,
    incarnation: bytes,
    operator_name: str,
    passphrase: str,
    *,
    url: str = "",
    keystore: Keystore,
    now: Clock,
) -> Store:
    """Make the store of a newly enrolled device and open it; the folder is made if need be.

    Refused(store_exists) where the folder has a store, (passphrase_...) for a weak passphrase.
    What fails half-way leaves no store behind.
    """
    problem = passphrases.check_rules(passphrase)
    if problem is not None:
        raise Refused(problem)
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder) as lock:
        check_vacant(folder)
        _sweep(folder)
        key = key_slots.make_store_key()
        desk = Desk(
            welcome.device,
            incarnation,
            welcome.office,
            welcome.region,
            welcome.keys,
            welcome.epoch,
            welcome.policy,
            welcome.certificate,
            url=url,
            clock_offset=welcome.time - now(),
        )
        operator = Operator(welcome.operator, operator_name, (welcome.role,))
        file, seed = SlotFile.make(keystore), make_seed()
        slots = file.slots.add(key, operator_name, passphrase, file.secret(keystore), seed)
        try:
            with _fresh(folder / FILE, key) as conn:
                settings.write(conn, "desk", desk)
                settings.write(conn, "keys", keys)
                settings.write(conn, "pack", welcome.pack)
                settings.write(conn, "admission", welcome.admission)
                settings.write(conn, "joined", welcome.time)
                settings.write(conn, "lineage", welcome.lineage)
                staff.put(conn, operator.id, operator.name, operator.roles)
                own_key.give(conn, operator.id, slots.slots[-1], seed)
                texts.put(conn, welcome.texts)
                leases.put(conn, welcome.leases)
            session = Session(key, operator, now, _fence(file, keystore), seed)
            store = Store(folder, lock, session, write_engine(folder / FILE, key))
            _begin(store, welcome, file.with_slots(slots))
        except BaseException:
            _sweep(folder)
            raise
        return store


def _begin(store: Store, welcome: Welcome, file: SlotFile) -> None:
    """Take what is erased and the streams' start; the slots come last: with them is a store."""
    try:
        erasing.take(store, welcome.erasures, forgot=False)
        for page in welcome.pages:
            pages.take(store, page)
        file.write(store.folder)
    except BaseException:
        store.close()
        raise


def unlock(
    folder: Path, operator: str, passphrase: str, *, keystore: Keystore, now: Clock
) -> Store:
    """Open the folder's store for an operator.

    Locked for a wrong name or passphrase, which look the same. Refused(store_missing) without a
    store, (store_busy) while it is open elsewhere, (store_newer) when a later version wrote it,
    (store_damaged).
    """
    if not (folder / SLOTS).exists() or not (folder / FILE).exists():
        raise Refused(Problem("store_missing"))
    with _locked(folder) as lock, ExitStack() as unless_kept:
        file = SlotFile.read(folder)
        opened = file.slots.enter(operator, passphrase, file.secret(keystore))
        key, fence = opened.store_key, _fence(file, keystore)
        store_key.finish(folder, key)
        attempt.drop(folder)  # of an enrolment that was cut at its very end
        engine = schema.brought_up(folder / FILE, key)
        unless_kept.callback(engine.dispose)
        with explained(), engine.begin() as conn:
            person = staff.named(conn, operator)
            lives = frozenset(life.incarnation for life in incarnation.former(conn))
            if fence is not None and not fence.agrees(conn, lives):
                incarnation.begin(conn)  # put back: before the first number is issued
            chunks.sweep(folder, conn)
        if person is None:
            raise Locked
        store = Store(folder, lock, Session(key, person, now, fence, opened.seed), engine)
        own_key.take_up(store, file, opened, passphrase, file.secret(keystore))
        unless_kept.pop_all()
        return store


def _fence(file: SlotFile, keystore: Keystore) -> Fence | None:
    return Fence(keystore, file.kept_as) if file.kept_as else None


def check_vacant(folder: Path) -> None:
    """Raise Refused(store_exists) where the folder has a store."""
    if (folder / SLOTS).exists():
        raise Refused(Problem("store_exists"))


@contextmanager
def _locked(folder: Path) -> Iterator[Lock]:
    """Take the folder's lock, and give it back only if what follows fails."""
    with explained():
        lock = Lock.take(folder, "store_busy")
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


@contextmanager
def _fresh(path: Path, key: bytes) -> Iterator[Connection]:
    """Make the file and its tables, and give the transaction that fills them."""
    engine = write_engine(path, key)
    try:
        with explained(), engine.begin() as conn:
            schema.make(conn)
            yield conn
    finally:
        engine.dispose()


def _sweep(folder: Path) -> None:
    """Remove what an enrolment that was cut short left; without slots nobody can open it."""
    for name in (FILE, FILE + "-wal", FILE + "-shm", SLOTS, SLOTS + ".next", store_key.NEXT):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
