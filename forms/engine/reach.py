"""Fields that no answers ever show, and rules that compare a choice with what can't be chosen.

Every visible-rule is tried with all that its fields can say (choices, yes and no, the values just
around the numbers and dates that the rule names), the first of the form first: a field behind an
unreachable one has no value.
"""

import ast
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from forms.engine.answers import Value
from forms.engine.form import Form, Step
from forms.engine.kinds.choice import options
from forms.engine.rule import Rule
from forms.engine.spec import Field

TRIES_MAX = 20_000  # More combinations than that are taken to be reachable; no rule came near it.
_CHOSEN = frozenset({"choice", "choices"})


def unreachable(form: Form, today: str) -> Iterator[str]:
    """List the keys of the fields that are never shown."""
    never: set[str] = set()
    for step in form.steps:
        if step.visible and not step.field.retired and not _holds(form, step, never, today):
            never.add(step.key)
            yield step.key


def impossible(form: Form) -> Iterator[tuple[str, str, str]]:
    """List comparisons of a choice with a value that it doesn't offer: key, named field, value."""
    for step in form.steps:
        for rule in (step.visible, step.required, step.check, step.compute):
            if rule is not None:
                for name, value in _compared(rule, form.fields):
                    yield step.key, name, value


def _holds(form: Form, step: Step, never: set[str], today: str) -> bool:
    rule = step.visible
    assert rule is not None, "asked of fields with a rule only"
    names = sorted(rule.names)
    constants = _constants(rule)
    domains = [
        [None] if name in never else [*_domain(form.fields[name], constants, today)]
        for name in names
    ]
    tries = 1
    for domain in domains:
        tries *= len(domain)
    if tries > TRIES_MAX:
        return True
    return any(
        rule.holds({k: v for k, v in zip(names, values, strict=True) if v is not None}, today)
        for values in itertools.product(*domains)
    )


def _domain(field: Field, constants: set[Any], today: str) -> Iterator[Value]:
    """List values of a field that a rule can tell apart; None for no answer."""
    yield None
    if field.kind == "yes_no":
        yield from (True, False)
    elif field.kind == "choice":
        yield from (option.value for option in options(field))
    elif field.kind == "choices":
        values = [option.value for option in options(field)]
        yield from ([value] for value in values)
        yield values
    elif field.kind in {"number", "money"}:
        named = {0, 1, 10**9, *(value for value in constants if type(value) is int)}
        near = {value + step for value in named for step in (-1, 0, 1)}
        least, most = field.min or 0, field.max or max(near)
        yield from sorted({min(max(value, least), most) for value in near})
    elif field.kind == "date":
        years = {value for value in constants if type(value) is int and value < 200}  # noqa: PLR2004 - an age
        year = int(today[:4])
        yield from (today, "1900-01-01", "2100-12-31")
        yield from (f"{year - age}{today[4:8]}01" for near in years for age in (near - 1, near + 1))
    elif field.kind == "rows":
        yield from ([{}], [{}] * 5)
    elif field.kind in {"person", "place", "attachment"}:
        yield {"nama": "A", "nik": "9971011505880001", "tanggal_lahir": "1988-05-15"}
        yield {"nama": "A", "jenis_kelamin": "L", "tanggal_lahir": today}
        yield {"nama": "A", "jenis_kelamin": "P", "tanggal_lahir": "1940-01-01"}
    else:
        yield "A"
        yield from sorted(value for value in constants if type(value) is str)


def _constants(rule: Rule) -> set[Any]:
    return {
        node.value
        for node in ast.walk(ast.parse(rule.text.strip(), mode="eval"))
        if isinstance(node, ast.Constant)
    }


def _compared(rule: Rule, fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """List the texts that a rule compares a choice with and that are none of its values."""
    for node in ast.walk(ast.parse(rule.text.strip(), mode="eval")):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        texts = [text for side in sides for text in _texts(side)]
        for side in sides:
            field = fields.get(side.id) if isinstance(side, ast.Name) else None
            if field is not None and field.kind in _CHOSEN:
                offered = {option.value for option in options(field)}
                yield from ((field.key, text) for text in texts if text not in offered)


def _texts(side: ast.expr) -> Iterator[str]:
    """List the texts that stand on one side, alone or in brackets."""
    entries = side.elts if isinstance(side, ast.Tuple) else [side]
    for entry in entries:
        if isinstance(entry, ast.Constant) and isinstance(entry.value, str):
            yield entry.value
