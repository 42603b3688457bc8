"""A letter's PDF is signed by the office's certificate, and nothing of the print is touched."""

import datetime as dt
import io
import sys
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from forms.engine.problem import Locked, Refused
from forms.paper import press
from sync.crypto import pades

PHRASE = "kunci kantor"
NOW = dt.datetime.now(dt.UTC)  # the signature carries the machine's time
NOW_MS = int(NOW.timestamp() * 1000)
DAY = dt.timedelta(days=1)
SOURCE = """#set document(title: "Surat", date: datetime(year: 2026, month: 11, day: 21))
#set text(font: "Liberation Sans", lang: "id")
Surat."""
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
KEYS: dict[str, Callable[[], Key]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


def issued(key: Key, first: dt.datetime = NOW - DAY, last: dt.datetime = NOW + DAY) -> bytes:
    """Make the PKCS#12 file of an office that vouches for itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kelurahan Contoh")])
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True
        )
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    sealing = serialization.BestAvailableEncryption(PHRASE.encode())
    return pkcs12.serialize_key_and_certificates(b"kantor", key, made, None, sealing)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return press.press(SOURCE, press.LATEST, {}, None)[0]


@pytest.fixture(scope="module")
def file() -> bytes:
    return issued(KEYS["P-256"]())


def judged(signed: bytes, file: bytes) -> PdfSignatureStatus:
    """Validate the one signature of a PDF, trusting the certificate of this file."""
    _, own, _ = pkcs12.load_key_and_certificates(file, PHRASE.encode())
    assert own is not None
    roots = load_certs_from_pemder_data(own.public_bytes(serialization.Encoding.DER))
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    return validate_pdf_signature(found, ValidationContext(trust_roots=list(roots)))


@pytest.mark.parametrize("kind", KEYS)
def test_a_signature_is_found_good_by_whoever_trusts_the_certificate(kind: str, pdf: bytes) -> None:
    file = issued(KEYS[kind]())

    signed = pades.read(file, PHRASE, now=NOW_MS).sign(pdf, reason="Terbit", place="Kelurahan")

    status = judged(signed, file)
    assert status.intact
    assert status.bottom_line


def test_what_was_printed_stands_untouched_before_the_signature(pdf: bytes, file: bytes) -> None:
    signed = pades.read(file, PHRASE, now=NOW_MS).sign(pdf, reason="Terbit", place="Kelurahan")

    assert signed.startswith(pdf)
    assert len(signed) > len(pdf)


def test_a_signed_sheet_still_says_that_it_is_for_the_archive(pdf: bytes, file: bytes) -> None:
    signed = pades.read(file, PHRASE, now=NOW_MS).sign(pdf, reason="Terbit", place="Kelurahan")

    root = PdfFileReader(io.BytesIO(signed)).root
    about = root["/Metadata"].data
    assert b'pdfaid:part="2"' in about
    assert b'pdfaid:conformance="B"' in about
    assert root["/OutputIntents"]


def test_one_changed_letter_breaks_the_signature(pdf: bytes, file: bytes) -> None:
    signed = pades.read(file, PHRASE, now=NOW_MS).sign(pdf, reason="Terbit", place="Kelurahan")
    spot = signed.index(b"/Title (") + len(b"/Title (")

    status = judged(signed[:spot] + b"X" + signed[spot + 1 :], file)

    assert not status.intact
    assert not status.bottom_line


def test_a_certificate_says_whose_it_is(file: bytes) -> None:
    assert pades.read(file, PHRASE, now=NOW_MS).subject == "CN=Kelurahan Contoh"


def test_a_wrong_passphrase_leaves_the_certificate_locked(file: bytes) -> None:
    with pytest.raises(Locked, match="certificate_locked"):
        pades.read(file, "bukan ini", now=NOW_MS)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x30" + bytes(40), b"0" * 2_000_000])
def test_a_file_that_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        pades.read(data, PHRASE, now=NOW_MS)

    assert [problem.code for problem in refused.value.problems] == ["certificate_unreadable"]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(-3, -1, "certificate_too_late"), (1, 3, "certificate_too_early")],
)
def test_a_certificate_signs_only_while_it_is_in_force(first: int, last: int, code: str) -> None:
    file = issued(KEYS["P-256"](), NOW + first * DAY, NOW + last * DAY)

    with pytest.raises(Refused) as refused:
        pades.read(file, PHRASE, now=NOW_MS)

    assert [problem.code for problem in refused.value.problems] == [code]


def test_an_installation_without_the_extra_says_so(
    file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyhanko.sign.signers", None)

    with pytest.raises(Refused) as refused:
        pades.read(file, PHRASE, now=NOW_MS)

    assert [problem.code for problem in refused.value.problems] == ["pades_missing"]
