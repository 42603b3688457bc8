"""Working days leave out weekends, national holidays and the leave that is decreed beside them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine import workdays
from forms.engine.catalogue import Catalogue
from forms.engine.check import Scene, check

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        ("2026-11-19", 1, "2026-11-20"),  # Thursday, then Friday
        ("2026-11-20", 1, "2026-11-23"),  # Friday, then Monday
        ("2026-11-21", 3, "2026-11-25"),  # begun on a Saturday
        ("2026-12-23", 1, "2026-12-28"),  # leave on the 24th, Christmas, a weekend (SKB of 2025)
        ("2026-08-14", 1, "2026-08-18"),  # the 17th of August is a Monday
    ],
)
def test_a_deadline_falls_on_a_day_of_work(first: str, days: int, last: str) -> None:
    assert workdays.after(dt.date.fromisoformat(first), days) == dt.date.fromisoformat(last)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31)), st.integers(1, 40))
def test_between_a_day_and_its_deadline_lie_exactly_so_many_days_of_work(
    first: dt.date, days: int
) -> None:
    last = workdays.after(first, days)

    between = [first + DAY * count for count in range(1, (last - first).days + 1)]
    assert [workdays.is_worked(day) for day in between].count(True) == days
    assert workdays.is_worked(last)


@pytest.mark.parametrize("year", [*range(2025, 2035)])
def test_the_file_says_what_the_library_says(year: int) -> None:
    assert workdays.days_off(year) == workdays.of_library(year) != frozenset()


def test_a_year_that_the_file_does_not_have_is_the_librarys() -> None:
    assert workdays.days_off(2019) == workdays.of_library(2019) != frozenset()


@pytest.mark.parametrize("days", [0, -1, workdays.DAYS_MAX + 1])
def test_no_days_or_too_many_make_no_deadline(days: int) -> None:
    with pytest.raises(ValueError, match=str(days)):
        workdays.after(dt.date(2026, 11, 21), days)


def test_a_complaint_has_its_three_deadlines(shipped: Catalogue, scene: Scene) -> None:
    form = shipped.form("aspirations/complaint")
    given = {
        "jenis": "aspirasi", "tanggal": "2026-11-20", "kategori": "lain", "judul": "Taman",
        "isi": "Mohon taman.", "anonim": True, "pelapor": {"nama": "AHMAD"},
    }  # fmt: skip

    answers = check(form, given, scene)

    assert (answers["batas_terusan"], answers["batas_jawaban"], answers["batas_tutup"]) == (
        "2026-11-25", "2026-12-02", "2026-12-16",
    )  # fmt: skip
    assert "pelapor" not in answers  # without a name means nowhere
