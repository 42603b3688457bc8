"""Wrap small secrets under a 32-byte key or under a passphrase."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forms.engine.problem import Locked
from sync.crypto.passphrase import SALT_BYTES, stretch

NONCE_BYTES = 12


def wrap(plain: bytes, key: bytes, context: bytes) -> bytes:
    """Encrypt under a 32-byte key; `context` must be the same again at `unwrap`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unwrap(wrapped: bytes, key: bytes, context: bytes) -> bytes:
    """Undo `wrap`; Locked when key, context or bytes are wrong."""
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise Locked from error


def wrap_with_passphrase(plain: bytes, passphrase: str, context: bytes) -> bytes:
    """Encrypt under a passphrase stretched with Argon2id and a salt of its own."""
    salt = os.urandom(SALT_BYTES)
    return salt + wrap(plain, stretch(passphrase, salt), context)


def unwrap_with_passphrase(wrapped: bytes, passphrase: str, context: bytes) -> bytes:
    """Undo `wrap_with_passphrase`; Locked when the passphrase or the bytes are wrong."""
    return unwrap(wrapped[SALT_BYTES:], stretch(passphrase, wrapped[:SALT_BYTES]), context)
