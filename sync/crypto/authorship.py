"""An operator's own keys, and the signature under what they did.

    Ed25519  SHA256("teras/operator-sign/1" | seed)   signs legal acts
    X25519   SHA256("teras/operator-seal/1" | seed)   a new store key is sealed to it

The seed lies in the operator's key slot, so their passphrase alone opens it.
"""

import hashlib
import os
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.crypto.keys import public_seal, public_sign
from sync.protocol import authorship, branch
from sync.protocol.change import Change, named

SEED_BYTES = 32


class OperatorKeys(msgspec.Struct, frozen=True):
    """The private keys of one operator at one laptop; `name` names the public one in changes."""

    sign: bytes
    seal: bytes
    name: bytes

    @classmethod
    def of(cls, seed: bytes) -> "OperatorKeys":
        """Derive the keys from their seed."""
        sign = hashlib.sha256(b"teras/operator-sign/1" + seed).digest()
        seal = hashlib.sha256(b"teras/operator-seal/1" + seed).digest()
        return cls(sign, seal, authorship.name(public_sign(sign)))

    @property
    def public(self) -> bytes:
        """The key by which anybody checks what was signed."""
        return public_sign(self.sign)

    @property
    def public_seal(self) -> bytes:
        """The key to which something is sealed for this operator."""
        return public_seal(self.seal)


def make_seed() -> bytes:
    """Make what an operator's keys are derived from."""
    return os.urandom(SEED_BYTES)


def signed(change: Change, keys: OperatorKeys) -> Change:
    """Return the change with the operator's signature, and the id that it has then."""
    told = _with(change, {authorship.KEY: keys.name})
    signature = Ed25519PrivateKey.from_private_bytes(keys.sign).sign(authorship.message(told))
    return named(_with(told, {authorship.SIGNATURE: signature}))


def holds(change: Change, public: bytes) -> bool:
    """Tell whether the signature under a change is by this key."""
    signature = change.extra.get(authorship.SIGNATURE)
    if not isinstance(signature, bytes):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, authorship.message(change))
    except (InvalidSignature, ValueError):
        return False
    return True


def is_proven(change: Change, code: str, keys: Mapping[bytes, Mapping[str, Any]]) -> bool:
    """Tell whether an act that counts for its operator is signed by the key that it names.

    `keys` are the answers of their records; nothing is said of an act that is marked already, and
    of one whose key is not among them.
    """
    said = keys.get(authorship.signer(change))
    if said is None or branch.main(code) in authorship.CODES:
        return True
    return authorship.is_owners(change, said) and holds(change, authorship.public_of(said))


def _with(change: Change, more: dict[str, bytes]) -> Change:
    return msgspec.structs.replace(change, extra=change.extra | more)
