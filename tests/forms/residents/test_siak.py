import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from forms.engine import catalogue
from forms.engine.answers import Scene
from forms.engine.areas import Areas
from forms.engine.region import Region
from forms.engine.words import say
from forms.residents import siak
from forms.residents.cells import Cell
from forms.residents.reading import REFUSING
from forms.residents.siak import Reader, Resident

DATA = Path(__file__).parents[2] / "data"
REGIONS = Path(__file__).parents[3] / "resources" / "regions"
TODAY = dt.date(2026, 11, 21)
HOME = "99.71.01.1001"
AREAS = """kode,nama,tingkat
99,Contoh,provinsi
99.71,Kota Contoh,kota
99.71.01,Utara,kecamatan
99.71.01.1001,Sukamaju,kelurahan
99.71.01.1002,Sari Mulya,kelurahan
99.71.02,Selatan,kecamatan
99.71.02.1001,Sukamaju,kelurahan
"""
ROW: Mapping[str, Cell] = {
    "nik": "9971011505880001",
    "nama": "Ahmad Fauzi",
    "tanggal_lahir": dt.date(1988, 5, 15),
    "jenis_kelamin": "L",
    "agama": "ISLAM",
    "alamat": "Jl. Melati No. 7",
    "rt": 3.0,
    "rw": "002",
}


FORM = catalogue.load().form("residents/resident")
READER = Reader(FORM, Scene(TODAY, HOME, Areas.read(AREAS, "wilayah.csv")), HOME)


@pytest.fixture
def reader() -> Reader:
    return READER


def read(reader: Reader, **cells: Cell) -> Resident:
    return reader.read({**ROW, **cells})


def codes(problems: tuple[Any, ...]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_row_becomes_the_answers_of_the_form(reader: Reader) -> None:
    found = read(
        reader, pekerjaan="GURU", status_kawin="KAWIN", shdk="ISTERI", telepon=81200000007.0
    )

    assert not found.refused
    assert not found.warned
    assert found.answers == {
        "nik": "9971011505880001",
        "nama": "AHMAD FAUZI",
        "tanggal_lahir": "1988-05-15",
        "jenis_kelamin": "L",
        "agama": "1",
        "status_kawin": "2",
        "pekerjaan": "65",
        "shdk": "3",
        "alamat": "JL. MELATI NO. 7",
        "rt": "003",
        "rw": "002",
        "kelurahan": HOME,
        "telepon": "081200000007",
    }


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"nik": "997101150588001"}, "nik_length"),
        ({"nik": ""}, "nik_length"),
        ({"nik": "99710115O5880001"}, "nik_digits"),
        ({"nik": "9971019405880001"}, "nik_date"),
        ({"nik": "9971013102880001"}, "nik_date"),
        ({"nik": "9971011505880000"}, "nik_serial"),
        ({"nik": 9971011505880000.0}, "nik_rounded"),
        ({"nik": "9.97101E+15"}, "nik_rounded"),
        ({"nama": ""}, "name_missing"),
        ({"nama": " . "}, "name_missing"),
        ({"tanggal_lahir": "31/02/1990"}, "birth_date"),
        ({"tanggal_lahir": "0000-00-00"}, "birth_date"),
        ({"tanggal_lahir": dt.date(2026, 11, 22)}, "birth_date"),
        ({"tanggal_lahir": None}, "birth_date"),
        ({"agama": "JEDI"}, "religion_unknown"),
        ({"nama": "A" * 101}, "too_long"),
    ],
)
def test_a_row_that_may_be_another_person_is_refused(
    reader: Reader, cells: dict[str, Cell], code: str
) -> None:
    found = read(reader, **cells)

    assert codes(found.refused) == [code]
    assert not found.answers
    assert not found.warned


@pytest.mark.parametrize(
    ("cells", "code", "left_out"),
    [
        ({"jenis_kelamin": "P"}, "nik_sex_differs", None),
        ({"tanggal_lahir": "16-05-1988"}, "nik_birth_date_differs", None),
        ({"nik": "9971991505880001"}, "nik_region_unknown", None),
        ({"nomor_kk": "123"}, "kk_length", "nomor_kk"),
        ({"nomor_kk": 9971010107130002.0}, "kk_rounded", "nomor_kk"),
        ({"pekerjaan": "ASTRONOT"}, "choice_unknown", "pekerjaan"),
        ({"rt": "tiga"}, "digits_only", "rt"),
        ({"desa": "ANTAH BERANTAH"}, "area_name_unknown", "kelurahan"),
        ({"tanggal_kawin": "besok"}, "date_shape", "tanggal_kawin"),
        ({"tanggal_kawin": dt.date(2027, 1, 1)}, "date_late", "tanggal_kawin"),
        ({"status": "MATI"}, "status_not_living", None),
        ({"telepon": "rumah"}, "phone_shape", "telepon"),
    ],
)
def test_what_says_nothing_about_who_it_is_is_taken_with_a_warning(
    reader: Reader, cells: dict[str, Cell], code: str, left_out: str | None
) -> None:
    found = read(reader, **cells)

    assert codes(found.warned) == [code]
    assert not found.refused
    assert left_out not in found.answers


