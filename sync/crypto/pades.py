"""A PDF signed by the office's own certificate (PAdES), beside the QR that every letter has.

The signature is appended: the bytes that were printed stay as they are at the front. It is made
without a network, so it carries no time stamp of a third party. pyhanko is an extra of the
installation and takes a while to import; neither matters to who never signs.
"""

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from forms.engine.problem import Locked, Problem, Refused

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "Office"
SIZE_MAX = 1024 * 1024  # of a certificate's file; real ones have some kilobytes
_DIGESTS = {ed25519.Ed25519PublicKey: "sha512", ed448.Ed448PublicKey: "shake256"}
_KEYS = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, *_DIGESTS)


class Certificate:
    """The office's certificate with its private key, ready to sign; `subject` is whose it is."""

    def __init__(self, signer: "SimpleSigner", subject: str, digest: str) -> None:
        self.subject = subject
        self._signer = signer
        self._digest = digest

    def sign(self, pdf: bytes, *, reason: str, place: str) -> bytes:
        """Append a signature that nobody sees on paper; `reason` and `place` stand in it."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

        said = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm=self._digest,
            subfilter=SigSeedSubFilter.PADES,
            reason=reason,
            location=place,
        )
        made = BytesIO()
        sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), said, self._signer, output=made)
        return made.getvalue()


def read(data: bytes, passphrase: str, *, now: int) -> Certificate:
    """Read a PKCS#12 file; `now` in ms.

    Locked where the passphrase is wrong; Refused(pades_missing | certificate_unreadable |
    certificate_too_early | certificate_too_late).
    """
    try:
        from pyhanko.sign.signers import SimpleSigner
    except ImportError as error:
        raise Refused(Problem("pades_missing")) from error
    secret = passphrase.encode()
    own = _own(data, secret)
    _in_force(own, now)
    digest = next(
        (name for kind, name in _DIGESTS.items() if isinstance(own.public_key(), kind)), "sha256"
    )
    signer = SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=secret)
    if signer is None:
        raise Refused(Problem("certificate_unreadable"))
    return Certificate(signer, own.subject.rfc4514_string(), digest)


def _own(data: bytes, secret: bytes) -> x509.Certificate:
    if len(data) > SIZE_MAX:
        raise Refused(Problem("certificate_unreadable"))
    try:
        key, own, _ = pkcs12.load_key_and_certificates(data, secret)
    except ValueError as error:
        # The library has one error for both: a file that is none, and a passphrase that is wrong.
        if _is_pkcs12(data):
            raise Locked("certificate_locked") from error
        raise Refused(Problem("certificate_unreadable")) from error
    if key is None or own is None or not isinstance(own.public_key(), _KEYS):
        raise Refused(Problem("certificate_unreadable"))
    return own


def _is_pkcs12(data: bytes) -> bool:
    """Tell whether a file begins as RFC 7292 wants it: a sequence, then the version 3."""
    head = data[:12]
    return head[:1] == b"\x30" and b"\x02\x01\x03" in head


def _in_force(own: x509.Certificate, now: int) -> None:
    moment = dt.datetime.fromtimestamp(now / 1000, dt.UTC)
    if moment < own.not_valid_before_utc:
        raise Refused(_dated("certificate_too_early", own.not_valid_before_utc))
    if moment > own.not_valid_after_utc:
        raise Refused(_dated("certificate_too_late", own.not_valid_after_utc))


def _dated(code: str, day: dt.datetime) -> Problem:
    return Problem(code, facts={"date": f"{day:%d-%m-%Y}"})
