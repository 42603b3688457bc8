"""A rule without a source is none; what has no rule is kept and said so."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine import catalogue, retention
from forms.engine.catalogue import FORMS
from forms.engine.spec import Retention

SOURCE = "Aturan contoh 1/2026 pasal 1"


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (Retention(), []),
        (Retention(desk_days=180), []),
        (Retention(years=5, then="erase", source=SOURCE), []),
        (Retention(years=5, then="review", source=SOURCE), []),
        (Retention(then="keep", source=SOURCE), []),
        (Retention(years=5, then="erase"), ["retention_source"]),
        (Retention(then="keep", source="  "), ["retention_source"]),
        (Retention(years=5, source=SOURCE), ["retention_half"]),
        (Retention(then="erase", source=SOURCE), ["retention_half"]),
        (Retention(years=5, then="keep", source=SOURCE), ["retention_half"]),
        (Retention(years=-1), ["retention_negative"]),
        (Retention(desk_days=-1), ["retention_negative"]),
    ],
)
def test_a_rule_is_whole_or_none(rule: Retention, codes: list[str]) -> None:
    assert list(retention.faults(rule)) == codes


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.integers(1, 100))
def test_a_record_is_kept_for_its_years_and_not_a_day_less(day: dt.date, years: int) -> None:
    until = retention.until(Retention(years=years, then="erase", source=SOURCE), day)

    assert until is not None
    assert (until.year, until >= day) == (day.year + years, True)
    assert (until.month, until.day) in {(day.month, day.day), (3, 1)}


def test_without_years_nothing_is_ever_over() -> None:
    assert retention.until(Retention(then="keep", source=SOURCE), dt.date(2026, 1, 1)) is None


def test_a_wrong_rule_of_a_group_is_named_and_counts_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / retention.FILE
    file.parent.mkdir()
    file.write_text('[good]\ndesk_days = 9\n[bad]\nyears = 3\nthen = "erase"\n', "utf-8")

    assert retention.rules(tmp_path) == {"good": Retention(desk_days=9)}
    [problem] = retention.lint(tmp_path)
    assert (problem.code, problem.row) == ("retention_source", 3)


def test_the_shipped_rules_are_whole_and_what_has_none_is_named() -> None:
    forms = catalogue.survey(FORMS)[0]

    assert retention.lint(FORMS) == []
    named = {problem.facts["group"] for problem in retention.unset(forms)}
    kept = {form.group for form in forms if not form.retention.then and not form.internal}
    assert named == kept
    assert all(form.retention.source for form in forms if form.retention.years)


def test_no_rule_of_the_house_erases_by_itself() -> None:
    assert all(rule.then != "erase" for rule in retention.rules(FORMS).values())
