"""The server speaks HTTPS with certificate files, and only HTTPS then."""

import datetime as dt
import http.client
import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from forms.engine.problem import Refused
from sync.server import certificate, run
from sync.server.city import City
from sync.server.run import Address, Running


class Pair(NamedTuple):
    certificate: Path
    key: Path


def made(folder: Path, name: str, passphrase: bytes = b"") -> Pair:
    """Make a certificate that vouches for itself, for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    said = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    place = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(said, said, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(place, critical=False)
        .sign(key, hashes.SHA256())
    )
    locked = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    pem = serialization.Encoding.PEM
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    pair.certificate.write_bytes(signed.public_bytes(pem))
    pair.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, locked))
    return pair


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return made(tmp_path, "own")


@pytest.fixture
def secure(folder: Path, city: City, pair: Pair) -> Iterator[Running]:
    running = run.start(folder, Address("127.0.0.1", 0, *pair), city.now)
    yield running
    running.stop()


def asked(running: Running, path: str, trust: Path | None) -> http.client.HTTPResponse:
    place = urlsplit(running.url)
    trusting = ssl.create_default_context(cafile=trust)
    line = http.client.HTTPSConnection(
        place.hostname or "", place.port, timeout=10, context=trusting
    )
    try:
        line.request("GET", path)
        return line.getresponse()
    finally:
        line.close()


def test_who_trusts_the_certificate_is_served(secure: Running, pair: Pair) -> None:
    assert asked(secure, "/readyz", pair.certificate).status == 200
    page = asked(secure, "/admin/sign-in", pair.certificate)
    assert page.headers["Strict-Transport-Security"]


def test_who_does_not_trust_it_sends_nothing(secure: Running) -> None:
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        asked(secure, "/readyz", None)


def test_plain_words_are_not_understood(secure: Running) -> None:
    place = urlsplit(secure.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            answer = line.recv(1_000)
        except ConnectionResetError:
            answer = b""

    assert b"HTTP" not in answer


def test_a_whole_pair_is_taken(pair: Pair) -> None:
    certificate.check(*pair)


def test_what_can_not_be_used_is_refused_before_the_server_starts(
    tmp_path: Path, pair: Pair
) -> None:
    other, locked = made(tmp_path, "other"), made(tmp_path, "locked", b"rahasia")
    empty = tmp_path / "empty"
    empty.touch()
    for wrong in (
        (pair.certificate, other.key),
        (pair.certificate, empty),
        (pair.key, pair.certificate),
        (tmp_path / "missing", pair.key),
        tuple(locked),
    ):
        with pytest.raises(Refused, match="certificate_unusable"):
            certificate.check(*wrong)
