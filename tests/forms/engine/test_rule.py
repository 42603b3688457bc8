import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.rule import Rule, RuleError

TODAY = "2026-11-21"


@pytest.mark.parametrize(
    ("text", "answers", "result"),
    [
        ("punya_izin", {"punya_izin": True}, True),
        ("status in ('kontrak', 'kos')", {"status": "kos"}, True),
        ("status not in ('kontrak', 'kos')", {"status": "kos"}, False),
        ("age(tanggal_lahir, today) >= 17", {"tanggal_lahir": "2009-11-22"}, False),
        ("age(tanggal_lahir, today) >= 17", {"tanggal_lahir": "2009-11-21"}, True),
        ("days(mulai, today)", {"mulai": "2026-11-01"}, 20),
        ("year(today) - tahun", {"tahun": 2020}, 6),
        ("harga * jumlah", {"harga": 2500, "jumlah": 4}, 10000),
        ("cut(kode, 0, 2)", {"kode": "9971"}, "99"),
        ("nama + ' ' + gelar", {"nama": "ANI", "gelar": "S.H."}, "ANI S.H."),
        ("not empty(nik) and length(nama) > 2", {"nik": "1", "nama": "ANI"}, True),
        ("1 if ya else 2", {"ya": False}, 2),
        ("today", {}, TODAY),
    ],
)
def test_a_rule_is_worked_out(text: str, answers: dict[str, object], result: object) -> None:
    assert Rule(text).evaluate(answers, TODAY) == result  # type: ignore[arg-type] # any JSON


@pytest.mark.parametrize("text", ["umur > 3", "days(mulai, today)", "umur // nol", "-nama"])
def test_a_rule_that_lacks_a_value_or_has_another_sort_gives_nothing(text: str) -> None:
    rule = Rule(text)

    assert rule.evaluate({"nol": 0, "nama": "ANI"}, TODAY) is None
    assert not rule.holds({"nol": 0, "nama": "ANI"}, TODAY)


def test_a_rule_names_the_answers_that_it_reads() -> None:
    assert Rule("age(lahir, today) > batas and not empty(nik)").names == {"lahir", "batas", "nik"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nama.__class__", "rule_forbidden"),
        ("__import__('os')", "rule_function"),
        ("().__class__.__bases__[0]", "rule_forbidden"),
        ("nama[0]", "rule_forbidden"),
        ("[x for x in nama]", "rule_forbidden"),
        ("(lambda: 1)()", "rule_forbidden"),
        ("9 ** 9 ** 9", "rule_forbidden"),
        ("1 << 99999", "rule_forbidden"),
        ("f'{nama}'", "rule_forbidden"),
        ("{'a': 1}", "rule_forbidden"),
        ("b'x'", "rule_forbidden"),
        ("1.5 * umur", "rule_forbidden"),
        ("(nama := 1)", "rule_forbidden"),
        ("open('x')", "rule_function"),
        ("age", "rule_name"),
        ("age(today)", "rule_arguments"),
        ("length(nama, nama)", "rule_arguments"),
        ("empty(*nama)", "rule_forbidden"),
        ("import os", "rule_syntax"),
        ("nama = 1", "rule_syntax"),
        ("", "rule_syntax"),
        ("1 +", "rule_syntax"),
        ("nama\x00", "rule_syntax"),
        ("nama; nama", "rule_syntax"),
        ("a" * 301, "rule_long"),
        ("not " * 20 + "a", "rule_long"),
        ("+".join("a" * 90), "rule_long"),
        ("(" * 250, "rule_syntax"),
    ],
)
def test_a_hostile_rule_is_refused_at_load(text: str, code: str) -> None:
    with pytest.raises(RuleError) as refused:
        Rule(text)

    assert refused.value.code == code


@given(st.text(alphabet="abn._()[]{}'\"+-*/<>=! ,0129\n\\:@", max_size=60))
def test_any_text_is_a_harmless_rule_or_none(text: str) -> None:
    try:
        rule = Rule(text)
    except RuleError:
        return

    rule.evaluate({"a": "x", "b": 3, "n": None}, TODAY)


def test_a_rule_can_not_grow_a_text_without_bound() -> None:
    assert Rule("nama * 999999999").evaluate({"nama": "A" * 200}, TODAY) is None
