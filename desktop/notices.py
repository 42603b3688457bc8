"""The one voice for trouble: decides where and how a problem is told, never what it means.

under the field    what the clerk can mend there; the form that asked shows it itself
banner             everything else that was refused or couldn't be reached: no dialog
dialog             a fault of the program, with its details to copy: the only pop-up
"""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from forms.engine.problem import Locked, Problem, Refused, Unreachable
from forms.engine.words import say

SAID_MAX = 3  # A banner of more sentences isn't read; the rest is counted.


class Tone(Enum):
    """How serious a notice is; the style sheet's tones."""

    GOOD = "ok"
    CALM = "wait"
    CARE = "warn"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell: its sentence, how serious it is, details only for a fault."""

    tone: Tone
    text: str
    details: str = ""


class Notices(QObject):
    """Takes trouble and news from every page and passes them to who shows them."""

    banner = Signal(Notice)
    fault = Signal(Notice)

    def say(self, code: str, tone: Tone = Tone.GOOD, **facts: object) -> None:
        """Tell news by its code."""
        self.banner.emit(Notice(tone, say(code, **facts)))

    def trouble(self, error: BaseException) -> None:
        """Tell what went wrong, in the place that is right for its sort."""
        match error:
            case Refused():
                self.banner.emit(Notice(Tone.CARE, sentences(error.problems)))
            case Locked():
                self.banner.emit(Notice(Tone.CARE, say("desk.locked")))
            case Unreachable():
                self.banner.emit(Notice(Tone.CALM, say("desk.unreachable")))
            case _:
                details = "".join(traceback.format_exception(error))
                self.fault.emit(Notice(Tone.DANGER, say("desk.fault"), details))

    def beside(
        self, mend: Callable[[Iterable[Problem]], Iterable[Problem]]
    ) -> Callable[[BaseException], None]:
        """Make a receiver that lets a form show its own problems and tells only what is left."""

        def receive(error: BaseException) -> None:
            if not isinstance(error, Refused):
                self.trouble(error)
                return
            left = tuple(mend(error.problems))
            if left:
                self.trouble(Refused(*left))

        return receive


def sentences(problems: Iterable[Problem]) -> str:
    """Put problems into words, one a line, the rest counted."""
    told = [say(problem.code, **problem.facts) for problem in problems]
    lines = told[:SAID_MAX]
    if len(told) > SAID_MAX:
        lines.append(say("desk.more_problems", count=len(told) - SAID_MAX))
    return "\n".join(lines)
