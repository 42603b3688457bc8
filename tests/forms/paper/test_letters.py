"""The wording of each letter, written here by hand: a difference is a decision, never an update."""

from collections.abc import Callable
from typing import Any

from forms.paper import letter

HEAD = (
    "PEMERINTAH KOTA CONTOH KECAMATAN TELADAN KELURAHAN SUKAMAJU"
    " Jalan Melati Nomor 17, Telepon (021) 555-0123, Kode Pos 99123"
    " Pos-el sukamaju@contoh.example"
)
OPENING = (
    "Yang bertanda tangan di bawah ini, Lurah Sukamaju, Kecamatan Teladan, Kota Contoh,"
    " menerangkan dengan sebenarnya bahwa:"
    " Nama : SITI AMINAH NURHALIZA"
    " NIK : 9971015608900001"
    " Tempat, tanggal lahir : TELADAN SARI, 16 Agustus 1990"
    " Jenis kelamin : Perempuan"
    " Agama : Islam"
    " Status perkawinan : Kawin"
    " Pekerjaan : Wiraswasta"
    " Alamat : JL. MELATI NO. 8, RT 003/RW 007, Kelurahan Sukamaju, Kecamatan Teladan, Kota Contoh"
)
CLOSING = (
    "Demikian surat keterangan ini dibuat dengan sebenarnya untuk dipergunakan"
    " sebagaimana mestinya."
)
CODE = (
    "Terdaftar di buku register Kelurahan Sukamaju"
    " Nomor 400.12.2.1/123/SM/XI/2026"
    " Kode surat 0001-0203-0405"
    " Pindai untuk memeriksa keaslian surat di loket Teras mana pun, juga tanpa jaringan."
    " Kode ini bukan tanda tangan elektronik tersertifikasi."
)
SIGNATURE = (
    "Sukamaju, 21 November 2026"
    " Lurah Sukamaju,"
    " Drs. AHMAD SANTOSO, M.Si."
    " Penata Tingkat I, III/d"
    " NIP 197001011995031002"
)


def whole(title: str, *statements: str) -> str:
    number = f"{title} Nomor: 400.12.2.1/123/SM/XI/2026"
    return " ".join((HEAD, number, OPENING, *statements, CLOSING, CODE, SIGNATURE))


def test_a_domicile_letter_says_where_and_since_when(
    compose: Callable[..., Any], read: Callable[[bytes], str]
) -> None:
    paper, texts = compose("domisili")

    pdf = letter.render(paper, texts, logo=None, qr="TRS1:ABC", mark=None)

    assert read(pdf) == whole(
        "SURAT KETERANGAN DOMISILI",
        "Orang tersebut di atas benar berdomisili di wilayah Kelurahan Sukamaju dengan"
        " keterangan sebagai berikut:",
        "Alamat tinggal : Jl. Kenanga No. 21 RT 002/RW 004",
        "Status tinggal : Kontrak",
        "Nama pemilik rumah : H. RAHMAT WIJAYA",
        "Tinggal sejak : 1 Maret 2015",
        "Surat keterangan ini diberikan atas permintaan yang bersangkutan untuk keperluan"
        " pembukaan rekening bank.",
        "Surat keterangan ini berlaku sampai dengan tanggal 21 Mei 2027.",
    )


def test_a_business_letter_names_the_business_and_is_no_licence(
    compose: Callable[..., Any], read: Callable[[bytes], str]
) -> None:
    business = {
        "nama_usaha": 'Warung "Bu Siti" & Anak #1',
        "jenis_usaha": "Perdagangan bahan pokok",
        "alamat_usaha": "Jl. Kenanga No. 21",
        "sejak_tahun": 2015,
        "omzet": 7500000,
        "keperluan": "pengajuan kredit usaha",
    }
    paper, texts = compose("usaha", business)

    pdf = letter.render(paper, texts, logo=None, qr="TRS1:ABC", mark=None)

    assert read(pdf) == whole(
        "SURAT KETERANGAN USAHA",
        "Orang tersebut di atas benar memiliki dan menjalankan usaha di wilayah Kelurahan"
        " Sukamaju dengan keterangan sebagai berikut:",
        'Nama usaha : Warung "Bu Siti" & Anak #1',
        "Jenis usaha : Perdagangan bahan pokok",
        "Alamat usaha : Jl. Kenanga No. 21",
        "Berusaha sejak tahun : 2015",
        "Omzet sebulan : Rp7.500.000,00",
        "Surat keterangan ini bukan merupakan izin usaha dan diberikan untuk keperluan"
        " pengajuan kredit usaha.",
        "Surat keterangan ini berlaku sampai dengan tanggal 21 Mei 2027.",
    )


def test_a_letter_of_poverty_spells_the_income_and_names_the_child(
    compose: Callable[..., Any], read: Callable[[bytes], str]
) -> None:
    household = {
        "penghasilan": 1500000,
        "jumlah_tanggungan": 3,
        "untuk_sekolah": True,
        "nama_anak": "BUDI SANTOSO",
        "sekolah_anak": "SMP Negeri 1 Contoh",
        "keperluan": "persyaratan beasiswa",
    }
    paper, texts = compose("tidak_mampu", household)

    pdf = letter.render(paper, texts, logo=None, qr="TRS1:ABC", mark=None)

    assert read(pdf) == whole(
        "SURAT KETERANGAN TIDAK MAMPU",
        "Menurut keterangan RT/RW setempat dan pernyataan yang bersangkutan, orang tersebut di"
        " atas benar termasuk keluarga tidak mampu dengan keadaan sebagai berikut:",
        "Penghasilan sebulan : Rp1.500.000,00 (satu juta lima ratus ribu rupiah)",
        "Jumlah tanggungan : 3",
        "Surat keterangan ini diperuntukkan bagi anak dari yang bersangkutan:",
        "Nama anak : BUDI SANTOSO",
        "Sekolah anak : SMP Negeri 1 Contoh",
        "Surat keterangan ini diberikan untuk keperluan persyaratan beasiswa.",
        "Surat keterangan ini berlaku sampai dengan tanggal 21 Februari 2027.",
    )


def test_a_letter_of_poverty_without_a_child_says_nothing_of_one(
    compose: Callable[..., Any], read: Callable[[bytes], str]
) -> None:
    paper, texts = compose("tidak_mampu", {"penghasilan": 0})

    text = read(letter.render(paper, texts, logo=None, qr=None, mark=None))

    assert "anak" not in text
    assert "Rp0,00 (nol rupiah)" in text
