"""The forms that go behind a letter: right titles, each once, the answers in their boxes."""

import datetime as dt
import shutil
from collections.abc import Callable

import msgspec
import pypdfium2
import pytest

from forms.engine import catalogue as catalogues
from forms.engine import example
from forms.engine.answers import Scene
from forms.engine.catalogue import FORMS, Catalogue
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.region import Office, Region
from forms.paper import bundle, letter, mark, page_lint, template, template_lint
from forms.paper.letter import Signatory
from forms.paper.mark import Mark

DAY = dt.date(2026, 11, 21)
SHEETS = {path.name: path.read_text("utf-8") for path in (FORMS / "shared/sheets").glob("*.typ")}
TITLES = {
    "f-1.01.typ": "FORMULIR BIODATA KELUARGA",
    "f-1.02.typ": "FORMULIR PENDAFTARAN PERISTIWA KEPENDUDUKAN",
    "f-1.03.typ": "FORMULIR PENDAFTARAN PERPINDAHAN PENDUDUK",
    "f-1.06.typ": "SURAT PERNYATAAN PERUBAHAN ELEMEN DATA KEPENDUDUKAN",
    "f-2.01.typ": "FORMULIR PELAPORAN PENCATATAN SIPIL"
    " DI DALAM WILAYAH NEGARA KESATUAN REPUBLIK INDONESIA",
    "n-2.typ": "PERMOHONAN KEHENDAK NIKAH",
    "n-4.typ": "PERSETUJUAN CALON PENGANTIN",
    "n-5.typ": "SURAT IZIN ORANG TUA",
    "n-6.typ": "SURAT KETERANGAN KEMATIAN SUAMI/ISTRI",
}  # fmt: skip
# One letter with every part that the sheets of civil registration know.
FORM = """
code = "letters/semua"
title = "Semua"
version = 1
group = "letters"
states = "letter"
office_kinds = ["kelurahan"]

[letter]
title = "BIODATA PENDUDUK"
classification = "1"

[[letter.sheet]]
template = "f-1.01.typ"

[[letter.sheet]]
template = "f-1.02.typ"

[[letter.sheet]]
template = "f-1.06.typ"

[[section]]
title = "Pemohon"
include = "identity"

[[section]]
title = "Keluarga"
include = "anggota_keluarga"

[[section]]
title = "Perubahan"
include = "perubahan_elemen"

[[section.field]]
key = "permohonan"
kind = "choices"
label = "Permohonan"
choices = "permohonan_kependudukan"

[section.checklist]
keterangan_hilang = false
"""
EXAMPLE = """
[[case]]
name = "a family"

[case.answers]
nama = "AHMAD FAUZI"
nik = "9971011505880001"
tempat_lahir = "CONTOH"
tanggal_lahir = "1988-05-15"
jenis_kelamin = "L"
alamat = "JL. MELATI NO. 7"
nomor_kk = "9971010107130002"
kepala_keluarga = "AHMAD FAUZI"
permohonan = ["kk_b3"]
keterangan_hilang = { seen = true }
anggota_keluarga = [
    { nama = "AHMAD FAUZI", jenis_kelamin = "L", shdk = "1", ibu = "FATIMAH" },
    { nama = "RATNA SARI", jenis_kelamin = "P", shdk = "3" },
]

[[case.answers.perubahan]]
nama = "AHMAD FAUZI"
elemen = "pekerjaan"
semula = "Buruh"
menjadi = "Guru"
dasar = "SK 12"

[[case]]
name = "nobody"
problems = ["required"]
answers = {}
"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Form:
    root = tmp_path_factory.mktemp("forms")
    shutil.copytree(FORMS / "shared", root / "shared")
    shutil.copytree(FORMS / "residents", root / "residents")
    (root / "letters/semua").mkdir(parents=True)
    for name, text in (
        ("form.toml", FORM),
        ("examples.toml", EXAMPLE),
        ("letter.typ", '#import "layout.typ": *\n#show: letter\n#identity\n#closing\n'),
    ):
        (root / "letters/semua" / name).write_text(text, "utf-8")
    return catalogues.load(root).form("letters/semua")


@pytest.fixture
def pages(region: Region, office: Office, signatory: Signatory) -> Callable[..., list[str]]:
    """Print one case of a form and read its pages, blanks between signs left out."""

    def read_pages(form: Form, case: int = 0, stamp: Mark | None = None) -> list[str]:
        scene = Scene(DAY, office.area, region.areas)
        paper, texts = letter.compose(
            form,
            check(form, example.fill(form.cases[case]["answers"], scene), scene),
            region=region,
            office=office,
            signatory=signatory,
            number="400/1/SM/XI/2026",
            date=DAY,
            letter_id=bytes(16),
        )
        pdf = letter.render(paper, texts, logo=None, qr=None, mark=stamp)
        with pypdfium2.PdfDocument(pdf) as document:  # type: ignore[no-untyped-call] # has no types
            read = [page.get_textpage().get_text_range() for page in document]
        return ["".join(text.split()) for text in read]

    return read_pages


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_shared_sheet_has_its_title_of_the_law_once(
    catalogue: Catalogue, everything: Form, pages: Callable[..., list[str]]
) -> None:
    assert set(SHEETS) == set(TITLES)
    printed = {
        "f-1.01.typ": pages(everything)[1:3],
        "f-1.02.typ": pages(everything)[3:4],
        "f-1.06.typ": pages(everything)[4:5],
        "f-1.03.typ": pages(catalogue.form("letters/surat_keterangan_pindah"))[1:],
        "f-2.01.typ": pages(catalogue.form("letters/surat_keterangan_kelahiran"))[1:],
        "n-2.typ": pages(catalogue.form("letters/surat_pengantar_nikah"))[1:2],
        "n-4.typ": pages(catalogue.form("letters/surat_pengantar_nikah"))[2:3],
        "n-5.typ": pages(catalogue.form("letters/surat_pengantar_nikah"))[3:4],
        "n-6.typ": pages(catalogue.form("letters/surat_pengantar_nikah"), 1)[3:4],
    }
    for name, sheets in printed.items():
        code = name.removesuffix(".typ").upper()
        read = "".join(sheets).replace(code, "")  # the code beside a title of two lines
        assert read.count(squeezed(TITLES[name])) == 1, name
        others = {title for other, title in TITLES.items() if other != name}
        assert not any(squeezed(title) in read for title in others), name


def test_a_birth_stands_in_its_boxes_and_no_other_event_does(
    catalogue: Catalogue, pages: Callable[..., list[str]]
) -> None:
    first, second = pages(catalogue.form("letters/surat_keterangan_kelahiran"))[1:]

    assert "DATAPELAPOR1.Namalengkap:AHMADFAUZI" in first
    assert "DATASUBJEKAKTAKESATU1.Namalengkap:NAYLAPUTRIFAUZI" in first
    assert "2.NIK:9971010101700003" in first
    assert "KAMIS" in second
    assert "Tgl12Bln11Thn2026" in second
    assert "04:35" in second
    assert "KEMATIAN" not in second


def test_a_death_stands_in_its_boxes(catalogue: Catalogue, pages: Callable[..., list[str]]) -> None:
    first, second = pages(catalogue.form("letters/surat_keterangan_kematian"))[1:]

    assert "DATASUBJEKAKTAKESATU1.Namalengkap:HASAN" in first
    assert "KEMATIAN1.NIK:9971010203550001" in second
    assert "DATAANAK" not in second


def test_those_who_move_stand_on_f_1_03_with_their_place_in_the_family(
    catalogue: Catalogue, pages: Callable[..., list[str]]
) -> None:
    (sheet,) = pages(catalogue.form("letters/surat_keterangan_pindah"))[1:]

    assert "1.NomorKartuKeluarga:9971010107130002".casefold() in sheet.casefold()
    assert "29971015203910002RATNASARI03" in sheet
    assert "Kodepos:99321" in sheet


def test_a_man_is_bin_and_a_woman_binti(
    catalogue: Catalogue, pages: Callable[..., list[str]]
) -> None:
    form = catalogue.form("letters/surat_pengantar_nikah")
    bride, widower = pages(form), pages(form, 1)

    assert "Binti:HASANBASRI" in bride[0]
    assert "BAGASPRATAMABin:SLAMET" in bride[2]
    assert "DEWILESTARIBinti:HASANBASRI" in bride[3]
    assert "BAGASPRATAMABin:SLAMET" in bride[3]
    assert "RATNASARIBinti:SALEH" in widower[3]
    assert "AHMADFAUZIBin:HASAN" in widower[3]


def test_parents_leave_is_printed_for_whoever_is_not_yet_21(
    catalogue: Catalogue, pages: Callable[..., list[str]]
) -> None:
    form = catalogue.form("letters/surat_pengantar_nikah")

    assert any("ModelN5" in page for page in pages(form))
    assert not any("ModelN5" in page for page in pages(form, 1))
    assert any("ModelN6" in page for page in pages(form, 1))


def test_ticks_follow_the_papers_and_the_request(
    everything: Form, pages: Callable[..., list[str]]
) -> None:
    biodata, _, request, change = pages(everything)[1:]

    assert "RATNASARI" in biodata
    assert "AHMADFAUZIBuruhGuruSK12" in change
    assert "Suratketeranganhilangdarikepolisian" in request


@pytest.mark.parametrize("stamp", [mark.draft(), mark.void()])
def test_a_mark_lies_on_every_sheet(
    catalogue: Catalogue, pages: Callable[..., list[str]], stamp: Mark
) -> None:
    for page in pages(catalogue.form("letters/surat_keterangan_pindah"), stamp=stamp):
        assert stamp.text in page


def test_sheets_fit_their_pages_on_the_smaller_paper(everything: Form) -> None:
    assert page_lint.check(everything) == []
    assert list(template_lint.check(everything)) == []


def test_the_letters_of_the_house_fit_their_pages(catalogue: Catalogue) -> None:
    for service in (
        "surat_keterangan_kelahiran",
        "surat_keterangan_kematian",
        "surat_keterangan_pindah",
        "surat_pernyataan_ahli_waris",
        "surat_pengantar_nikah",
        "surat_pengantar_skck",
    ):
        form = catalogue.form(f"letters/{service}")
        assert list(template_lint.check(form)) == []
        assert page_lint.check(form) == []


def test_a_letter_too_long_and_a_sheet_of_more_pages_are_found(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = catalogue.form("letters/surat_keterangan_kelahiran")
    assert form.letter is not None
    long = form.letter.template + "\n\n" + "Kalimat yang panjang sekali. " * 300
    (sheet,) = form.letter.sheets
    more = msgspec.structs.replace(sheet, template=sheet.template + "\n#pagebreak()\nlagi\n")
    found = []
    for changed in ({"template": long}, {"sheets": (more,)}):
        monkeypatch.setattr(form, "letter", msgspec.structs.replace(form.letter, **changed))
        (problem,) = page_lint.check(form)
        found.append((problem.code, problem.facts["file"], problem.facts["most"]))
        monkeypatch.undo()

    assert found == [
        ("pages_many", "letters/surat_keterangan_kelahiran/letter.typ", 1),
        ("pages_many", "letters/surat_keterangan_kelahiran/f-2.01.typ", 2),
    ]


def test_an_error_in_a_sheet_names_the_sheet_and_its_line(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = catalogue.form("letters/surat_keterangan_pindah")
    assert form.letter is not None
    (sheet,) = form.letter.sheets
    lines = sheet.template.splitlines()
    lines[4] = "#nothing"
    broken = msgspec.structs.replace(sheet, template="\n".join(lines))
    monkeypatch.setattr(form, "letter", msgspec.structs.replace(form.letter, sheets=(broken,)))

    (problem,) = page_lint.check(form)

    assert (problem.code, problem.row) == ("template_error", 5)
    assert problem.facts["file"] == "letters/surat_keterangan_pindah/f-1.03.typ"


def test_a_sheet_is_held_to_what_letters_are(catalogue: Catalogue) -> None:
    for source in SHEETS.values():
        assert template.is_sheet(source)
        assert template.forbidden(source) is None
        assert bundle.MARK not in source
