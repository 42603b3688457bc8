"""Seal and sign a message for one reader; verify and open it.

The layout is drawn in sync.protocol.header.

What somebody who holds the path (stick, relay, portal, a copied server) can't do with an envelope:
1. read it: HPKE to the reader's key;
2. change one byte of header or content: the signature covers both;
3. take the sealed part and sign it as their own: the writer's header is bound into the seal;
4. move it within the chain or to another reader: seq, prev and the reader's key id are in that
header;
5. make the reader decompress or parse anything before the signature was checked.
"""

import hashlib

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from forms.engine.problem import Problem, Refused
from sync.protocol import frame, wire
from sync.protocol.header import CLASSICAL, MAGIC, Envelope, Header

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class Letter(msgspec.Struct, frozen=True):
    """An envelope that was taken apart but neither checked nor opened yet.

    `id` names it for ever.
    """

    header: Header
    id: bytes
    envelope: Envelope


def seal(content: bytes, header: Header, *, sign: bytes, reader: bytes) -> bytes:
    """Compress, pad, seal to the X25519 key `reader` and sign with the Ed25519 key `sign`.

    Sealing is randomised: the same content gives another id each time, so a batch is sealed once
    and kept.
    """
    public = X25519PublicKey.from_public_bytes(reader)
    sealed = _SUITE.encrypt(frame.pack(content), public, info=_info(wire.encode(header)))
    return enclose(sealed, header, sign=sign)


def enclose(sealed: bytes, header: Header, *, sign: bytes) -> bytes:
    """Sign what is sealed already, for whom its own key was told; always the same bytes."""
    head = wire.encode(header)
    name = _id(head, sealed)
    signature = Ed25519PrivateKey.from_private_bytes(sign).sign(_signed(name))
    return wire.encode(Envelope(MAGIC, head, sealed, signature))


def read(data: bytes) -> Letter:
    """Take an envelope apart.

    Refused(envelope_malformed | envelope_version) if it isn't one of ours.
    """
    try:
        envelope = wire.decode(data, Envelope)
        header = wire.decode(envelope.header, Header)
    except Refused as error:
        raise Refused(Problem("envelope_malformed")) from error
    if envelope.magic != MAGIC or wire.encode(envelope) != data:
        raise Refused(Problem("envelope_malformed"))
    if header.suite != CLASSICAL or header.dictionary != 0:
        raise Refused(Problem("envelope_version"))
    return Letter(header, _id(envelope.header, envelope.sealed), envelope)


def verify(letter: Letter, sign_public: bytes) -> None:
    """Check the writer's signature; Refused(signature_wrong)."""
    try:
        Ed25519PublicKey.from_public_bytes(sign_public).verify(
            letter.envelope.signature, _signed(letter.id)
        )
    except (InvalidSignature, ValueError) as error:
        raise Refused(Problem("signature_wrong")) from error


def open_sealed(letter: Letter, sign_public: bytes, seal_private: bytes) -> bytes:
    """Verify, unseal and decompress.

    Refused(signature_wrong | seal_wrong | frame_malformed | frame_too_large).
    """
    verify(letter, sign_public)
    return unseal(letter, seal_private)


def unseal(letter: Letter, seal_private: bytes) -> bytes:
    """Unseal and decompress what nobody vouches for yet; the content must say whose key it is.

    Refused(seal_wrong | frame_malformed | frame_too_large).
    """
    private = X25519PrivateKey.from_private_bytes(seal_private)
    try:
        padded = _SUITE.decrypt(letter.envelope.sealed, private, info=_info(letter.envelope.header))
    except (InvalidTag, ValueError) as error:
        raise Refused(Problem("seal_wrong")) from error
    return frame.unpack(padded)


def put(secret: bytes, reader: bytes, info: bytes) -> bytes:
    """Seal a small secret to an X25519 key, without saying anything else; `info` names its use."""
    return _SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(reader), info=info)


def take(sealed: bytes, private: bytes, info: bytes) -> bytes | None:
    """Undo `put`; None where it was for another key or another use."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=info)
    except (InvalidTag, ValueError):
        return None


def _info(head: bytes) -> bytes:
    return b"teras/seal/1" + hashlib.sha256(head).digest()


def _id(head: bytes, sealed: bytes) -> bytes:
    return hashlib.sha256(b"teras/id/1" + head + sealed).digest()


def _signed(name: bytes) -> bytes:
    return b"teras/signature/1" + name
