"""What ended a command, as problems that a person and a script can read."""

import errno
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

from forms.engine import words
from forms.engine.problem import Problem, Refused
from sync.commands.parser import Usage
from sync.commands.table import EXITS, REFUSED, USAGE

# The system's errors that a person can do something about; any other one is `file_unusable`.
_SYSTEM = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.ENOENT: "file_missing",
    errno.ENOTDIR: "file_missing",
    errno.EISDIR: "file_is_folder",
    errno.EACCES: "file_forbidden",
    errno.EPERM: "file_forbidden",
    errno.EROFS: "file_forbidden",
}

FAULT = "fault"


def status_of(error: Exception) -> int:
    """Look up the exit status; what is nobody's doing counts as refused, for nothing was done."""
    if isinstance(error, Usage):
        return USAGE
    return next((status for kind, status in EXITS if isinstance(error, kind)), REFUSED)


def problems_of(error: Exception) -> tuple[Problem, ...]:
    """Say what is wrong without words; `fault` stands for a mistake of ours."""
    if isinstance(error, Refused):
        return error.problems
    status = status_of(error)
    if status != REFUSED:
        # Locked and Unreachable may carry a code that says more than the class does.
        code = str(error.args[0]) if error.args else ""
        names = (kind.__name__.lower() for kind in type(error).__mro__)
        return (Problem(next(filter(words.has, (code, *names)))),)
    return (_system(error),)


def explained(error: Exception) -> list[dict[str, Any]]:
    """Give an error the shape of an answer; a mistake of ours leaves its trace on stderr."""
    problems = list(shown(problems_of(error)))
    if any(problem["code"] == FAULT for problem in problems):
        traceback.print_exception(error)
    return problems


def shown(problems: Iterable[Problem]) -> Iterator[dict[str, Any]]:
    """Give problems the shape of an answer: code, where it is, and the sentence."""
    for problem in problems:
        entry: dict[str, Any] = {"code": problem.code}
        if problem.field is not None:
            entry["field"] = problem.field
        if problem.row is not None:
            entry["row"] = problem.row
        facts = dict(problem.facts)
        entry["message"] = words.say(problem.code, **{"field": problem.field, **facts})
        if facts:
            entry["facts"] = facts
        yield entry


def _system(error: Exception) -> Problem:
    # A full disk inside the database is wrapped twice before it gets here.
    texts = " ".join(str(cause) for cause in _causes(error))
    if "database or disk is full" in texts:
        return Problem("disk_full")
    if isinstance(error, OSError):
        code = _SYSTEM.get(error.errno or 0, "file_unusable")
        return Problem(code, facts={"file": str(error.filename or ""), "why": str(error)})
    return Problem(FAULT, facts={"why": f"{type(error).__name__}: {error}"})


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    seen = 0
    # A chain of causes is short; a circle of them must not hold up the message.
    while cause is not None and seen < len(_SYSTEM):
        yield cause
        cause = cause.__cause__ or cause.__context__
        seen += 1
