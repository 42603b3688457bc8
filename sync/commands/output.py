"""What a command puts out: one JSON object on stdout, or a text for a person."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from forms.engine import words

CELL_MAX = 48  # A table must stay readable on a screen of 120 columns; JSON has the whole value.


def put(body: Mapping[str, Any], *, as_json: bool) -> None:
    """Write an answer to stdout."""
    text = msgspec.json.encode(body).decode() if as_json else "\n".join(_lines(body))
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; without this the interpreter complains when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(problems: Sequence[Mapping[str, Any]]) -> None:
    """Write problems to stderr, a line each, with where they are."""
    for problem in problems:
        sys.stderr.write(_problem(problem) + "\n")


def _problem(problem: Mapping[str, Any]) -> str:
    places = []
    if "row" in problem:
        places.append(f"{words.label('answer', 'row')} {problem['row']}")
    if "field" in problem:
        places.append(problem["field"])
    place = ", ".join(places)
    return f"{place}: {problem['message']}" if place else str(problem["message"])


def _lines(body: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for key, value in body.items():
        name = words.label("answer", key)
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list | tuple):
            yield f"{indent}{name}: {len(value)}"
            yield from (f"{indent}  {line}" for line in _listed(value))
        else:
            yield f"{indent}{name}: {_cell(value)}"


def _listed(rows: Sequence[Any]) -> Iterator[str]:
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        yield from (_cell(row) for row in rows)
    elif all("message" in row for row in rows):
        yield from (_problem(row) for row in rows)
    else:
        yield from _table(rows)


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[words.label("answer", key) for key in keys]]
    cells += [[_cut(_cell(row.get(key))) for key in keys] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(keys))]
    for line in cells:
        yield "  ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        ).rstrip()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return words.label("answer", "yes" if value else "no")
    if isinstance(value, Mapping):
        return ", ".join(
            f"{words.label('answer', key)} {_cell(part)}" for key, part in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(_cell(part) for part in value)
    return str(value)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= CELL_MAX else text[: CELL_MAX - 1] + "…"
