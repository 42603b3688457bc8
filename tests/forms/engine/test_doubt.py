import datetime as dt

import pytest

from forms.engine import nik
from forms.engine.areas import Areas
from forms.engine.doubt import of_nik

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("born", "sex", "codes"),
    [
        ("1988-05-15", "L", []),
        (None, None, []),
        ("1988-05-16", "L", ["nik_birth_date_differs"]),
        ("1988-05-15", "P", ["nik_sex_differs"]),
        ("1888-05-15", "L", []),  # a NIK has no century
    ],
)
def test_a_nik_is_compared_with_what_stands_beside_it(
    areas: Areas, born: str | None, sex: str | None, codes: list[str]
) -> None:
    read = nik.read("9971011505880001", TODAY)

    assert list(of_nik(read, born, sex, areas)) == codes


def test_a_prefix_is_only_doubted_where_the_table_covers_its_city(areas: Areas) -> None:
    def doubts(prefix: str) -> list[str]:
        return list(of_nik(nik.read(f"{prefix}1505880001", TODAY), None, None, areas))

    assert doubts("997102") == []
    assert doubts("997109") == ["nik_region_unknown"]
    assert doubts("317405") == []
