"""What a run works out once though the product does so each time: opened keys, good signatures.

Both follow from bytes alone, so nothing that a run does or finds is another for it. Three laptops
and a city look at the same few hundred signatures again and again.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEPT = 1_024  # keys of each kind: a run has some dozens
_OPENERS = (
    (Ed25519PrivateKey, "from_private_bytes"),
    (X25519PrivateKey, "from_private_bytes"),
    (X25519PublicKey, "from_public_bytes"),
)


class _Verifier:
    """A public key that remembers which signatures were good; a wrong one is looked at again."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self._good: set[tuple[bytes, bytes]] = set()

    def verify(self, signature: bytes, data: bytes) -> None:
        if (signature, data) not in self._good:
            self._key.verify(signature, data)
            self._good.add((signature, data))


@contextmanager
def remembered() -> Iterator[None]:
    """Remember keys and signatures for the length of a run."""
    plain = Ed25519PublicKey.from_public_bytes

    def verifier(data: bytes) -> _Verifier:
        return _Verifier(plain(data))

    with ExitStack() as stack:
        for kind, name in _OPENERS:
            kept: Any = lru_cache(KEPT)(getattr(kind, name))
            stack.enter_context(patch.object(kind, name, staticmethod(kept)))
        kept = lru_cache(KEPT)(verifier)
        stack.enter_context(patch.object(Ed25519PublicKey, "from_public_bytes", staticmethod(kept)))
        yield
