"""A file attached to a record: its reference is part of the answers, its chunks come after them.

    file      -> padded (frame.padded_size) -> chunks of 256 KiB, each sealed (sync.crypto.stream)
    manifest  =  [version, sealed bytes, [SHA256 of each sealed chunk]], canonical MessagePack
    digest    =  SHA256("teras/attachment/1" | manifest): the file's one name
    reference =  {"file": digest, "size", "type", "key", "preview"?} among the record's answers

| what binds                                    | to what                                         |
|-----------------------------------------------|-------------------------------------------------|
| the change's id and its batch's signature     | reference: digest, key, size and type           |
| the digest                                    | every byte of ciphertext, order and end         |
| the chunk's nonce: its place, whether it ends | one file's key, random, used for one content    |

So whoever holds the ciphertext may supply it, nobody can exchange it, and only who reads the record
opens it; a record whose answers are erased leaves chunks that nobody opens. A digest is as random
as the key: it tells nothing of the file, and one that is asked for was read in a record.

    Ask.files -> Answer.stands, Answer.chunks    what is offered, asked about and fetched
    chunk     -> an envelope of kind "chunk"     signed as it is: sealed bytes are not sealed again;
                                                 `prev` is the digest, `seq` the place

The same bytes are the same envelope each time, so a chunk that was cut goes on where it was. Only
an answer's Stand, signed by the server, marks a file as received, and as durable.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from forms.engine.kinds.attachment import FILE_MAX
from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.frame import padded_size

VERSION = 1
CHUNK = 256 * 1024  # bytes before sealing: half a minute at 64 kbit/s
TAG = 16
SEALED = CHUNK + TAG
DIGEST_BYTES = 32
CHUNKS_MAX = -(-padded_size(FILE_MAX) // CHUNK)
MANIFEST_MAX = 64 + (DIGEST_BYTES + 2) * CHUNKS_MAX
NAMED_MAX = 64  # files of one ask that are offered, asked about or fetched, each
OFFERED_MAX = 4_096  # files that an ask on a stick offers
ANSWERED_MAX = 16  # chunks of one answer: 4 MiB

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


class Manifest(msgspec.Struct, frozen=True, array_like=True):
    """What a file's chunks are; `size` counts their sealed bytes."""

    version: int
    size: int
    chunks: list[bytes]

    def length(self, place: int) -> int:
        """Tell how long a sealed chunk is."""
        last = len(self.chunks) - 1
        return SEALED if place < last else self.size - SEALED * last


class Fetch(msgspec.Struct, frozen=True, array_like=True):
    """A file that is to be sent, and which of its chunks; no places: as many as an answer takes."""

    digest: bytes
    places: list[int]


class Files(msgspec.Struct, frozen=True, array_like=True):
    """What an ask says of files.

    `offered` are manifests of files that this desk has, `named` digests whose stand it asks for.
    """

    offered: wire.Listed[bytes] = []
    named: wire.Listed[bytes] = []
    fetched: wire.Listed[Fetch] = []


class Stand(msgspec.Struct, frozen=True, array_like=True):
    """What the server has of a file: all of it, in a backup, or what it lacks.

    `manifest` is told for a file that is fetched; it is empty where the server has none.
    """

    digest: bytes
    whole: bool
    durable: bool
    lacks: list[int]
    manifest: bytes = b""


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """One sealed chunk on its way to a desk."""

    digest: bytes
    place: int
    content: bytes


def name_of(manifest: bytes) -> bytes:
    """Name a file by its manifest."""
    return hashlib.sha256(b"teras/attachment/1" + manifest).digest()


def chunk_digest(sealed: bytes) -> bytes:
    """Compute what a manifest says of a chunk."""
    return hashlib.sha256(sealed).digest()


def describe(chunks: Iterable[bytes]) -> bytes:
    """Make the manifest of sealed chunks."""
    sealed = list(chunks)
    size = sum(map(len, sealed))
    return wire.encode(Manifest(VERSION, size, [chunk_digest(chunk) for chunk in sealed]))


def read(manifest: bytes) -> Manifest:
    """Read a manifest of anybody's; Refused(attachment_malformed)."""
    try:
        found = wire.decode(manifest, Manifest) if len(manifest) <= MANIFEST_MAX else None
    except Refused:
        found = None
    if found is None or wire.encode(found) != manifest or not _is_sound(found):
        raise Refused(Problem("attachment_malformed"))
    return found


def fits(manifest: Manifest, place: int, sealed: bytes) -> bool:
    """Whether these bytes are the chunk at this place."""
    return 0 <= place < len(manifest.chunks) and chunk_digest(sealed) == manifest.chunks[place]


def type_of(content: bytes) -> str:
    """Tell by its first bytes what a file is, whatever it is called; "" for what is not taken."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if content.startswith(magic)), "")


def cited(answers: Mapping[str, Any]) -> list[bytes]:
    """List the digests of the files among a record's answers, of this version's forms or later."""
    found = []
    for value in answers.values():
        if type(value) is dict and "file" in value and "key" in value:
            name = value["file"]
            if type(name) is str and len(name) == 2 * DIGEST_BYTES:
                try:
                    found.append(bytes.fromhex(name))
                except ValueError:
                    continue
    return found


def _is_sound(manifest: Manifest) -> bool:
    count = len(manifest.chunks)
    return (
        manifest.version == VERSION
        and 1 <= count <= CHUNKS_MAX
        and all(len(digest) == DIGEST_BYTES for digest in manifest.chunks)
        and TAG < manifest.length(count - 1) <= SEALED
    )
