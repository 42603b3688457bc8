import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine import nik

TODAY = dt.date(2026, 11, 21)


def test_a_nik_says_birth_date_sex_and_region() -> None:
    found = nik.read("9971011505880001", TODAY)

    assert found == nik.Nik(
        valid=True, problems=(), birth_date=dt.date(1988, 5, 15), sex="L", region="997101"
    )


def test_a_woman_has_forty_more_on_the_day() -> None:
    found = nik.read("9971015505900003", TODAY)

    assert (found.sex, found.birth_date) == ("P", dt.date(1990, 5, 15))


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("997101150588000", ("nik_length",)),
        ("99710115058800011", ("nik_length",)),
        ("", ("nik_length",)),
        ("99710115O5880001", ("nik_digits",)),
        ("997101150588000\u0661", ("nik_digits",)),  # an Arabic digit one
        ("99710115058800\u00b9\u00b2", ("nik_digits",)),  # superscripts
        ("9.97E+15", ("nik_length", "nik_digits")),
        ("9971018105880001", ("nik_date",)),
        ("9971010005880001", ("nik_date",)),
        ("9971014005880001", ("nik_date",)),
        ("9971013102880001", ("nik_date",)),
        ("9971011513880001", ("nik_date",)),
        ("9971011505880000", ("nik_serial",)),
        ("9971018113880000", ("nik_date", "nik_serial")),
        ('"9971011505880001', ("nik_length", "nik_digits")),
        ("9971011505880001'", ("nik_length", "nik_digits")),
        ("''9971011505880001", ("nik_length", "nik_digits")),
        ("9971-0115-0588-01", ("nik_length", "nik_digits")),
    ],
)
def test_a_nik_of_another_shape_is_refused_with_its_reasons(
    text: str, problems: tuple[str, ...]
) -> None:
    found = nik.read(text, TODAY)

    assert (found.valid, found.problems) == (False, problems)


@pytest.mark.parametrize(
    "text", ["'9971011505880001", " 9971 0115 0588 0001\n", "' 99710115\u00a005880001\t"]
)
def test_blanks_and_one_leading_apostrophe_are_dropped(text: str) -> None:
    assert nik.read(text, TODAY).valid


def test_the_birth_date_is_the_latest_one_that_is_not_in_the_future() -> None:
    def born(digits: str) -> dt.date | None:
        return nik.read(f"997101{digits}0001", TODAY).birth_date

    assert born("211126") == dt.date(2026, 11, 21)
    assert born("221126") == dt.date(1926, 11, 22)
    assert born("290200") == dt.date(2000, 2, 29)
    assert born("290228") == dt.date(1928, 2, 29)


def test_a_date_that_is_impossible_in_both_centuries_is_refused() -> None:
    assert nik.read("9971012902270001", TODAY).problems == ("nik_date",)


@given(
    born=st.dates(dt.date(1927, 1, 1), TODAY),
    female=st.booleans(),
    serial=st.integers(1, 9999),
    area=st.integers(110101, 999999),
)
def test_every_nik_that_can_be_made_is_read_back(
    born: dt.date, female: bool, serial: int, area: int
) -> None:
    day = born.day + (40 if female else 0)
    digits = f"{area}{day:02}{born:%m%y}{serial:04}"

    found = nik.read(digits, TODAY)

    assert found.valid
    assert (found.birth_date, found.sex) == (born, "P" if female else "L")
    assert found.region == str(area)


@given(st.text(max_size=20))
def test_any_text_at_all_is_read_without_failing(text: str) -> None:
    found = nik.read(text, TODAY)

    assert found.valid == (not found.problems)
    assert found.valid == (found.birth_date is not None and not found.problems)


def test_a_family_card_has_no_forty_on_the_day() -> None:
    assert nik.read_kk("9971012408110002", TODAY) == ()
    assert nik.read_kk("9971016408110002", TODAY) == ("kk_date",)
    assert nik.read_kk("9971012408110000", TODAY) == ("kk_serial",)
    assert nik.read_kk("997101240811", TODAY) == ("kk_length",)
    assert nik.read_kk("997101240811000X", TODAY) == ("kk_digits",)
