"""A letter's source with those of its sheets as one text, so that all are kept by one digest.

A letter without sheets is its own source. Else each further source follows after a line of its
own that names it; set together, each stands in brackets, line by line where it stood before.
"""

from collections.abc import Iterable, Mapping

import msgspec

from forms.engine.problem import Fact, Problem

MARK = "//// lembar "  # begins the line before a sheet's source; no source may have such a line


class Piece(msgspec.Struct, frozen=True):
    """One source of a bundle; `name` is "" for the letter's own, `first` its first line of all."""

    name: str
    text: str
    first: int

    def named(self, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        """Add the sheet's name to the facts of a problem."""
        return {**facts, "sheet": self.name} if self.name else dict(facts)


def joined(letter: str, sheets: Iterable[tuple[str, str]]) -> str:
    """Join a letter's source with its sheets', each with its name."""
    parts = [letter]
    for name, text in sheets:
        parts += [MARK + name, text]
    return parts[0] if len(parts) == 1 else "\n".join(part.rstrip("\n") for part in parts) + "\n"


def split(source: str) -> tuple[Piece, ...]:
    """Take a source apart into the letter's and the sheets'."""
    pieces = []
    name, first, lines = "", 1, list[str]()
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith(MARK):
            pieces.append(Piece(name, "\n".join(lines), first))
            name, first, lines = line.removeprefix(MARK), number + 1, []
        else:
            lines.append(line)
    return (*pieces, Piece(name, "\n".join(lines), first))


def set_together(pieces: tuple[Piece, ...]) -> str:
    """Make one source for the typesetter; every line keeps its number in the bundle."""
    if len(pieces) == 1:
        return pieces[0].text + "\n"
    return "\n]\n".join("#[" + piece.text for piece in pieces) + "\n]\n"


def placed(problem: Problem, pieces: tuple[Piece, ...]) -> Problem:
    """Say of a problem in a bundle in which source it is, and on which line there."""
    line = problem.row
    if line is None or len(pieces) == 1:
        return problem
    piece = next(piece for piece in reversed(pieces) if piece.first <= line)
    row = line - piece.first + 1
    facts = piece.named({**problem.facts, "line": row})
    return msgspec.structs.replace(problem, facts=facts, row=row)
