"""The key of the store is changed, once others may know a passphrase that opens it.

Another passphrase alone would not do: whoever has an old image of the disk and the old passphrase
has the key in it, and that key would open the store of today as well.

    store.next    a copy of the file under a new key, on the disk as a whole
    slots         written in one step: from here on the new key counts
    store.db      gives its place to store.next, now or at the next sign-in

The slots of colleagues stay, with a box each that only they can open; one who has not signed in
since keys of their own began has none, and is let in anew (`operator add`). Cut short before the
slots are written nothing has happened; after that, the next sign-in goes on. A backup of before
opens with the passphrase of before, as an old image does.
"""

import os
from contextlib import closing, suppress
from pathlib import Path

from forms.engine.problem import Problem, Refused
from sync.crypto import passphrase as passphrases
from sync.crypto.authorship import make_seed
from sync.crypto.slots import Slots, make_store_key
from sync.store import own_key, staff
from sync.store.engine import explained, opened, sqlcipher, write_engine
from sync.store.handle import FILE, Operator, Store
from sync.store.keystore import Keystore
from sync.store.slot_file import SlotFile
from sync.store.statements import Connection

NEXT = "store.next"


def change(store: Store, old: str, new: str, *, keystore: Keystore) -> list[str]:
    """Give the store another key, and who is signed in another passphrase and keys of their own.

    The store is closed then, whatever came of it: nothing may be saved to the file of before any
    more. Returns who has to be let in anew. Locked for a wrong old passphrase,
    Refused(passphrase_... | disk_full | disk_failed | store_damaged) with nothing done.
    """
    problem = passphrases.check_rules(new)
    if problem is not None:
        raise Refused(problem)
    file = SlotFile.read(store.folder)
    name, secret = store.operator.name, file.secret(keystore)
    before = file.slots.enter(name, old, secret)
    key, fresh = make_store_key(), store.folder / NEXT
    try:
        with store.write() as conn:  # nobody saves anything from here on
            owners, left_out = _others(store, conn, file.slots)
            _copy(store, fresh, key, left_out)
            slots = file.slots.boxed(key, owners)
            slots = slots.add(key, name, new, secret, make_seed() + (before.former or before.seed))
            file.with_slots(slots).write(store.folder)
    finally:
        store.close()
    finish(store.folder, key)
    return [person.name for person in left_out]


def finish(folder: Path, key: bytes) -> None:
    """Put the file with the new key in its place, if that is still to be done."""
    fresh = folder / NEXT
    if not fresh.is_file():
        return
    if _opens(folder / FILE, key):  # cut short before the slots were written
        fresh.unlink()
    elif _opens(fresh, key):
        for end in ("-wal", "-shm"):
            (folder / (FILE + end)).unlink(missing_ok=True)
        fresh.replace(folder / FILE)


def _others(
    store: Store, conn: Connection, slots: Slots
) -> tuple[dict[int, bytes], list[Operator]]:
    """Map the places of colleagues' slots to their X25519 keys; and list who has none."""
    known, owners, left_out = own_key.readers(conn), dict[int, bytes](), list[Operator]()
    for person, has_slot in staff.everybody(conn):
        place = staff.slot_of(conn, person.id, slots.slots)
        if person.id == store.operator.id or not has_slot or place is None:
            continue
        if person.id in known:
            owners[place] = known[person.id]
        else:
            left_out.append(person)
    return owners, left_out


def _copy(store: Store, fresh: Path, key: bytes, left_out: list[Operator]) -> None:
    """Copy the file as it is now, under another key; whole and on the disk when this returns."""
    try:
        with explained():
            fresh.unlink(missing_ok=True)
            _write(store, fresh, key, left_out)
            with fresh.open("rb+") as file:
                os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _write(store: Store, fresh: Path, key: bytes, left_out: list[Operator]) -> None:
    source = write_engine(store.folder / FILE, store.key)
    try:
        with source.connect() as conn:
            conn.exec_driver_sql("VACUUM INTO ?", (str(fresh),)).all()
    finally:
        source.dispose()
    with closing(opened(fresh, store.key, ())) as copy:
        copy.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
        names = [(person.id,) for person in left_out]
        copy.executemany("UPDATE operator SET slot = NULL WHERE id = ?", names)
    with closing(opened(fresh, key, ())) as copy:
        if copy.execute("PRAGMA cipher_integrity_check").fetchall():
            raise Refused(Problem("store_damaged"))


def _opens(path: Path, key: bytes) -> bool:
    try:
        opened(path, key, ()).close()
    except sqlcipher.DatabaseError:
        return False
    return True
