import pytest

from forms.engine import catalogue, lint
from forms.engine.form import Form

CASES = [
    pytest.param(form, case, id=f"{form.code}: {case['name']}")
    for form in catalogue.survey(catalogue.FORMS)[0]
    for case in form.cases
]


@pytest.mark.parametrize("today", lint.DAYS, ids=str)
@pytest.mark.parametrize(("form", "case"), CASES)
def test_an_example_has_the_problems_that_it_says(form: Form, case: dict, today: object) -> None:  # type: ignore[type-arg] # as TOML has it
    assert lint.run_case(form, case["answers"], today) == set(case.get("problems", ()))  # type: ignore[arg-type] # a date


@pytest.mark.parametrize("form", catalogue.survey(catalogue.FORMS)[0], ids=repr)
def test_a_form_has_an_example_that_passes_and_one_that_does_not(form: Form) -> None:
    assert not form.cases[0].get("problems")
    assert any(case.get("problems") for case in form.cases)
    assert form.example == form.cases[0]["answers"]
