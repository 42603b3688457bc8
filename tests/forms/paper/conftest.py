import datetime as dt
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from forms.engine.catalogue import Catalogue, load
from forms.engine.region import Office, Region
from forms.paper import letter
from forms.paper.letter import Paper, Signatory

REGION = """
code = "99.71"
name = "Kota Contoh"
place = "Contoh"
time_zone = "WIB"
source = "invented"
[letterhead]
default = ["Pemerintah {region}", "{office}"]
kelurahan = ["Pemerintah {region}", "Kecamatan {kecamatan}", "Kelurahan {kelurahan}"]
[terms]
kelurahan = "Kelurahan"
kecamatan = "Kecamatan"
kota = ""
provinsi = "Provinsi"
head_kelurahan = "Lurah"
head_kecamatan = "Camat"
[colours]
accent = "#1b7a4b"
[numbers]
pattern = "{kode}/{no:03}/{unit}/{bulan_romawi}/{tahun}"
"""
AREAS = """kode,nama,tingkat
99,Contoh Raya,provinsi
99.71,Kota Contoh,kota
99.71.01,Teladan,kecamatan
99.71.01.1001,Sukamaju,kelurahan
"""
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
PERSON = {
    "nik": "9971015608900001",
    "nama": "SITI AMINAH NURHALIZA",
    "tempat_lahir": "TELADAN SARI",
    "tanggal_lahir": "1990-08-16",
    "jenis_kelamin": "P",
    "agama": "1",
    "status_kawin": "3",
    "pekerjaan": "88",
    "alamat": "JL. MELATI NO. 8",
    "rt": "003",
    "rw": "007",
    "kelurahan": "99.71.01.1001",
    "telepon": "081234567890",
}
DOMICILE = {
    "alamat_tinggal": "Jl. Kenanga No. 21 RT 002/RW 004",
    "status_tinggal": "kontrak",
    "nama_pemilik": "H. RAHMAT WIJAYA",
    "sejak_tanggal": "2015-03-01",
    "keperluan": "pembukaan rekening bank",
}


Compose = Callable[..., tuple[Paper, dict[str, str]]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def region() -> Region:
    pack = {"region.toml": REGION.encode(), "wilayah.csv": AREAS.encode(), "logo.svg": LOGO}
    return Region.from_pack(pack)


@pytest.fixture(scope="session")
def office() -> Office:
    return Office(
        id=bytes(16),
        code="SM",
        kind="kelurahan",
        name="Kelurahan Sukamaju",
        area="99.71.01.1001",
        address="Jalan Melati Nomor 17",
        phone="(021) 555-0123",
        email="sukamaju@contoh.example",
        postcode="99123",
    )


@pytest.fixture(scope="session")
def signatory() -> Signatory:
    return Signatory(
        "Lurah", "Drs. AHMAD SANTOSO, M.Si.", "Penata Tingkat I, III/d", "197001011995031002"
    )


@pytest.fixture(scope="session")
def compose(catalogue: Catalogue, region: Region, office: Office, signatory: Signatory) -> Compose:
    """Compose a letter of a kind; what isn't given is the office's usual."""

    def composed(
        kind: str = "domisili", answers: dict[str, Any] | None = None, **given: Any
    ) -> tuple[Paper, dict[str, str]]:
        usual: dict[str, Any] = {
            "region": region,
            "office": office,
            "signatory": signatory,
            "number": "400.12.2.1/123/SM/XI/2026",
            "date": dt.date(2026, 11, 21),
            "letter_id": bytes(range(16)),
        }
        form = catalogue.form(f"letters/surat_keterangan_{kind}")
        return letter.compose(form, {**PERSON, **DOMICILE, **(answers or {})}, **(usual | given))

    return composed


@pytest.fixture(scope="session")
def read() -> Callable[[bytes], str]:
    """Read all pages of a PDF as one line of text."""

    def text_of(pdf: bytes) -> str:
        with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
            pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join(" ".join(pages).split())

    return text_of
