"""Who can be named in a form: what an editor is told of a resident, and where it asks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from forms.engine.answers import Value


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody of the register: the id in hex digits, what tells them apart, their answers."""

    record: str
    name: str
    detail: str
    answers: Mapping[str, Value]

    def bears(self, text: str) -> bool:
        """Tell whether every typed word begins a word of the name, or a number of theirs."""
        known = [*self.name.casefold().split(), *(str(v) for v in self.answers.values())]
        return all(any(word.startswith(part) for word in known) for part in _words(text))


class Residents(Protocol):
    """The register as editors ask it; both answers come later, on the interface's thread."""

    def find(self, text: str, then: Callable[[Sequence[Resident]], None]) -> None:
        """Find residents by what was typed, the best first; of several asks the newest counts."""

    def know(self, record: str, then: Callable[[Resident], None]) -> None:
        """Read one resident by id; `then` is not called for a stranger."""


def _words(text: str) -> list[str]:
    words = text.casefold().split()
    joined = "".join(words)
    return [joined] if joined.isdecimal() else words
