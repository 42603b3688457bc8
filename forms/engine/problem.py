"""What is wrong, without words: a stable code, the field, the facts.

The exceptions of the whole house, one for each exit status that is not plain success:

    Exception
    ├── Refused       input was refused; carries problems          exit 1
    │   └── FormFiles form files have errors                       exit 1
    ├── Locked        wrong passphrase, or nobody is signed in     exit 3
    └── Unreachable   the other side can't be reached; try again   exit 4
"""

from collections.abc import Mapping

import msgspec

Fact = str | int


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong; `words.say(problem.code, **problem.facts)` tells it to a person.

    `row` is a line of the file or a row of the sheet that was read, counted from 1.
    """

    code: str
    field: str | None = None
    facts: Mapping[str, Fact] = msgspec.field(default_factory=dict)
    row: int | None = None


class Refused(Exception):  # noqa: N818 - the field's word: what was asked is refused, nothing broke
    """Input was refused, for all the reasons in `problems`; nothing was changed."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(", ".join(_brief(problem) for problem in problems))


class FormFiles(Refused):
    """Form files have errors; each problem has `facts["file"]`, and `row` where a line is known."""


class Locked(Exception):  # noqa: N818 - a state of the store, not a fault
    """The store is closed to this operator: wrong passphrase, or no operator of that name."""


class Unreachable(Exception):  # noqa: N818 - a state of the world, not a fault
    """The other side can't be reached now; nothing is lost, the same call may be made again."""


def _brief(problem: Problem) -> str:
    return f"{problem.field}: {problem.code}" if problem.field else problem.code
