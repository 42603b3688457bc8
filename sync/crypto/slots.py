"""Operators' key slots: one random store key, wrapped once per operator, with a seed of their own.

    file  = MessagePack { version, salt, slots: [wrapped, ...], boxes: [sealed, ...] }
    slot  = AES-256-GCM of store key | seed | seed of before, context = the name's digest,
            under SHA-256("teras/slot/1" | stretched passphrase | device secret)
    box   = HPKE of a newer store key to the X25519 key of one operator's seed, info "teras/box/1"

The file names nobody: which slot is whose shows only by opening it. One salt for all slots means
one Argon2id whoever signs in; the device secret of the operating system's keystore, where there is
one, makes a copied folder useless. The seed is what the operator's own keys are derived from
(sync.crypto.authorship); that of before is there until it is said that it has ended. When the store
key was changed by one operator, the slots of the others hold the old one still: a box gives each of
them the new one, and nobody who knows the old key only. Slots of earlier versions have no seed.
"""

import hashlib
import os
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from forms.engine.problem import Locked, Problem, Refused
from sync.crypto import envelope, wrap
from sync.crypto.authorship import SEED_BYTES, OperatorKeys, make_seed
from sync.crypto.passphrase import SALT_BYTES, stretch
from sync.protocol import wire

STORE_KEY_BYTES = 32
_BOX = b"teras/box/1"
SLOTS_MAX = 64  # operators of one laptop; each costs one trial decryption at sign-in


class Opened(NamedTuple):
    """What a slot holds, and its place; `boxed` where the store key came from a box.

    `former` is the seed that this one takes the place of, until that was said (sync.store.own_key).
    """

    store_key: bytes
    seed: bytes
    former: bytes
    place: int
    boxed: bool

    @property
    def is_whole(self) -> bool:
        """Whether the slot is as it should be, and need not be written anew."""
        return bool(self.seed) and not self.former and not self.boxed


class Slots(msgspec.Struct, frozen=True):
    """The slots of one store; every method returns a new value, to be written whole."""

    version: int
    salt: bytes
    slots: list[bytes]
    boxes: list[bytes] = []

    @classmethod
    def create(cls) -> "Slots":
        """Begin without slots, with a salt of its own."""
        return cls(1, os.urandom(SALT_BYTES), [])

    def add(
        self, store_key: bytes, name: str, passphrase: str, secret: bytes = b"", seed: bytes = b""
    ) -> "Slots":
        """Add a slot for an operator, with a new seed where none is given."""
        if len(self.slots) >= SLOTS_MAX:
            raise Refused(Problem("operators_too_many", facts={"max": SLOTS_MAX}))
        key = self._key(passphrase, secret)
        wrapped = wrap.wrap(store_key + (seed or make_seed()), key, _context(name))
        return msgspec.structs.replace(self, slots=[*self.slots, wrapped])

    def open(self, name: str, passphrase: str, secret: bytes = b"") -> bytes:
        """Return the store key, or raise Locked: wrong name and wrong passphrase look the same."""
        return self.enter(name, passphrase, secret).store_key

    def enter(self, name: str, passphrase: str, secret: bytes = b"") -> Opened:
        """Return all that the slot of this name and passphrase gives, or raise Locked."""
        content, place = self._find(name, passphrase, secret)
        ends = STORE_KEY_BYTES, STORE_KEY_BYTES + SEED_BYTES
        store_key, seed, former = content[: ends[0]], content[slice(*ends)], content[ends[1] :]
        newer = self._unboxed(seed) if seed else None
        return Opened(newer or store_key, seed, former, place, newer is not None)

    def renewed(self, opened: Opened, name: str, passphrase: str, secret: bytes = b"") -> "Slots":
        """Write a slot anew, at the end, with the present store key; its box is needed no more."""
        boxes = [box for box in self.boxes if _unbox(box, opened.seed) is None]
        kept = msgspec.structs.replace(self.without(opened.place), boxes=boxes)
        return kept.add(opened.store_key, name, passphrase, secret, opened.seed)

    def boxed(self, store_key: bytes, owners: Mapping[int, bytes]) -> "Slots":
        """Keep these places only, each with a box of a new store key to its owner's X25519 key."""
        slots = [self.slots[place] for place in sorted(owners)]
        boxes = [envelope.put(store_key, owners[place], _BOX) for place in sorted(owners)]
        return msgspec.structs.replace(self, slots=slots, boxes=boxes)

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

    def _unboxed(self, seed: bytes) -> bytes | None:
        found = (_unbox(box, seed) for box in self.boxes)
        return next((key for key in found if key is not None), None)

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


def _unbox(box: bytes, seed: bytes) -> bytes | None:
    return envelope.take(box, OperatorKeys.of(seed).seal, _BOX)


def _context(name: str) -> bytes:
    return hashlib.sha256(b"teras/operator/1" + " ".join(name.split()).casefold().encode()).digest()
