"""Bytes that other versions and other programs rely on, pinned in files beside this module."""

import os
from pathlib import Path

FOLDER = Path(__file__).parent


def golden(name: str, made: bytes) -> bytes:
    """Return the pinned bytes; written on purpose only (TERAS_PIN=1), reviewed in the diff."""
    path = FOLDER / name
    if os.environ.get("TERAS_PIN") == "1":
        path.write_bytes(made)
    return path.read_bytes()
