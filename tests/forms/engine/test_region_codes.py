import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from forms.engine.region_codes import Codes

HEAD = "kode,judul\n"


def refused_by(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as refused:
        Codes.read(text, "classification.csv")
    return [(problem.code, problem.row) for problem in refused.value.problems]


def test_a_list_keeps_its_order_and_its_titles() -> None:
    codes = Codes.read(HEAD + '500.3,Usaha\n400.12,"Penduduk, sipil"\n', "classification.csv")

    assert list(codes) == ["500.3", "400.12"]
    assert codes.title("400.12") == "Penduduk, sipil"
    assert "400" not in codes


def test_a_list_from_a_spreadsheet_with_semicolons_is_the_same() -> None:
    codes = Codes.read("kode;judul\r\n100.3;Hukum, tata usaha\r\n", "classification.csv")

    assert codes.title("100.3") == "Hukum, tata usaha"


def test_every_row_that_makes_no_sense_is_told_with_its_line() -> None:
    rows = "100,Pemerintahan\n100,Lagi\n200\n 300 , \n4 0,Spasi\n500,Ekonomi,lain\n"

    assert refused_by(HEAD + rows) == [
        ("codes_doubled", 3),
        ("codes_row", 4),
        ("codes_row", 5),
        ("codes_row", 6),
        ("codes_row", 7),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "codes_header"),
        ("judul,kode\n", "codes_header"),
        (HEAD, "codes_none"),
        (HEAD + '"100,Buka', "codes_row"),
    ],
)
def test_a_list_that_is_none_is_refused(text: str, code: str) -> None:
    assert refused_by(text)[0][0] == code


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    try:
        codes = Codes.read(HEAD + text, "classification.csv")
    except Refused as refused:
        assert refused.problems  # noqa: PT017 - either way is right
    else:
        assert all(codes.title(code) for code in codes)
