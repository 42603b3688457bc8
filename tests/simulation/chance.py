"""All chance of a run comes from its seed: what the run draws, and what the product draws.

Keys and the seal's own ephemeral keys are made inside the crypto library and stay random: no
decision may hang on them, which the trace of two runs of one seed shows.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random


@contextmanager
def seeded(seed: int) -> Iterator[Random]:
    """Give a source for the run itself; the product's random bytes come from another of its own."""
    source = Random(f"product {seed}")  # noqa: S311 - as the run itself, below
    before = os.urandom, secrets.token_bytes, secrets.token_hex

    def token_bytes(nbytes: int | None = None) -> bytes:
        return source.randbytes(nbytes or 32)

    def token_hex(nbytes: int | None = None) -> str:
        return source.randbytes(nbytes or 32).hex()

    os.urandom, secrets.token_bytes, secrets.token_hex = source.randbytes, token_bytes, token_hex
    try:
        yield Random(f"run {seed}")  # noqa: S311 - a run is to be repeated, nobody is to be fooled
    finally:
        os.urandom, secrets.token_bytes, secrets.token_hex = before
