"""The file `slots` beside the store: the operators' key slots, naming nobody.

file = MessagePack [ version, name in the keystore or "", Slots ]
"""

import os
from pathlib import Path

import msgspec

from forms.engine.problem import Locked, Problem, Refused
from sync.crypto.slots import Slots
from sync.protocol import wire
from sync.store.engine import explained
from sync.store.handle import SLOTS
from sync.store.keystore import Keystore

SECRET_BYTES = 32


class SlotFile(msgspec.Struct, frozen=True, array_like=True):
    """The slots, and under which random name the system's keystore has this device's secret."""

    version: int
    kept_as: str
    slots: Slots

    @classmethod
    def make(cls, keystore: Keystore) -> "SlotFile":
        """Begin without slots; where there is a keystore, put a new secret into it."""
        if not keystore.available():
            return cls(1, "", Slots.create())
        name = os.urandom(16).hex()
        keystore.put(name, os.urandom(SECRET_BYTES))
        return cls(1, name, Slots.create())

    @classmethod
    def read(cls, folder: Path) -> "SlotFile":
        """Read the folder's file; Refused(store_missing | slots_damaged)."""
        try:
            data = (folder / SLOTS).read_bytes()
        except FileNotFoundError:
            raise Refused(Problem("store_missing")) from None
        try:
            return wire.decode(data, cls)
        except Refused as error:
            raise Refused(Problem("slots_damaged")) from error

    def write(self, folder: Path) -> None:
        """Replace the folder's file in one step, on the disk before this returns."""
        with explained():
            fresh = folder / (SLOTS + ".next")
            with fresh.open("wb") as file:
                file.write(wire.encode(self))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(folder / SLOTS)

    def secret(self, keystore: Keystore) -> bytes:
        """Fetch the device's secret; Locked where the keystore should have it and has not."""
        if not self.kept_as:
            return b""
        secret = keystore.get(self.kept_as)
        if secret is None:
            raise Locked
        return secret

    def with_slots(self, slots: Slots) -> "SlotFile":
        """Return the same file with other slots."""
        return msgspec.structs.replace(self, slots=slots)
