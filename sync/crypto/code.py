"""The enrolment code: what a clerk types once, and where trust begins.

    code = Crockford base32 in groups of four of
           secret (10 bytes) | digest of the server's signing key (10 bytes)

The digest lets the desk refuse any other server before it says a word; 80 bits of it stand against
a second preimage.
"""

import hashlib
import os

from forms.engine.problem import Problem, Refused

SECRET_BYTES = 10
DIGEST_BYTES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYMBOLS = (SECRET_BYTES + DIGEST_BYTES) * 8 // 5
_READ_AS = str.maketrans("OIL", "011")  # what people read these letters as


def make(sign_public: bytes) -> tuple[str, bytes]:
    """Return a new code for a server's signing key.

    Its secret for the server to keep (hashed).
    """
    secret = os.urandom(SECRET_BYTES)
    number = int.from_bytes(secret + digest(sign_public))
    symbols = "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_SYMBOLS)))
    return "-".join(symbols[at : at + 4] for at in range(0, _SYMBOLS, 4)), secret


def read(text: str) -> tuple[bytes, bytes]:
    """Return secret and digest of a typed code; Refused(code_malformed).

    Blanks, dashes and case don't matter.
    """
    symbols = "".join(text.split()).replace("-", "").upper().translate(_READ_AS)
    if len(symbols) != _SYMBOLS or any(symbol not in _ALPHABET for symbol in symbols):
        raise Refused(Problem("code_malformed"))
    number = 0
    for symbol in symbols:
        number = number << 5 | _ALPHABET.index(symbol)
    raw = number.to_bytes(SECRET_BYTES + DIGEST_BYTES)
    return raw[:SECRET_BYTES], raw[SECRET_BYTES:]


def digest(sign_public: bytes) -> bytes:
    """Return the digest of a server's signing key as codes carry it."""
    return hashlib.sha256(b"teras/server/1" + sign_public).digest()[:DIGEST_BYTES]


def matches(expected: bytes, sign_public: bytes) -> bool:
    """Whether the server is the one that the code was made for."""
    return digest(sign_public) == expected
