import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.residents import cells
from forms.residents.cells import Cell

BORN = dt.date(1990, 2, 5)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Budi  Santoso ", "Budi Santoso"),
        ("'3209021912971005", "3209021912971005"),
        ("’JL. MELATI", "JL. MELATI"),
        ("Budi\u00a0Santoso\u200b", "Budi Santoso"),
        ("NU'MAN", "NU'MAN"),
        (5.0, "5"),
        (5.5, "5.5"),
        (None, ""),
        ("-", ""),
        (dt.datetime.combine(BORN, dt.time(1)), "1990-02-05"),
    ],
)
def test_a_cell_says_its_text_without_what_sheets_add(cell: Cell, text: str) -> None:
    assert cells.text(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        BORN,
        dt.datetime.combine(BORN, dt.time(23, 59)),
        "05-02-1990",
        "5/2/1990",
        "05.02.1990",
        "1990-02-05",
        "1990-02-05 00:00:00",
        "'05-02-1990",
        32909.0,
    ],
)
def test_a_date_is_read_in_every_way_in_which_offices_write_it(cell: Cell) -> None:
    assert cells.date(cell) == BORN


@pytest.mark.parametrize(
    "cell",
    ["31/02/1990", "0000-00-00", "", None, "05-02-90", "tidak tahu", "1899-01-01", 1e12, True],
)
def test_what_is_no_date_is_none(cell: Cell) -> None:
    assert cells.date(cell) is None


@given(st.dates(min_value=dt.date(1900, 1, 1)))
def test_a_date_survives_being_written(day: dt.date) -> None:
    written = (day, day.isoformat(), day.strftime("%d-%m-") + f"{day.year:04}")

    assert {cells.date(cell) for cell in written} == {day}


@pytest.mark.parametrize(
    ("cell", "rounded"),
    [
        (3604070901623630.0, True),
        (3604070901623633, True),
        ("3.60407E+15", True),
        ("3604070901623633", False),
        (360407090162363.0, False),
        ("", False),
        (None, False),
    ],
)
def test_a_long_number_kept_as_a_number_is_rounded(cell: Cell, rounded: bool) -> None:
    assert cells.is_rounded(cell, 16) is rounded
