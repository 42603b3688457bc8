"""Operators' key slots: one random store key, wrapped once per operator.

    file  = MessagePack { version, salt, slots: [wrapped, ...] }
    slot  = AES-256-GCM of the store key, context = the name's digest,
            under SHA-256("teras/slot/1" | stretched passphrase | device secret)

The file names nobody: which slot is whose shows only by opening it. One salt for all slots means
one Argon2id whoever signs in; the device secret of the operating system's keystore, where there is
one, makes a copied folder useless.
"""

import hashlib
import os

import msgspec

from forms.engine.problem import Locked, Problem, Refused
from sync.crypto import wrap
from sync.crypto.passphrase import SALT_BYTES, stretch
from sync.protocol import wire

STORE_KEY_BYTES = 32
SLOTS_MAX = 64  # operators of one laptop; each costs one trial decryption at sign-in


class Slots(msgspec.Struct, frozen=True):
    """The slots of one store; every method returns a new value, to be written whole."""

    version: int
    salt: bytes
    slots: list[bytes]

    @classmethod
    def create(cls) -> "Slots":
        """Begin without slots, with a salt of its own."""
        return cls(1, os.urandom(SALT_BYTES), [])

    def add(self, store_key: bytes, name: str, passphrase: str, secret: bytes = b"") -> "Slots":
        """Add a slot for an operator."""
        if len(self.slots) >= SLOTS_MAX:
            raise Refused(Problem("operators_too_many", facts={"max": SLOTS_MAX}))
        key = self._key(passphrase, secret)
        return msgspec.structs.replace(
            self, slots=[*self.slots, wrap.wrap(store_key, key, _context(name))]
        )

    def open(self, name: str, passphrase: str, secret: bytes = b"") -> bytes:
        """Return the store key, or raise Locked: wrong name and wrong passphrase look the same."""
        store_key, _ = self._find(name, passphrase, secret)
        return store_key

    def remove(self, name: str, passphrase: str, secret: bytes = b"") -> "Slots":
        """Drop the slot that this name and passphrase open; the others stay as they are."""
        _, index = self._find(name, passphrase, secret)
        return self.without(index)

    def without(self, index: int) -> "Slots":
        """Drop the slot at a place that the store remembers for an operator."""
        return msgspec.structs.replace(
            self, slots=[slot for at, slot in enumerate(self.slots) if at != index]
        )

    def encode(self) -> bytes:
        """Return the file's bytes."""
        return wire.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> "Slots":
        """Read the file's bytes; Refused(slots_damaged)."""
        try:
            return wire.decode(data, cls)
        except Refused as error:
            raise Refused(Problem("slots_damaged")) from error

    def _find(self, name: str, passphrase: str, secret: bytes) -> tuple[bytes, int]:
        key = self._key(passphrase, secret)
        for index, slot in enumerate(self.slots):
            try:
                return wrap.unwrap(slot, key, _context(name)), index
            except Locked:
                continue
        raise Locked

    def _key(self, passphrase: str, secret: bytes) -> bytes:
        stretched = stretch(passphrase, self.salt)
        return hashlib.sha256(b"teras/slot/1" + stretched + secret).digest()


def make_store_key() -> bytes:
    """Make the random key of a new store."""
    return os.urandom(STORE_KEY_BYTES)


def _context(name: str) -> bytes:
    return hashlib.sha256(b"teras/operator/1" + " ".join(name.split()).casefold().encode()).digest()
