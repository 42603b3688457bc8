"""One row of a sheet while it is read: the raw answers so far, and what is wrong with it; pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from forms.engine.codes import find
from forms.engine.problem import Problem
from forms.residents import cells
from forms.residents.cells import Cell

if TYPE_CHECKING:
    from forms.engine.answers import Answers

# Codes for which the whole row is refused; any other problem is a warning.
REFUSING = frozenset(
    {
        "nik_rounded",
        "nik_length",
        "nik_digits",
        "nik_date",
        "nik_serial",
        "name_missing",
        "birth_date",
        "religion_unknown",
    }
)
SPELLINGS_KEPT = 4096  # spellings of codes that are looked up once; a sheet has some dozens


class Reading:
    """One row under way; `row` has its cells by the fields of the resident's form."""

    def __init__(self, row: Mapping[str, Cell]) -> None:
        self.row = row
        self.answers: Answers = {}
        self.problems: list[Problem] = []

    @property
    def is_refused(self) -> bool:
        """Whether something is wrong for which the row can't be taken."""
        return any(problem.code in REFUSING for problem in self.problems)

    def text(self, field: str) -> str:
        """Return what the row says in a field."""
        return cells.text(self.row.get(field))

    def put(self, field: str, value: str, wrong: str = "", **facts: str | int) -> None:
        """Keep an answer, or what is wrong with it instead."""
        if wrong:
            self.problems.append(Problem(wrong, field, facts))
        elif value:
            self.answers[field] = value

    def choice(self, field: str, unknown: str) -> None:
        """Read a code, a label or a known spelling of the national list of the field's name."""
        written = self.text(field)
        value = _code(field, written) if written else ""
        self.put(field, value or "", unknown if value is None else "", given=written)


@lru_cache(maxsize=SPELLINGS_KEPT)
def _code(name: str, written: str) -> str | None:
    return find(name, written)
