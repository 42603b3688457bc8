from typing import Any

import pytest

from forms.engine import reach

TODAY = "2026-11-21"
FIRST = """
[[section.field]]
key = "jenis"
kind = "choice"
label = "Jenis"
choices = [{ value = "a", label = "A" }, { value = "b", label = "B" }]

[[section.field]]
key = "setuju"
kind = "yes_no"
label = "Setuju"

[[section.field]]
key = "jumlah"
kind = "number"
label = "Jumlah"
min = 0
max = 9

[[section.field]]
key = "lahir"
kind = "date"
label = "Lahir"

[[section.field]]
key = "orang"
kind = "person"
label = "Orang"
party = { asks = ["nama", "jenis_kelamin"] }

[[section.field]]
key = "daftar"
kind = "rows"
label = "Daftar"
party = { asks = ["nama"] }
"""


def shown_by(rule: str, key: str = "x") -> str:
    return f'[[section.field]]\nkey = "{key}"\nkind = "text"\nlabel = "L"\nvisible = "{rule}"\n'


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ("jenis == 'a'", True),
        ("jenis == 'c'", False),
        ("jenis in ('c', 'd')", False),
        ("jenis == 'a' and jenis == 'b'", False),
        ("jenis == 'a' and not setuju", True),
        ("jumlah > 8", True),
        ("jumlah > 9", False),
        ("jumlah > 3 and jumlah < 5", True),
        ("jumlah < 0", False),
        ("age(lahir, today) < 17", True),
        ("age(lahir, today) > 60", True),
        ("lahir > today", True),
        ("part(orang, 'jenis_kelamin') == 'P'", True),
        ("part(orang, 'jenis_kelamin') == 'perempuan'", False),
        ("length(daftar) > 3", True),
        ("not empty(jenis)", True),
        ("setuju and not setuju", False),
    ],
)
def test_a_rule_is_reached_where_some_answers_make_it_true(
    form: Any, rule: str, reached: bool
) -> None:
    made = form(FIRST + shown_by(rule))

    assert [*reach.unreachable(made, TODAY)] == ([] if reached else ["x"])


def test_a_field_behind_an_unreachable_one_is_unreachable_too(form: Any) -> None:
    made = form(
        FIRST + shown_by("jenis == 'c'") + shown_by("x == 'y'", "z") + shown_by("empty(x)", "w")
    )

    assert [*reach.unreachable(made, TODAY)] == ["x", "z"]


def test_too_many_combinations_are_taken_as_reachable(form: Any) -> None:
    many = "".join(
        f'[[section.field]]\nkey = "b{n}"\nkind = "choice"\nlabel = "L"\nchoices = "pekerjaan"\n'
        for n in range(3)
    )
    rule = " and ".join(f"b{n} == 'nothing'" for n in range(3))

    assert [*reach.unreachable(form(many + shown_by(rule)), TODAY)] == []


def test_a_comparison_with_a_value_that_cannot_be_chosen_is_named(form: Any) -> None:
    made = form(FIRST + shown_by("jenis in ('a', 'c') or setuju or 'd' == jenis"))

    assert sorted(reach.impossible(made)) == [("x", "jenis", "c"), ("x", "jenis", "d")]
