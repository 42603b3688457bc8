import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.paper.amounts import in_words, long_date, rupiah, rupiah_in_words

UNITS = {
    word: number
    for number, word in enumerate(
        ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
    )
}
GROUPS = {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12, "kuadriliun": 10**15}


def heard(spoken: str) -> int:
    """Understand a spelled number, by grammar and not by table: the way back from in_words."""
    total = below = unit = 0
    for word in re.sub(r"\bse(?=belas|puluh|ratus|ribu)", "satu ", spoken).split():
        if word in UNITS:
            unit = UNITS[word]
        elif word == "belas":
            below, unit = below + 10 + unit, 0
        elif word == "puluh":
            below, unit = below + 10 * unit, 0
        elif word == "ratus":
            below, unit = below + 100 * unit, 0
        else:
            total, below, unit = total + (below + unit) * GROUPS[word], 0, 0
    return total + below + unit


@given(st.integers(0, 10**18 - 1))
def test_a_spelled_number_is_understood_as_itself(number: int) -> None:
    assert heard(in_words(number)) == number


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (100, "seratus"),
        (1000, "seribu"),
        (1001000, "satu juta seribu"),
        (21000, "dua puluh satu ribu"),
        (101000, "seratus satu ribu"),
        (-3, "minus tiga"),
    ],
)
def test_numbers_are_spelled_as_they_are_spoken(number: int, spoken: str) -> None:
    assert in_words(number) == spoken


def test_a_number_beyond_all_words_keeps_its_digits() -> None:
    assert in_words(10**18) == "1.000.000.000.000.000.000"


def test_rupiah_have_points_and_two_decimals() -> None:
    assert rupiah(1500000) == "Rp1.500.000,00"
    assert rupiah(0) == "Rp0,00"
    assert rupiah_in_words(1500000) == "satu juta lima ratus ribu rupiah"


def test_a_date_has_the_name_of_its_month() -> None:
    months = [long_date(dt.date(2026, month, 1)).split()[1] for month in range(1, 13)]

    assert long_date(dt.date(2026, 5, 21)) == "21 Mei 2026"
    assert len(set(months)) == 12
    assert not any(name[0].isdigit() or "." in name for name in months)
