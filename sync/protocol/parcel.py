"""A parcel: what one writer laid on a stick, whole or not at all.

    <32 hex digits>.trs   one sealed and signed envelope: batch, ask, answer, receipt or chunk
    <32 hex digits>.trm   Signed(Manifest), written last: what it doesn't name isn't there
    <16 hex digits>.part  a file under way: one name a writer, so a pulled stick leaves one at most

A file's name is the start of its content's digest. Contents are sealed at random, so names are
random too, a copy bears the name of its original, and no name can point anywhere else.

| who          | signs a manifest with        | and a reader takes from it               |
|--------------|------------------------------|------------------------------------------|
| a desk       | its sign key, known here     | the city: batches and ask                |
| a desk       | its sign key, known or not   | other desks: receipts that the city made |
| the city     | its sign key                 | desks: what is sealed to them, and       |
|              |                              | receipts for others, to pass them on     |

A manifest proves that the parcel is whole and whose it is, no more: every envelope stands for
itself. A courier learns random ids of devices and keys, counters and padded sizes.
"""

import hashlib
import re

import msgspec

from forms.engine.problem import Problem, Refused
from sync.protocol.header import Header, Kind

VERSION = 1
NAME_BYTES = 16
SEALED_SUFFIX = ".trs"
MANIFEST_SUFFIX = ".trm"
PART_SUFFIX = ".part"

FILES_MAX = 4_096  # of one parcel: a million changes that no receipt has come for, and files
FILE_MAX = 32 * 1024 * 1024  # a full answer has 16 MiB before it is compressed
MANIFEST_MAX = 512 * 1024  # FILES_MAX lines of at most 64 bytes, and a signature
MANIFESTS_MAX = 256  # desks whose parcels lie on one stick
ENTRIES_MAX = 20_000  # of the folder, whatever they are; a stick full of photographs has fewer
READ_MAX = 2 * 1024 * 1024 * 1024  # bytes of all files that one visit reads

_NAME = re.compile(r"[0-9a-f]{32}\.tr[sm]")


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One file of a parcel, with what its envelope's header says, so that nobody opens in vain."""

    name: bytes
    size: int
    kind: Kind
    reader: bytes
    seq: int

    @property
    def file(self) -> str:
        """What the file is called."""
        return self.name.hex() + SEALED_SUFFIX


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """The lines of one parcel, signed by `key`.

    `writer` is a device's id, or the id of the city's signing key; `city` is the id of the sealing
    key of the city that the parcel is for or from.
    """

    version: int
    key: bytes
    writer: bytes
    city: bytes
    lines: list[Line]


def name_of(content: bytes) -> bytes:
    """Name a file by what is in it."""
    return hashlib.sha256(b"teras/file/1" + content).digest()[:NAME_BYTES]


def line(content: bytes, header: Header) -> Line:
    """Describe an envelope's file."""
    return Line(name_of(content), len(content), header.kind, header.reader, header.seq)


def is_ours(file: str) -> bool:
    """Whether a file is called as ours are."""
    return _NAME.fullmatch(file) is not None


def check(manifest: Manifest) -> None:
    """Refused(manifest_version | parcel_too_many | parcel_too_large | manifest_malformed)."""
    if manifest.version != VERSION:
        raise Refused(Problem("manifest_version"))
    if len(manifest.lines) > FILES_MAX:
        raise Refused(Problem("parcel_too_many", facts={"max": FILES_MAX}))
    if any(line.size > FILE_MAX for line in manifest.lines):
        raise Refused(Problem("parcel_too_large"))
    if any(len(line.name) != NAME_BYTES or line.size < 1 for line in manifest.lines):
        raise Refused(Problem("manifest_malformed"))
