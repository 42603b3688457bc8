"""How one of two copies of a laptop becomes a device of its own.

Copies have the same device id, keys and incarnation. Whoever finds that its history forked begins a
new incarnation (it may only have been put back). When the one before goes on asking, both are
alive:

    server -> desk   Answer.split = the incarnation that asked, of which a later one has begun
    desk -> server   Ask.rekey = Signed(Rekey), domain "rekey", by the new signing key: proof that
                     the desk has it; the ask around it, signed by the old one, vouches for it
    server -> desk   Answer.life, sealed to the old key: a device with this one as its parent, and
                     leases for the new incarnation. The same Rekey again gets the same life again

The desk takes device id, keys, certificate and incarnation in one transaction. What it made before
keeps the author that it had, an ancestor of the new device.
"""

import msgspec

from sync.protocol.stream import Signed

ANCESTORS_MAX = 64  # of one device; a laptop that was copied more often joins anew, by a code


class Rekey(msgspec.Struct, frozen=True):
    """The new public keys of a device, and the incarnation that it begins with."""

    device: bytes  # the one that is split
    sign: bytes
    seal: bytes
    letter: bytes
    incarnation: bytes


class Life(msgspec.Struct, frozen=True):
    """What a split device is from now on; `admission` as in sync.protocol.enrol.Welcome."""

    device: bytes
    incarnation: bytes
    certificate: bytes
    admission: Signed
