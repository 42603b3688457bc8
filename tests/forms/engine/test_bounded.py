"""Rules that hang on each other can neither go round nor grow without bound."""

from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.answers import Scene
from forms.engine.check import settle
from forms.engine.form import Form

SECTION = '\n[[section]]\ntitle = "Satu"\n'
LENGTH = 40  # computed fields, each ten times the one before; unbounded they would end as 10**40


def field(key: str, kind: str, *lines: str) -> str:
    head = f'\n[[section.field]]\nkey = "{key}"\nkind = "{kind}"\nlabel = "L"\n'
    return head + "".join(f"{line}\n" for line in lines)


def chain(kind: str, sign: str) -> str:
    steps = (
        field(f"f{at}", kind, f'compute = "{sign.join([f"f{at - 1}"] * 10)}"')
        for at in range(1, LENGTH)
    )
    return field("f0", kind) + "".join(steps)


@pytest.mark.parametrize(
    ("kind", "sign", "first"),
    [("number", "*", 999_999), ("money", "*", 999_999), ("text", "+", "A" * 200)],
)
def test_a_chain_of_computed_fields_stops_where_a_value_is_too_large(
    form: Callable[[str], Form], scene: Scene, kind: str, sign: str, first: Any
) -> None:
    made = form(chain(kind, sign))

    settled = settle(made, {"f0": first}, scene)

    assert settled.answers == {"f0": first}


@pytest.mark.parametrize(
    "body",
    [
        field("a", "number", 'compute = "a"'),
        field("a", "number", 'compute = "b"') + field("b", "number", 'compute = "a"'),
        field("a", "text", "visible = \"b == 'x'\"") + field("b", "text", "visible = \"a == 'x'\""),
    ],
)
def test_rules_that_go_round_are_refused_at_load(author: Any, body: str) -> None:
    forms, problems = author(SECTION + body)

    assert forms == ()
    assert {problem.code for problem in problems} == {"rule_later"}
    assert all(problem.row for problem in problems)
