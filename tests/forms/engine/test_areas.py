import pytest

from forms.engine.areas import Area, Areas
from forms.engine.problem import Refused

TABLE = """\
kode,nama,tingkat
99.71.01.1002,Sukarukun,desa
99,Contoh Raya,provinsi
99.71,Contoh,kabupaten
99.71.01,"Teladan, Timur",kecamatan
99.71.01.1001,Sukamaju,kelurahan
"""


def test_an_area_is_found_by_its_code_and_knows_what_it_lies_in() -> None:
    areas = Areas.read(TABLE, "wilayah.csv")

    assert areas.area("99.71.01") == Area("99.71.01", "Teladan, Timur", "kecamatan")
    assert [area.name for area in areas.parents("99.71.01.1001")] == [
        "Teladan, Timur",
        "Contoh",
        "Contoh Raya",
    ]
    assert areas.knows("99.71")
    assert not areas.knows("99.72")
    assert [area.code for area in areas] == sorted(area.code for area in areas)
    assert len(areas) == 5


def test_words_of_a_regency_are_the_levels_of_a_city() -> None:
    areas = Areas.read(TABLE, "wilayah.csv")

    assert areas.area("99.71").level == "kota"
    assert areas.area("99.71.01.1002").level == "kelurahan"


def test_children_and_the_first_of_a_level_come_in_the_order_of_codes() -> None:
    areas = Areas.read(TABLE, "wilayah.csv")

    assert [area.code for area in areas.children("99.71.01")] == ["99.71.01.1001", "99.71.01.1002"]
    assert [area.code for area in areas.children("")] == ["99"]
    assert areas.first("99.71", "kelurahan") == "99.71.01.1001"
    assert areas.first("99.71.01.1002", "kelurahan") == "99.71.01.1002"
    assert areas.first("98", "kelurahan") == ""


def test_an_unknown_area_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        Areas.read(TABLE, "wilayah.csv").area("99.71.99")

    assert refused.value.problems[0].code == "region_unknown"


@pytest.mark.parametrize(
    ("row", "code", "line"),
    [
        ("99.71.02,Harapan,kelurahan", "area_row", 7),
        ("99.71.2,Harapan,kecamatan", "area_row", 7),
        ("99.71.02,,kecamatan", "area_row", 7),
        ("99.71.02,Harapan", "area_row", 7),
        ("99.71.01,Teladan,kecamatan", "area_row", 7),
        ("99.71.02,Harapan,dusun", "area_row", 7),
        ('99.71.02,"Harapan,kecamatan', "area_row", 7),
        ("99.72.01,Harapan,kecamatan", "area_parent", None),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_line(
    row: str, code: str, line: int | None
) -> None:
    with pytest.raises(Refused) as refused:
        Areas.read(TABLE + row + "\n", "wilayah.csv")

    assert [(problem.code, problem.row) for problem in refused.value.problems] == [(code, line)]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "area_header"), ("code,name\n", "area_header"), ("kode,nama,tingkat\n", "area_none")],
)
def test_a_table_without_header_or_rows_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        Areas.read(text, "wilayah.csv")

    assert [problem.code for problem in refused.value.problems] == [code]
