"""What a region and one of its offices are now: told to a desk whose own word for it is another.

    Ask.policy      `named` of what the desk goes by; empty where it doesn't say
    Answer.policy   Signed(Policy), domain "policy", where the city's name for it is another one

So a desk needs nothing told twice, whatever it missed and wherever the city was put back to.
"""

import hashlib
from collections.abc import Mapping

import msgspec

from sync.protocol import wire
from sync.protocol.enrol import OfficeShape

NAME_BYTES = 16


class Policy(msgspec.Struct, frozen=True):
    """The region's files by name and the office, as of a number that rises in an epoch.

    The desk says `name` from then on as it was told: a later city may reckon it of more.
    """

    name: bytes
    epoch: bytes
    number: int
    office: OfficeShape
    pack: dict[str, bytes]


def digest(pack: Mapping[str, bytes]) -> bytes:
    """Digest a region's files, which are long and seldom change."""
    return hashlib.sha256(b"teras/pack/1" + wire.encode(dict(pack))).digest()


def named(pack: bytes, office: OfficeShape) -> bytes:
    """Name what a desk goes by: the digest of its region's files, and its office."""
    return hashlib.sha256(b"teras/policy/1" + pack + wire.encode(office)).digest()[:NAME_BYTES]
