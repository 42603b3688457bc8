"""How a laptop becomes a device of an office.

A one-time code, keys made on the device, a welcome from the city.

    GET  /v1/hello   down: Signed(Hello), domain "hello"; the desk compares the digest of the
                     signing key with the one in its code and goes no further with another server
    POST /v1/enrol   up: Request, its Join sealed to the server, signed by the new device key
                     down: the envelope of a Welcome, sealed to the device, signed by the server
"""

import msgspec

from sync.protocol.lease import Lease
from sync.protocol.stream import Signed
from sync.protocol.trust import Handover


class ServerKeys(msgspec.Struct, frozen=True):
    """The public half of a region's keys.

    Ed25519 for signing, X25519 for sealing, Ed25519 root of letter certificates.
    """

    sign: bytes
    seal: bytes
    root: bytes


class Hello(msgspec.Struct, frozen=True):
    """What anybody may know of a server: its public keys and which protocol it speaks.

    `listed` is the newest list of its keys; `former` are signing keys that codes of these days may
    still name, each with the list that it handed over to (sync.protocol.trust).
    """

    keys: ServerKeys
    version: int
    time: int
    listed: Signed | None = None
    former: list[Handover] = []


class Request(msgspec.Struct, frozen=True, array_like=True):
    """The body of POST /v1/enrol: a device that nobody knows yet shows its signing key."""

    sign: bytes
    envelope: bytes


class Join(msgspec.Struct, frozen=True):
    """A new device and its first operator, naming the secret of the one-time code."""

    secret: bytes
    incarnation: bytes
    sign: bytes
    seal: bytes
    letter: bytes
    operator: str
    clock: int


class OfficeShape(msgspec.Struct, frozen=True):
    """An office as the region registers it; `catchment` holds area codes.

    How it is reached stands on its letterhead.
    """

    id: bytes
    code: str
    kind: str
    name: str
    area: str
    catchment: list[str]
    address: str = ""
    phone: str = ""
    email: str = ""
    postcode: str = ""


class Welcome(msgspec.Struct, frozen=True):
    """Everything a desk needs to work fully before its first trip.

    `pack` is the region's files by name; `certificate` is the region root's signature over the
    device's letter key; `pages` are the start of its streams; `operator` is the record id of the
    first operator. `admission` is kept for a server that forgets the device, `lineage` the
    present epoch's statement for one that forgets the epoch, `erasures` the office's entries of
    sync.protocol.erase for one that forgets whom it erased, as many as one answer has.
    """

    device: bytes
    operator: bytes
    role: str
    office: OfficeShape
    region: str
    pack: dict[str, bytes]
    keys: ServerKeys
    epoch: bytes
    policy: int
    certificate: bytes
    leases: list[Lease]
    pages: list[Signed]
    texts: dict[str, str]
    time: int
    admission: Signed | None = None
    lineage: list[Signed] = []
    erasures: list[Signed] = []
