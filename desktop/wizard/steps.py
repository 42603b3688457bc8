"""The steps of a first run, in order, and to which of them a problem belongs."""

from typing import Final

from forms.engine.problem import Problem

REGION, ADDRESS, CODE, OPERATOR, PHRASE, PRINTER, SYNC = range(7)
COUNT: Final = 7
NAMES: Final = ("region", "address", "code", "operator", "phrase", "printer", "sync")
_OF: Final = {
    "url_malformed": ADDRESS,
    "http_plain": ADDRESS,
    "server_unknown": ADDRESS,
    "server_version": ADDRESS,
    "code_malformed": CODE,
    "code_unknown": CODE,
    "code_used": CODE,
    "code_expired": CODE,
    "code_outdated": CODE,
    "passphrase_short": PHRASE,
    "passphrase_long": PHRASE,
    "passphrase_obvious": PHRASE,
}
_NAMED: Final = frozenset({"nama", "peran"})  # fields of the operator's record


def of(problem: Problem, here: int) -> int:
    """Tell at which step a problem is mended; `here` where no other is known."""
    if problem.field in _NAMED:
        return OPERATOR
    return _OF.get(problem.code, here)
