"""One open form: each answer is put once, and what follows from it comes back to be painted."""

from collections.abc import Mapping
from typing import Any

import msgspec

from forms.engine import check, doubt
from forms.engine.answers import Answers, Scene, Value
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused


class Effects(msgspec.Struct, frozen=True):
    """What one answer changed; whatever is not named stays as it was painted.

    `judged` are the fields whose problems were looked at: of them, those without an entry in
    `problems` are now right. `shown`, `required` and `computed` hold only what is different.
    `doubts` are all that look odd now; none of them is in the way.
    """

    problems: tuple[Problem, ...]
    judged: frozenset[str]
    shown: dict[str, bool]
    required: dict[str, bool]
    computed: dict[str, Value]
    doubts: tuple[Problem, ...] = ()


class Session:
    """A form being filled in; nothing is lost by hiding a field, and nothing hidden is saved."""

    def __init__(self, form: Form, scene: Scene, answers: Mapping[str, Any] | None = None) -> None:
        self.form = form
        self.scene = scene
        self._steps = {step.key: step for step in form.steps}
        self._raw: dict[str, Any] = {}
        self._values: Answers = {}
        self._wrong: dict[str, tuple[Problem, ...]] = {}
        for key, given in (answers or {}).items():
            if key in self._steps:
                self._take(key, given)
        self._settle()

    @property
    def raw(self) -> dict[str, Any]:
        """What was put, right or wrong: the draft, from which a session can be made again."""
        return dict(self._raw)

    @property
    def answers(self) -> Answers:
        """The answers that are right so far, computed ones included, hidden ones not."""
        return dict(self._settled.answers)

    @property
    def shown(self) -> Mapping[str, bool]:
        """For each field whether it is asked now."""
        return self._shown

    @property
    def required(self) -> Mapping[str, bool]:
        """For each field whether it must be answered now."""
        return self._required

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong so far, in the form's order; nothing is called missing before finish."""
        return tuple(problem for found in self._problems.values() for problem in found)

    @property
    def doubts(self) -> tuple[Problem, ...]:
        """What looks odd so far; the clerk is told and decides."""
        return doubt.doubts(self.form, self._settled.answers, self.scene)

    def put(self, key: str, raw: Any) -> Effects:
        """Take one answer as it was given and tell what follows; Refused(unknown_field)."""
        if key not in self._steps:
            raise Refused(Problem("unknown_field", key))
        before = (self._shown, self._required, self._settled.answers, self._problems)
        self._take(key, raw)
        self._settle()
        shown, required, answers, problems = before
        changed = problems.keys() ^ self._problems.keys()
        changed |= {k for k in problems.keys() & self._problems if problems[k] != self._problems[k]}
        judged = frozenset(changed | {key})
        told = (self._problems[name] for name in self._problems if name in judged)
        return Effects(
            problems=tuple(problem for found in told for problem in found),
            judged=judged,
            shown=_different(shown, self._shown),
            required=_different(required, self._required),
            computed={
                step.key: self._settled.answers.get(step.key)
                for step in self.form.ruled
                if step.compute and answers.get(step.key) != self._settled.answers.get(step.key)
            },
            doubts=self.doubts,
        )

    def finish(self) -> Answers:
        """Give the finished answers, or Refused with every problem of the form."""
        return check.check(self.form, self._raw, self.scene)

    def _take(self, key: str, raw: Any) -> None:
        self._raw[key] = raw
        value, problems = check.read_one(self._steps[key], raw, self.scene)
        self._values.pop(key, None)
        self._wrong.pop(key, None)
        if problems:
            self._wrong[key] = problems
        elif value is not None:
            self._values[key] = value

    def _settle(self) -> None:
        today = self.scene.today.isoformat()
        settled = check.settle(self.form, self._values, self.scene)
        found = {**self._wrong}
        for problem in (
            *settled.problems,
            *check.judge(self.form, settled, self.scene, missing=False),
        ):
            found.setdefault(problem.field or "", (problem,))
        self._settled = settled
        self._problems = {
            key: found[key] for key in self._steps if key in found and key not in settled.hidden
        }
        self._shown = {
            key: key not in settled.hidden and not step.field.retired
            for key, step in self._steps.items()
        }
        self._required = {
            key: self._shown[key] and check.is_required(step, settled.answers, today)
            for key, step in self._steps.items()
        }


def _different(before: Mapping[str, bool], after: Mapping[str, bool]) -> dict[str, bool]:
    return {key: value for key, value in after.items() if before[key] != value}
