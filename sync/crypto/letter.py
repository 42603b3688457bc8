"""The QR of an issued letter: signed claims that any desk of any office checks without a network.

    text        = "TERAS1:" + base45( MessagePack [claims, certificate, signature] )
    certificate = MessagePack [region, office name, letter key, root's signature]
    signature   = Ed25519 of the device's letter key over "teras/letter/1" | claims | certificate

The certificate travels in the QR, so a checker needs the region's root key and nothing else
(sync-rules 8b). It proves that a device of that office issued these claims; it is no certified
electronic signature of a person.
"""

from collections.abc import Mapping

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from forms.engine.problem import Problem, Refused
from sync.crypto import base45
from sync.protocol import wire

PREFIX = "TERAS1:"
DIGEST_BYTES = 16  # of the printed text: enough that no second text of the same digest can be made
TEXT_MAX = 2_000  # a QR of this kind has about 400 characters


class Claims(msgspec.Struct, frozen=True, array_like=True):
    """What the QR vouches for.

    `date` is ISO, `initials` the applicant's, `digest` of the whole printed text.
    """

    letter_id: bytes
    number: str
    service: str
    date: str
    initials: str
    digest: bytes


class Certificate(msgspec.Struct, frozen=True, array_like=True):
    """The region's word that a letter key belongs to an office of its own."""

    region: str
    office: str
    key: bytes
    signature: bytes


class Checked(msgspec.Struct, frozen=True):
    """Claims whose signatures hold, with the office and region that vouch for them.

    `key` is the letter key that signed them, `plain` the claims as they were signed.
    """

    claims: Claims
    region: str
    office: str
    key: bytes
    plain: bytes


class _Payload(msgspec.Struct, frozen=True, array_like=True):
    claims: bytes
    certificate: bytes
    signature: bytes


def certify(letter_key: bytes, office: str, region: str, root: bytes) -> bytes:
    """Certify a device's public letter key with the region's root."""
    signature = Ed25519PrivateKey.from_private_bytes(root).sign(
        _certified(region, office, letter_key)
    )
    return wire.encode(Certificate(region, office, letter_key, signature))


def sign(claims: Claims, private: bytes, certificate: bytes) -> str:
    """Return the QR's text for the claims of one letter."""
    plain = wire.encode(claims)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_claimed(plain, certificate))
    return PREFIX + base45.encode(wire.encode(_Payload(plain, certificate, signature)))


def check(text: str, roots: Mapping[str, bytes]) -> Checked:
    """Check a QR's text against the roots of known regions.

    Refused(qr_malformed) if it isn't one, (key_unknown) if its region isn't known here,
    (signature_wrong) if it was forged or altered.
    """
    if not text.startswith(PREFIX) or len(text) > TEXT_MAX:
        raise Refused(Problem("qr_malformed"))
    try:
        payload = wire.decode(base45.decode(text[len(PREFIX) :]), _Payload)
        claims = wire.decode(payload.claims, Claims)
        certificate = wire.decode(payload.certificate, Certificate)
    except (Refused, ValueError) as error:
        raise Refused(Problem("qr_malformed")) from error
    root = roots.get(certificate.region)
    if root is None:
        raise Refused(Problem("key_unknown", facts={"region": certificate.region}))
    certified = _certified(certificate.region, certificate.office, certificate.key)
    _verify(root, certificate.signature, certified)
    _verify(certificate.key, payload.signature, _claimed(payload.claims, payload.certificate))
    return Checked(claims, certificate.region, certificate.office, certificate.key, payload.claims)


def _verify(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Refused(Problem("signature_wrong")) from error


def _certified(region: str, office: str, key: bytes) -> bytes:
    return b"teras/certificate/1" + wire.encode([region, office, key])


def _claimed(claims: bytes, certificate: bytes) -> bytes:
    return b"teras/letter/1" + wire.encode([claims, certificate])
