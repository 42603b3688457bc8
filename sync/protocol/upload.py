"""An envelope that is too long for the line goes up in pieces; an answer that broke off goes on.

    POST /v1/upload          Opening -> Place    where to go on: 0, or behind what came before
    PUT  /v1/upload/NAME     Piece   -> Place    a piece at another place than the server's is none
    POST /v1/exchange        the name in the envelope's place, once the place is its size
    GET  /v1/answer/NAME     the rest of an answer, by Range; its name came in the header ANSWER

What travels is the envelope as it was sealed, named by its id, so it goes on where it was after a
cut, another trip, a restart of either side. Nothing here proves anything and nothing is signed: a
wrong byte, place or name ends in an envelope that is not what its id says, and it goes again.

Who may upload: an opening shows the ask that the exchange will begin with, sealed and signed by an
enrolled device, so a stranger can't put a byte on the disk. Who overhears an ask can open in its
device's name, within that device's bounds, and gains nothing by it. A piece needs the name alone:
32 bytes that only those know who have the envelope.
"""

import hashlib

import msgspec

from sync.protocol import wire

PATH_UPLOAD = "/v1/upload"
PATH_ANSWER = "/v1/answer"
ANSWER = "Teras-Answer"
NAME_BYTES = 32  # an envelope's id; no envelope is as short
PIECE_MAX = 1024 * 1024
DIGEST_BYTES = 8  # against a line's faults; a liar only spoils what is checked as a whole later


class Opening(msgspec.Struct, frozen=True):
    """What is to come: `shown` is what the exchange begins with, ending with the ask."""

    shown: wire.Listed[bytes]
    name: bytes
    size: int


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """Bytes that begin at `place`, and their digest."""

    place: int
    digest: bytes
    content: bytes


class Place(msgspec.Struct, frozen=True, array_like=True):
    """How many bytes the server has."""

    place: int


def digest(content: bytes) -> bytes:
    """Compute a piece's digest."""
    return hashlib.sha256(content).digest()[:DIGEST_BYTES]
