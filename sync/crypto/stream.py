"""Seal a file in chunks, each to be checked and opened alone, none to be moved, left out or ended.

    content   padded with zeros to frame.padded_size, so its length shows little
    chunk     ChaCha20-Poly1305 under the file's key (32 random bytes, never used again)
    nonce     11 bytes: the chunk's place, from 0 · 1 byte: 1 for the last chunk, else 0
    data      "teras/stream/1", authenticated beside

Chunks exchanged, a chunk of another file, or a file cut short at a chunk's end do not open: place
and end are in the nonce, the file in the key. What the chunks of a file are, the manifest's digest
says (sync.protocol.attachment); the construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar).
"""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from forms.engine.problem import Problem, Refused
from sync.protocol.attachment import CHUNK
from sync.protocol.frame import pack, padded_size, unpack

KEY_BYTES = 32
_PLACE_BYTES = 11
_CONTEXT = b"teras/stream/1"
_PART = b"teras/snapshot/1"  # of a snapshot, packed first; each part is a chunk of its own length


def make_key() -> bytes:
    """Make the key of one file."""
    return os.urandom(KEY_BYTES)


def seal(content: bytes, key: bytes) -> list[bytes]:
    """Seal a file's content under a key that has sealed nothing yet."""
    cipher = ChaCha20Poly1305(key)
    padded = content.ljust(padded_size(len(content)), b"\0")
    begins = range(0, len(padded), CHUNK)
    return [
        cipher.encrypt(_nonce(place, begin == begins[-1]), padded[begin : begin + CHUNK], _CONTEXT)
        for place, begin in enumerate(begins)
    ]


def open_chunks(chunks: Sequence[bytes], key: bytes, size: int) -> bytes:
    """Undo `seal`, `size` being the content's; Refused(seal_wrong)."""
    try:
        cipher = ChaCha20Poly1305(key)
        padded = b"".join(
            cipher.decrypt(_nonce(place, place == len(chunks) - 1), chunk, _CONTEXT)
            for place, chunk in enumerate(chunks)
        )
    except (InvalidTag, ValueError) as error:
        raise Refused(Problem("seal_wrong")) from error
    if len(padded) != padded_size(size) or any(padded[size:]):
        raise Refused(Problem("seal_wrong"))
    return padded[:size]


def seal_part(content: bytes, key: bytes, place: int, *, last: bool) -> bytes:
    """Compress, pad and seal one part of a snapshot, whose key has sealed no other at its place."""
    return ChaCha20Poly1305(key).encrypt(_nonce(place, last), pack(content), _PART)


def open_part(sealed: bytes, key: bytes, place: int, *, last: bool) -> bytes:
    """Undo `seal_part`; Refused(seal_wrong | frame_malformed | frame_too_large)."""
    try:
        packed = ChaCha20Poly1305(key).decrypt(_nonce(place, last), sealed, _PART)
    except (InvalidTag, ValueError) as error:
        raise Refused(Problem("seal_wrong")) from error
    return unpack(packed)


def _nonce(place: int, last: bool) -> bytes:  # noqa: FBT001 - one byte of the nonce
    return place.to_bytes(_PLACE_BYTES, "big") + bytes([last])
