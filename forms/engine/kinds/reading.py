"""What every kind's reader shares: its type and its one exception."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from forms.engine.answers import Scene, Value
from forms.engine.problem import Fact, Problem

# Takes what was given, never None or "", and gives the canonical value, or None for "nothing".
Reader: TypeAlias = Callable[[Any, Scene], Value]


class Wrong(Exception):  # noqa: N818 - the answer is wrong, nothing broke
    """An answer can't be read; `check` makes problems of it and adds the field.

    An answer of several parts may be wrong in more than one: `others` are the further reasons,
    `row` counts the rows of a list from 1.
    """

    def __init__(self, code: str, **facts: Fact) -> None:
        self.code = code
        self.facts = facts
        self.row: int | None = None
        self.others: tuple[Wrong, ...] = ()
        super().__init__(code)

    def __iter__(self) -> "Iterator[Wrong]":
        yield self
        yield from self.others

    def problems(self, key: str) -> tuple[Problem, ...]:
        """Say the same of a field, all reasons."""
        return tuple(Problem(wrong.code, key, wrong.facts, wrong.row) for wrong in self)


def together(reasons: Iterable[Wrong]) -> Wrong | None:
    """Make one of several reasons, in their order; None where there is none."""
    found = tuple(reasons)
    if not found:
        return None
    found[0].others = found[1:]
    return found[0]
