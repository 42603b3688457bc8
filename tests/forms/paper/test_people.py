"""Persons and lists as they are printed, part by part and row by row."""

from forms.engine import lint
from forms.engine.answers import Answers
from forms.engine.spec import Field, Party
from forms.paper import printed

TERMS = {"kelurahan": "Kelurahan", "kecamatan": "Kecamatan"}
IBU = Field(
    key="ibu",
    kind="person",
    label="Ibu",
    party=Party(asks=("nama", "nik", "tempat_lahir", "tanggal_lahir", "agama", "alamat")),
)
LIST = Field(
    key="waris",
    kind="rows",
    label="Waris",
    party=Party(asks=("nama", "tanggal_lahir")),
    column=(
        Field(key="bagian", kind="money", label="Bagian"),
        Field(key="agama", kind="choice", label="Agama", choices="agama"),
    ),
)
FIELDS = {field.key: field for field in (IBU, LIST)}
ANSWERS: Answers = {
    "ibu": {
        "record": "0" * 32,
        "nama": "RATNA",
        "nik": "9971015203910002",
        "tempat_lahir": "CONTOH",
        "tanggal_lahir": "1991-03-12",
        "agama": "1",
        "alamat": "JL. MELATI NO. 7",
        "rt": "003",
        "rw": "002",
        "kelurahan": "99.71.01.1001",
    },
    "waris": [
        {"nama": "BUDI", "tanggal_lahir": "2012-01-09", "bagian": 1500, "agama": "2"},
        {"nama": "WATI"},
    ],
}
TEXTS = printed.printed(FIELDS, ANSWERS, lint.AREAS, TERMS)


def test_a_person_is_printed_part_by_part_and_the_address_whole() -> None:
    assert TEXTS["ibu"] == TEXTS["ibu_nama"] == "RATNA"
    assert TEXTS["ibu_agama"] == "Islam"
    assert TEXTS["ibu_ttl"] == "CONTOH, 12 Maret 1991"
    assert TEXTS["ibu_alamat"] == (
        "JL. MELATI NO. 7, RT 003/RW 002, Kelurahan Sukamaju, Kecamatan Teladan, Kota Contoh"
    )
    assert "ibu_record" not in TEXTS


def test_a_list_is_printed_row_by_row_and_counted() -> None:
    assert TEXTS["waris"] == [
        {
            "nama": "BUDI",
            "tanggal_lahir": "9 Januari 2012",
            "bagian": "Rp1.500,00",
            "agama": "Kristen",
            "ttl": "9 Januari 2012",
        },
        {"nama": "WATI", "tanggal_lahir": "", "bagian": "", "agama": "", "ttl": ""},
    ]
    assert (TEXTS["waris_jumlah"], TEXTS["waris_jumlah_terbilang"]) == ("2", "dua")


def test_nobody_and_nothing_print_as_nothing() -> None:
    empty = printed.printed(FIELDS, {}, lint.AREAS, TERMS)

    assert empty["waris"] == []
    assert {text for key, text in empty.items() if key != "waris"} == {""}


def test_every_name_that_is_printed_is_known_beforehand() -> None:
    assert set(printed.names(FIELDS)) == set(TEXTS)


def test_boxes_get_the_answers_as_they_are_kept() -> None:
    coded = printed.coded(FIELDS, ANSWERS)

    assert coded["ibu_tanggal_lahir"] == "1991-03-12"
    assert coded["ibu_agama"] == "1"
    assert coded["waris"] == ANSWERS["waris"]
    assert not any("record" in key for key in coded)


def test_a_date_knows_its_day_of_the_week() -> None:
    fields = {"hari": Field(key="hari", kind="date", label="H")}

    days = [
        printed.printed(fields, {"hari": f"2026-11-{day}"}, lint.AREAS, TERMS)["hari_hari"]
        for day in range(16, 23)
    ]

    assert days == ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"]
