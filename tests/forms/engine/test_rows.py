"""Lists of small records: each row is judged, and a problem says which."""

from typing import Any

import pytest

from forms.engine.answers import Scene
from forms.engine.check import check
from forms.engine.problem import Refused
from forms.engine.session import Session
from forms.engine.words import say

ROWS = """
[[section.field]]
key = "daftar"
kind = "rows"
label = "Daftar"
min = 2
max = 3

[[section.field.column]]
key = "nama"
kind = "text"
label = "Nama"
required = true

[[section.field.column]]
key = "nik"
kind = "nik"
label = "NIK"

[[section.field.column]]
key = "umur"
kind = "number"
label = "Umur"
min = 0
"""
ANI = {"nama": "ANI", "nik": "9971015203910002"}
BUDI = {"nama": "BUDI", "umur": "7"}


def found(form: Any, scene: Scene, given: Any) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as refused:
        check(form(ROWS), {"daftar": given}, scene)
    return [(problem.code, problem.row) for problem in refused.value.problems]


def test_rows_are_kept_in_their_order_without_the_empty_ones(form: Any, scene: Scene) -> None:
    given = [ANI, {}, {"nama": "", "umur": None}, BUDI]

    assert check(form(ROWS.replace("max = 3", "max = 9")), {"daftar": given}, scene) == {
        "daftar": [ANI, {"nama": "BUDI", "umur": 7}]
    }


def test_a_list_of_empty_rows_is_no_answer(form: Any, scene: Scene) -> None:
    assert check(form(ROWS), {"daftar": [{}, {}]}, scene) == {}
    assert check(form(ROWS), {"daftar": []}, scene) == {}


def test_rows_may_come_as_the_text_that_a_sheet_holds(form: Any, scene: Scene) -> None:
    text = '[{"nama": "ANI"}, {"nama": "BUDI"}]'

    assert check(form(ROWS), {"daftar": text}, scene)["daftar"] == [
        {"nama": "ANI"},
        {"nama": "BUDI"},
    ]


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ([ANI], [("rows_few", None)]),
        ([ANI, BUDI, {"nama": "C"}, {"nama": "D"}], [("rows_many", None)]),
        ([ANI, {"umur": 3}], [("row_required", 2)]),
        ([ANI, {"nama": "B", "umur": "banyak"}], [("not_number", 2)]),
        ([ANI, ANI], [("row_doubled", 2)]),
        (
            [{"nama": "A", "nik": "1"}, {"umur": -1}],
            [("nik_length", 1), ("row_required", 2), ("too_small", 2)],
        ),
        ([ANI, {"nama": "B", "alamat": "x"}], [("row_column", 2)]),
        ([ANI, "BUDI"], [("rows_shape", 2)]),
        ({"nama": "ANI"}, [("rows_shape", None)]),
        ("ANI", [("rows_shape", None)]),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_row_is_told_with_the_row(
    form: Any, scene: Scene, given: Any, problems: list[tuple[str, int | None]]
) -> None:
    assert sorted(found(form, scene, given), key=str) == sorted(problems, key=str)


def test_a_row_without_its_column_is_said_in_words(form: Any, scene: Scene) -> None:
    with pytest.raises(Refused) as refused:
        check(form(ROWS), {"daftar": [ANI, {"umur": 3}]}, scene)

    (problem,) = refused.value.problems
    assert say(problem.code, **problem.facts) == "Nama wajib diisi pada setiap baris."


def test_an_open_form_tells_the_faults_of_all_rows(form: Any, scene: Scene) -> None:
    session = Session(form(ROWS), scene)

    effects = session.put("daftar", [{"nik": "1"}, {"umur": "x"}])

    assert {p.row for p in effects.problems} == {1, 2}
    assert session.problems == effects.problems


@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_list_has_a_bound_of_its_own(form: Any, scene: Scene, count: int) -> None:
    rows = [{"nama": f"N{number}"} for number in range(count)]
    unbounded = form(ROWS.replace("min = 2\nmax = 3\n", ""))

    assert len(check(unbounded, {"daftar": rows}, scene).get("daftar") or []) == count  # type: ignore[arg-type] # a list


def test_a_rule_may_count_rows(form: Any, scene: Scene) -> None:
    field = '\n[[section.field]]\nkey = "alasan"\nkind = "text"\nlabel = "Alasan"\n'
    made = form(ROWS + field + 'required = "length(daftar) > 2"\n')

    with pytest.raises(Refused):
        check(made, {"daftar": [ANI, BUDI, {"nama": "C"}]}, scene)
    assert check(made, {"daftar": [ANI, BUDI]}, scene)
