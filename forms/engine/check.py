"""Judges a form's answers: reads each, applies the rules, and gives them in canonical form.

The desk, the import and the server's intake all pass through here, with the same result.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from forms.engine.answers import Answers, Scene, Value
from forms.engine.form import Form, Step
from forms.engine.kinds import Wrong
from forms.engine.problem import Problem, Refused

__all__ = ["Answers", "Scene", "Settled", "check", "judge", "read_one", "settle"]

KEY_SHOWN_MAX = 60  # An unknown key may be anything; a message shows its beginning.
STRAYS_MAX = 20  # So many unknown keys say enough; a million of them say no more.


class Settled(msgspec.Struct):
    """What the rules make of values: hidden ones left out, computed ones put in."""

    answers: Answers
    hidden: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def check(form: Form, raw: Mapping[str, Any], scene: Scene, *, partial: bool = False) -> Answers:
    """Give the canonical answers in the form's order, or Refused with every problem.

    Empty answers are left out. `partial` judges only the keys that are given, as an edit or a
    draft gives them: nothing is missing or computed, and an emptied key stays, as None.
    """
    values, problems = _read(form, raw, scene, partial=partial)
    if partial:
        problems += _emptied(form, values)
        given: Answers = {key: value for key, value in values.items() if value is not None}
        problems += judge(form, Settled(given), scene, missing=False)
        answers = values
    else:
        settled = settle(form, values, scene)
        wrong = {problem.field for problem in problems}
        problems = [problem for problem in problems if problem.field not in settled.hidden]
        problems += settled.problems
        problems += [p for p in judge(form, settled, scene) if p.field not in wrong]
        answers = settled.answers
    if problems:
        order = {key: place for place, key in enumerate(form.fields)}
        raise Refused(*sorted(problems, key=lambda problem: order.get(problem.field or "", -1)))
    return answers


def _read(
    form: Form, raw: Mapping[str, Any], scene: Scene, *, partial: bool
) -> tuple[Answers, list[Problem]]:
    if not isinstance(raw, Mapping):
        raise Refused(Problem("answers_shape"))
    problems = []
    if not raw.keys() <= form.fields.keys():
        strays = sorted(str(key)[:KEY_SHOWN_MAX] for key in raw if key not in form.fields)
        problems += [Problem("unknown_field", key) for key in strays[:STRAYS_MAX]]
    values: Answers = {}
    for step in form.steps:
        given = raw.get(step.key)
        if given is None or given == "":
            if partial and step.key in raw:
                values[step.key] = None
            continue
        try:
            value = step.read(given, scene)
        except Wrong as wrong:
            problems += wrong.problems(step.key)
            continue
        if value is not None or partial:
            values[step.key] = value
    return values, problems


def read_one(step: Step, given: Any, scene: Scene) -> tuple[Value, tuple[Problem, ...]]:
    """Read one answer; with problems the value is None."""
    if given is None or given == "":
        return None, ()
    try:
        return step.read(given, scene), ()
    except Wrong as wrong:
        return None, wrong.problems(step.key)


def settle(form: Form, values: Answers, scene: Scene) -> Settled:
    """Hide what the rules hide and compute what they compute, in the form's order."""
    if not form.ruled:
        return Settled(values)
    today = scene.today.isoformat()
    answers = dict(values)
    hidden = set()
    problems: list[Problem] = []
    for step in form.ruled:
        if step.visible and not step.visible.holds(answers, today):
            hidden.add(step.key)
            answers.pop(step.key, None)
        elif step.compute:
            value, wrong = read_one(step, step.compute.evaluate(answers, today), scene)
            answers[step.key] = value
            problems += wrong
    ordered = {key: answers[key] for key in form.fields if answers.get(key) is not None}
    return Settled(ordered, frozenset(hidden), tuple(problems))


def judge(
    form: Form, settled: Settled, scene: Scene, *, missing: bool = True
) -> tuple[Problem, ...]:
    """Find what is missing and which checks fail; a check that lacks a value is not made."""
    problems = []
    answers = settled.answers
    today = scene.today.isoformat()
    for step in form.judged:
        if step.key not in answers:
            if missing and step.key not in settled.hidden and is_required(step, answers, today):
                problems.append(Problem("required", step.key))
        elif (
            step.check
            and answers.keys() >= step.check.names
            and not step.check.holds(answers, today)
        ):
            problems.append(Problem("rule_failed", step.key, {"message": step.field.message}))
    return tuple(problems)


def is_required(step: Step, answers: Mapping[str, Value], today: str) -> bool:
    """Tell whether a field must be answered, other answers being as they are."""
    return step.always or (step.required is not None and step.required.holds(answers, today))


def _emptied(form: Form, values: Answers) -> list[Problem]:
    return [
        Problem("required", step.key)
        for step in form.judged
        if step.always and step.key in values and values[step.key] is None
    ]
