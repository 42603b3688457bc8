"""The private keys of a device and of a region, as raw bytes, and what may be known of them."""

import base64
import hashlib

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.protocol.enrol import ServerKeys
from sync.protocol.header import KEY_ID_BYTES

FINGERPRINT_BYTES = 10  # 80 bits, read aloud as four groups of four


class PublicKeys(msgspec.Struct, frozen=True):
    """A device's public keys.

    Ed25519 for batches, X25519 for what is sealed to it, Ed25519 for letters.
    """

    sign: bytes
    seal: bytes
    letter: bytes


class DeviceKeys(msgspec.Struct, frozen=True):
    """A device's private keys, made on the device, never leaving its encrypted store."""

    sign: bytes
    seal: bytes
    letter: bytes

    @classmethod
    def make(cls) -> "DeviceKeys":
        """Make new random keys."""
        return cls(_signing(), _sealing(), _signing())

    def public(self) -> PublicKeys:
        """Return the public halves."""
        return PublicKeys(public_sign(self.sign), public_seal(self.seal), public_sign(self.letter))


class RegionKeys(msgspec.Struct, frozen=True):
    """A region's private keys at the server.

    Signing, sealing, and the root that certifies letter keys.
    """

    sign: bytes
    seal: bytes
    root: bytes

    @classmethod
    def make(cls) -> "RegionKeys":
        """Make new random keys."""
        return cls(_signing(), _sealing(), _signing())

    def public(self) -> ServerKeys:
        """Return the public halves."""
        return ServerKeys(public_sign(self.sign), public_seal(self.seal), public_sign(self.root))


def public_sign(private: bytes) -> bytes:
    """Return the Ed25519 public key of a raw private one."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def public_seal(private: bytes) -> bytes:
    """Return the X25519 public key of a raw private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """Name a public key in a header: the start of its digest, which tells nobody whose it is."""
    return hashlib.sha256(b"teras/key/1" + public).digest()[:KEY_ID_BYTES]


def fingerprint(public: bytes) -> str:
    """Return what an administrator and a clerk compare by voice.

    Four groups of four letters and digits.
    """
    text = base64.b32encode(
        hashlib.sha256(b"teras/key/1" + public).digest()[:FINGERPRINT_BYTES]
    ).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _signing() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def _sealing() -> bytes:
    return X25519PrivateKey.generate().private_bytes_raw()
