"""`letter pdf --sign`: the office's certificate on an issued letter, by the command line."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

LETTER = "letters/surat_keterangan_usaha"
PHRASE = "kunci kantor"
pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def letter(teras: Any, tmp_path: Path) -> str:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(teras("services", "show", LETTER).body["example"]))
    made = teras("record", "new", LETTER, "--answers", answers, "--issue")
    return str(made.body["record"])


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TERAS_CERTIFICATE_PASSPHRASE", PHRASE)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kelurahan Satu")])
    now = dt.datetime.now(dt.UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    sealing = serialization.BestAvailableEncryption(PHRASE.encode())
    file = tmp_path / "kantor.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, key, own, None, sealing))
    return file


def test_an_issued_letter_is_signed_with_the_offices_certificate(
    teras: Any, letter: str, certificate: Path, tmp_path: Path
) -> None:
    file = tmp_path / "letter.pdf"

    said = teras("letter", "pdf", letter, file, "--sign", certificate)

    assert (said.status, said.body["copy"]) == (0, 0)
    assert said.body["signed_by"] == "CN=Kelurahan Satu"
    assert b"/ETSI.CAdES.detached" in file.read_bytes()


def test_a_certificate_that_does_not_open_costs_no_original(
    teras: Any, letter: str, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "letter.pdf"
    monkeypatch.setenv("TERAS_CERTIFICATE_PASSPHRASE", "bukan ini")

    locked = teras("letter", "pdf", letter, file, "--sign", certificate)
    missing = teras("letter", "pdf", letter, file, "--sign", tmp_path / "none.p12")
    first = teras("letter", "pdf", letter, file)

    assert (locked.status, locked.codes) == (3, ["certificate_locked"])
    assert (missing.status, missing.codes) == (1, ["file_missing"])
    assert first.body["copy"] == 0


def test_neither_a_preview_nor_a_void_letter_is_signed(
    teras: Any, letter: str, certificate: Path, tmp_path: Path
) -> None:
    file = tmp_path / "letter.pdf"

    preview = teras("letter", "pdf", letter, file, "--preview", "--sign", certificate)
    teras("record", "move", letter, "void", "--reason", "Salah nama")
    void = teras("letter", "pdf", letter, file, "--sign", certificate)

    assert (preview.status, preview.codes) == (1, ["sign_not_in_force"])
    assert (void.status, void.codes) == (1, ["sign_not_in_force"])
    assert not file.exists()