def test_a_nik_of_another_city_is_not_doubted_whatever_its_codes(reader: Reader) -> None:
    assert not read(reader, nik="3299991505880001").warned


def test_the_century_of_a_nik_is_not_held_against_the_row(reader: Reader) -> None:
    old = read(reader, nik="9971011505200001", tanggal_lahir="15-05-1920")

    assert not old.warned
    assert old.answers["tanggal_lahir"] == "1920-05-15"


@pytest.mark.parametrize(
    ("kecamatan", "kelurahan", "home"),
    [
        ("", "", HOME),
        ("UTARA", "SUKAMAJU", HOME),
        ("SELATAN", "SUKAMAJU", "99.71.02.1001"),
        ("", "SUKAMAJU", HOME),
        ("UTARA", "SARIMULIA", "99.71.01.1002"),
        ("UTARA", "SARI MULYO", "99.71.01.1002"),
    ],
)
def test_a_kelurahan_is_found_by_its_name_within_its_kecamatan(
    reader: Reader, kecamatan: str, kelurahan: str, home: str
) -> None:
    assert read(reader, kecamatan=kecamatan, desa=kelurahan).answers["kelurahan"] == home


def test_a_header_is_found_below_titles_with_its_columns_in_any_order() -> None:
    found = siak.header(
        [
            ["DAFTAR PENDUDUK, NIK DAN NAMA"],
            ["KODE WILAYAH 99.71.01.1001", ""],
            [],
            ["No.", "Tgl. Lahir", "NAMA LENGKAP", "Agama", "N I K", "Hobi", "No. KK"],
            ["1", "2", "3"],
        ]
    )

    assert found is not None
    assert found.row == 3
    assert found.area == HOME
    assert found.columns == {"tanggal_lahir": 1, "nama": 2, "agama": 3, "nik": 4, "nomor_kk": 6}


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["Nama", "Agama", "RT", "RW", "Alamat", "NIK"]],
        [["NIK", "Nama", "Tanggal Lahir"]],
        [[""]] * siak.HEADER_ROWS_MAX + [["NIK", "Nama", "Tgl Lahir", "Agama", "RT", "RW"]],
    ],
)
def test_rows_without_what_tells_who_somebody_is_are_no_header(rows: list[list[Cell]]) -> None:
    assert siak.header(rows) is None


@given(
    st.dictionaries(
        st.sampled_from(sorted([*ROW, "nomor_kk", "desa", "shdk", "telepon", "tanggal_cerai"])),
        st.one_of(
            st.none(),
            st.text(max_size=30),
            st.floats(),
            st.integers(),
            st.booleans(),
            st.dates(),
            st.datetimes(),
            st.times(),
            st.timedeltas(),
        ),
    )
)
@settings(max_examples=200)
def test_no_cell_whatever_it_holds_stops_an_import(cells: dict[str, Cell]) -> None:
    found = READER.read({**ROW, **cells})

    assert bool(found.refused) != bool(found.answers)


def test_the_sheet_as_offices_send_it_is_judged_as_its_truth_says() -> None:
    truth = json.loads((DATA / "siak_cikokol.truth.json").read_text("utf-8"))
    with CalamineWorkbook.from_path(str(DATA / "siak_cikokol.xlsx")) as book:
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    header = siak.header(rows)
    assert header is not None
    shipped = (Region.read(path).areas for path in sorted(REGIONS.glob("*.toml")))
    areas = next(areas for areas in shipped if areas.knows(header.area))
    judge = Reader(FORM, Scene(TODAY, header.area, areas), header.area)
    refused, warned = [], []

    for number, row in enumerate(rows[header.row + 1 :], header.row + 2):
        found = judge.read({field: row[column] for field, column in header.columns.items()})
        refused += [{"row": number, "code": code} for code in codes(found.refused)]
        warned += [{"row": number, "code": code} for code in codes(found.warned)]

    clashes = [row for row in truth["refused"] if row["code"] == "nik_clash_in_file"]
    assert refused == [row for row in truth["refused"] if row not in clashes]
    assert warned == truth["warned"]


@pytest.mark.parametrize(
    "code",
    [
        *sorted(REFUSING),
        "nik_sex_differs",
        "nik_birth_date_differs",
        "nik_region_unknown",
        "kk_rounded",
        "choice_unknown",
        "area_name_unknown",
        "status_not_living",
        "date_shape",
    ],
)
def test_every_code_of_a_row_has_words(code: str) -> None:
    assert say(code) != code
