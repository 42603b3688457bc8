"""A certificate that a machine of the office makes for itself, to be known by its fingerprint."""

import datetime as dt
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

YEARS = 10  # nothing but the fingerprint counts, and that ends with the key
DAY_BEFORE = dt.timedelta(days=1)


def make(now: int) -> tuple[bytes, bytes]:
    """Make a certificate and its private key, both PEM; `now` is in ms."""
    moment = dt.datetime.fromtimestamp(now / 1000, dt.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "teras")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(os.urandom(16), "big") >> 1)
        .not_valid_before(moment - DAY_BEFORE)
        .not_valid_after(moment + dt.timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM), private


def fingerprint(certificate: bytes) -> str:
    """Compute the SHA-256 of a PEM certificate in hex, as its users are told."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()
