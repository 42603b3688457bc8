from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.answers import Answers, Scene
from forms.engine.check import check
from forms.engine.example import fill
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused

MakeForm = Callable[[str], Form]

SHOP = """
[[section.field]]
key = "punya_izin"
kind = "yes_no"
label = "Punya izin?"

[[section.field]]
key = "nomor_izin"
kind = "text"
label = "Nomor izin"
visible = "punya_izin"
required = "punya_izin"

[[section.field]]
key = "harga"
kind = "money"
label = "Harga"

[[section.field]]
key = "jumlah"
kind = "number"
label = "Jumlah"
check = "jumlah * harga <= 1000000"
message = "Nilainya lebih dari satu juta."

[[section.field]]
key = "nilai"
kind = "money"
label = "Nilai"
compute = "harga * jumlah"

[[section.field]]
key = "nama"
kind = "text"
label = "Nama"
required = true

[[section.field]]
key = "kuno"
kind = "text"
label = "Isian kuno"
required = true
retired = true
"""


@pytest.fixture
def shop(form: MakeForm) -> Form:
    return form(SHOP)


def problems_of(form: Form, raw: dict[str, Any], scene: Scene, **how: bool) -> list[Problem]:
    with pytest.raises(Refused) as refused:
        check(form, raw, scene, **how)
    return list(refused.value.problems)


def codes_of(
    form: Form, raw: dict[str, Any], scene: Scene, **how: bool
) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in problems_of(form, raw, scene, **how)]


def test_answers_come_back_in_the_forms_order_without_empty_ones(shop: Form, scene: Scene) -> None:
    answers = check(shop, {"nama": " Ani ", "harga": "Rp 5.000", "nomor_izin": ""}, scene)

    assert list(answers.items()) == [("harga", 5000), ("nama", "Ani")]


def test_all_problems_are_told_at_once_in_the_forms_order(shop: Form, scene: Scene) -> None:
    raw = {"punya_izin": True, "harga": "mahal", "catur": 1, "jumlah": 1.5}

    assert codes_of(shop, raw, scene) == [
        ("unknown_field", "catur"),
        ("required", "nomor_izin"),
        ("not_number", "harga"),
        ("not_number", "jumlah"),
        ("required", "nama"),
    ]


def test_a_wrong_answer_is_not_also_called_missing(shop: Form, scene: Scene) -> None:
    assert codes_of(shop, {"nama": 7}, scene) == [("not_text", "nama")]


def test_what_is_hidden_is_neither_asked_nor_kept(shop: Form, scene: Scene) -> None:
    hidden = {"punya_izin": False, "nomor_izin": "x" * 900, "nama": "Ani"}

    assert check(shop, hidden, scene) == {"punya_izin": False, "nama": "Ani"}


def test_a_computed_answer_is_the_rules_and_not_the_callers(shop: Form, scene: Scene) -> None:
    answers = check(shop, {"harga": 200, "jumlah": 3, "nilai": 1, "nama": "Ani"}, scene)

    assert answers["nilai"] == 600
    assert "nilai" not in check(shop, {"nilai": 1, "nama": "Ani"}, scene)


def test_a_check_says_its_message_and_waits_for_its_values(shop: Form, scene: Scene) -> None:
    assert check(shop, {"jumlah": 9, "nama": "Ani"}, scene) == {"jumlah": 9, "nama": "Ani"}
    assert problems_of(shop, {"jumlah": 9, "harga": 999999, "nama": "Ani"}, scene) == [
        Problem("rule_failed", "jumlah", {"message": "Nilainya lebih dari satu juta."})
    ]


def test_a_retired_field_is_kept_but_never_asked(shop: Form, scene: Scene) -> None:
    assert check(shop, {"nama": "Ani", "kuno": "dulu"}, scene)["kuno"] == "dulu"
    assert check(shop, {"nama": "Ani"}, scene) == {"nama": "Ani"}


def test_an_edit_judges_only_its_own_keys(shop: Form, scene: Scene) -> None:
    assert check(shop, {"harga": "5.000"}, scene, partial=True) == {"harga": 5000}
    assert check(shop, {"harga": None, "nomor_izin": ""}, scene, partial=True) == {
        "nomor_izin": None,
        "harga": None,
    }
    assert codes_of(shop, {"nama": None}, scene, partial=True) == [("required", "nama")]
    assert codes_of(shop, {"jumlah": 9, "harga": 999999}, scene, partial=True) == [
        ("rule_failed", "jumlah")
    ]
    assert codes_of(shop, {"catur": 1}, scene, partial=True) == [("unknown_field", "catur")]


@pytest.mark.parametrize("raw", [None, [], "x", 3])
def test_answers_that_are_no_object_are_refused(shop: Form, scene: Scene, raw: Any) -> None:
    assert [problem.code for problem in problems_of(shop, raw, scene)] == ["answers_shape"]


def test_a_flood_of_unknown_keys_is_told_in_part(shop: Form, scene: Scene) -> None:
    raw = {f"k{n}" * 100: n for n in range(5000)}

    problems = problems_of(shop, raw, scene, partial=True)

    assert len(problems) == 20
    assert all(len(problem.field or "") <= 60 for problem in problems)


def test_checking_what_was_checked_changes_nothing(shipped: Any, scene: Scene) -> None:
    for form in shipped.forms.values():
        once: Answers = check(form, fill(form.example, scene), scene)

        assert check(form, once, scene) == once
        assert list(check(form, once, scene)) == list(once)


def test_a_resident_needs_a_name_only(shipped: Any, scene: Scene) -> None:
    resident = shipped.form("residents/resident")

    assert check(resident, {"nama": "BAYI"}, scene) == {"nama": "BAYI"}
    assert codes_of(resident, {}, scene) == [("required", "nama")]
