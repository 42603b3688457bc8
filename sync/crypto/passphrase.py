"""Passphrases: what is asked of them, and how they are stretched and compared.

Argon2id with 64 MiB and three passes (RFC 9106's second recommended setting): about a sixth of a
second here, above the floor of OWASP ASVS 5.0 appendix C. An account's hash names its cost; a key
slot's cost is that of the slot file's version.
"""

import os
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from forms.engine.problem import Problem

MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4
SALT_BYTES = 16
KEY_BYTES = 32
LENGTH_MIN = 8  # NIST SP 800-63B-4 with a second factor: the laptop itself, or its keystore
LENGTH_MAX = 256

# Words an attacker of exactly this system tries first (ASVS 6.2.11).
_OBVIOUS = frozenset(
    {"password", "passw0rd", "12345678", "123456789", "1234567890", "qwertyui", "qwerty123"}
)


def stretch(passphrase: str, salt: bytes, *, length: int = KEY_BYTES) -> bytes:
    """Derive key bytes; normalised (NFC), so that every keyboard types the same passphrase."""
    kdf = Argon2id(salt=salt, length=length, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive(_bytes(passphrase))


def hash_text(passphrase: str) -> str:
    """Return the PHC string to keep for an account at the server."""
    kdf = Argon2id(
        salt=os.urandom(SALT_BYTES),
        length=KEY_BYTES,
        iterations=PASSES,
        lanes=LANES,
        memory_cost=MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(_bytes(passphrase))


def matches(passphrase: str, hashed: str) -> bool:
    """Whether the passphrase is the one that was hashed."""
    try:
        Argon2id.verify_phc_encoded(_bytes(passphrase), hashed)
    except (InvalidKey, ValueError):
        return False
    return True


def check_rules(passphrase: str) -> Problem | None:
    """Say what is wrong with a new passphrase: length and the obvious.

    No rules of composition (NIST SP 800-63B).
    """
    if len(passphrase) < LENGTH_MIN:
        return Problem("passphrase_short", facts={"min": LENGTH_MIN})
    if len(passphrase) > LENGTH_MAX:
        return Problem("passphrase_long", facts={"max": LENGTH_MAX})
    if passphrase.casefold() in _OBVIOUS or len(set(passphrase)) == 1:
        return Problem("passphrase_obvious")
    return None


def _bytes(passphrase: str) -> bytes:
    return unicodedata.normalize("NFC", passphrase).encode()
