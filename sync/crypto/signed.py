"""Signatures over plain bytes that are kept as they came.

Receipts, stream pages, policy, audit exports.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from forms.engine.problem import Problem, Refused
from sync.protocol.stream import Signed, vouched

# The domain keeps a signature over one sort of message from ever passing as another sort.
Domain = Literal[
    "receipt",
    "page",
    "hello",
    "policy",
    "audit",
    "manifest",
    "epoch",
    "admission",
    "rekey",
    "keys",
    "handover",
    "erasure",
    "erased",
    "snapshot",
]


def sign(plain: bytes, private: bytes, domain: Domain) -> Signed:
    """Sign the bytes with an Ed25519 key."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    return Signed(plain, key.sign(_message(plain, domain)))


def check(signed: Signed, public: bytes, domain: Domain) -> bytes:
    """Return the plain bytes if the signature holds; Refused(signature_wrong) else."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            signed.signature, _message(signed.plain, domain)
        )
    except (InvalidSignature, ValueError) as error:
        raise Refused(Problem("signature_wrong")) from error
    return signed.plain


def check_any(signed: Signed, publics: Sequence[bytes], domain: Domain) -> bytes:
    """Return the plain bytes if the signature of one of these keys holds, the likeliest first.

    Refused(signature_wrong).
    """
    for public in publics[:-1]:
        with suppress(Refused):
            return check(signed, public, domain)
    return check(signed, publics[-1], domain)


def _message(plain: bytes, domain: Domain) -> bytes:
    covered = vouched(plain) if domain == "page" else plain
    return b"teras/" + domain.encode() + b"/1" + covered
