"""What a sealed message shows in the clear: random ids, counters and a padded size, nothing else.

    envelope = MessagePack array [ "TRS1", header, sealed, signature ]
    header   = MessagePack of Header, kept as the very bytes that were signed
    id       = SHA256("teras/id/1" | header | sealed)
    signature= Ed25519 of the writer over "teras/signature/1" | id
    sealed   = HPKE of the padded frame, its `info` = "teras/seal/1" | SHA256(header)

No region, office, service or person is named. The header is bound into the seal and under the
signature, so it can't be changed, moved to another message or signed again by another device.
"""

from typing import Literal

import msgspec

MAGIC = "TRS1"
CLASSICAL = 1  # DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305
HYBRID = 2  # ML-KEM-768 with X25519 beside it, HKDF-SHA256, AES-256-GCM

Kind = Literal[
    "batch", "ask", "answer", "receipt", "return", "rejoin", "enrol", "welcome", "chunk", "trust"
]

KEY_ID_BYTES = 8


class Header(msgspec.Struct, frozen=True, array_like=True):
    """The clear part of one message.

    `writer` is a device's random id (or, from the server, the id of its signing key), `reader` the
    id of the key it is sealed to. `seq` and `prev` chain the batches of one incarnation: prev is
    the id of the batch before, 32 zero bytes for the first; both are 0 in messages outside the
    chain, but for a chunk of an attachment, whose file's digest and place they are. `epoch` is what
    the writer knew when it sealed.
    """

    kind: Kind
    suite: int
    writer: bytes
    reader: bytes
    incarnation: bytes
    seq: int
    prev: bytes
    epoch: bytes
    dictionary: int = 0  # of the compression; 0 is none


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A sealed and signed message as it lies on the wire, the stick and in the store."""

    magic: str
    header: bytes
    sealed: bytes
    signature: bytes
