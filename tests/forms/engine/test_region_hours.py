import datetime as dt
from pathlib import Path

import pytest

from forms.engine.problem import Problem, Refused
from forms.engine.region import Region

SAMPLE = Path(__file__).parents[3] / "resources" / "regions" / "kota_contoh.toml"
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture
def pack() -> dict[str, bytes]:
    """The invented region without hours, which come last before its codes."""
    whole = Region.read(SAMPLE).pack()
    head, _, rest = whole["region.toml"].partition(b"[hours]")
    return whole | {"region.toml": head + b"[codes]" + rest.partition(b"[codes]")[2]}


def with_hours(pack: dict[str, bytes], text: str) -> Region:
    return Region.from_pack(pack | {"region.toml": pack["region.toml"] + b"\n" + text.encode()})


def refused_by(pack: dict[str, bytes], text: str) -> list[Problem]:
    with pytest.raises(Refused) as refused:
        with_hours(pack, text)
    return list(refused.value.problems)


def times(region: Region, kind: str, day: dt.date) -> list[str]:
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in region.hours(kind).spans(day)]


def test_a_region_that_says_nothing_works_as_offices_usually_do(pack: dict[str, bytes]) -> None:
    region = Region.from_pack(pack)

    assert times(region, "kelurahan", MONDAY) == ["08:00-12:00", "13:00-15:00"]
    assert times(region, "puskesmas", MONDAY + dt.timedelta(4)) == ["08:00-12:00", "13:00-15:00"]
    assert times(region, "kelurahan", MONDAY + dt.timedelta(5)) == []
    assert not region.hours_are_confirmed


def test_a_kind_of_office_may_have_a_week_of_its_own(pack: dict[str, bytes]) -> None:
    region = with_hours(
        pack,
        '[hours]\nsource = "A"\n[hours.week]\nsenin = ["07:30-16:00"]\n'
        '[hours.kinds.puskesmas]\nsabtu = ["07:30-12:00", "12:00-12:30"]\n',
    )

    assert times(region, "kelurahan", MONDAY) == ["07:30-16:00"]
    assert times(region, "kelurahan", MONDAY + dt.timedelta(1)) == []
    assert times(region, "puskesmas", MONDAY) == []
    assert times(region, "puskesmas", MONDAY + dt.timedelta(5)) == ["07:30-12:00", "12:00-12:30"]
    assert region.hours_are_confirmed


def test_on_a_holiday_no_office_works(pack: dict[str, bytes]) -> None:
    region = with_hours(pack, "[hours]\nunconfirmed = true\nholidays = [2026-11-23]\n")

    assert times(region, "kelurahan", MONDAY) == []
    assert times(region, "kelurahan", MONDAY + dt.timedelta(1)) == ["08:00-12:00", "13:00-15:00"]
    assert not region.hours_are_confirmed


def test_all_that_is_wrong_with_hours_is_told_at_once_with_its_line(pack: dict[str, bytes]) -> None:
    first = pack["region.toml"].count(b"\n") + 2
    problems = refused_by(
        pack,
        "[hours]\n"
        "holidays = [2026-12-25, 2026-12-25]\n"
        "[hours.week]\n"
        'senin = ["8:00-12:00"]\n'
        'selasa = ["12:00-08:00"]\n'
        'rabu = ["08:00-24:00"]\n'
        'kamis = ["08:00-12:00", "11:00-15:00"]\n'
        'jumat = ["13:00-15:00", "08:00-11:30"]\n'
        'monday = ["08:00-12:00"]\n'
        "[hours.kinds.warung]\n"
        'senin = ["08:00-12:00"]\n'
        "[hours.kinds.school]\n"
        "minggu = []\n",
    )

    assert [(p.code, p.row and p.row - first) for p in problems] == [
        ("hours_source", 0),
        ("hours_holiday", 1),
        ("hours_span", 3),
        ("hours_span", 4),
        ("hours_span", 5),
        ("hours_overlap", 6),
        ("hours_overlap", 7),
        ("hours_day", 8),
        ("office_kind", 9),
        ("hours_none", 11),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[hours]\nunconfirmed = true\nholidays = [2026-02-30]\n", "toml_syntax"),
        ('[hours]\nunconfirmed = true\nholidays = ["Lebaran"]\n', "toml_value"),
        ("[hours]\nunconfirmed = true\ndays = 5\n", "toml_unknown_key"),
        ('[hours]\nunconfirmed = true\n[hours.week]\nsenin = "08:00-12:00"\n', "toml_value"),
    ],
)
def test_hours_of_another_shape_are_refused(pack: dict[str, bytes], text: str, code: str) -> None:
    (problem,) = refused_by(pack, text)

    assert problem.code == code
    assert problem.row is not None
