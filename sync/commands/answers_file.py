"""Answers from outside: one JSON object from a file or stdin, or one a line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from forms.engine.problem import Problem, Refused

STDIN = "-"
LINES = ".jsonl"
# A form is at most some ten thousand letters; longer is another file, or a flood.
TEXT_BYTES_MAX = 4 * 1024 * 1024


class Line(NamedTuple):
    """One line of many, counted from 1; exactly one of `raw` and `refused` is there."""

    number: int
    raw: dict[str, Any] | None
    refused: Refused | None


def is_many(name: str) -> bool:
    """Tell whether the file's name says that it has one record a line."""
    return name.endswith(LINES)


def read_one(name: str) -> dict[str, Any]:
    """Read one object; Refused(answers_malformed | line_too_long), OSError."""
    with _open(name) as file:
        return _object(file.read(TEXT_BYTES_MAX + 1))


def read_many(name: str) -> Iterator[Line]:
    """Read line by line, as they come; a line that is no object is told, and the next one read."""
    with _open(name) as file:
        number = 0
        while text := file.readline(TEXT_BYTES_MAX + 1):
            number += 1
            if not text.strip():
                continue
            try:
                line = Line(number, _object(text), None)
            except Refused as refused:
                line = Line(number, None, refused)
            yield line
            while len(text) > TEXT_BYTES_MAX and not text.endswith(b"\n"):
                text = file.readline(TEXT_BYTES_MAX + 1)


def _object(text: bytes) -> dict[str, Any]:
    if len(text) > TEXT_BYTES_MAX:
        raise Refused(Problem("line_too_long", facts={"max": TEXT_BYTES_MAX}))
    try:
        found: dict[str, Any] = msgspec.json.decode(text.removeprefix(b"\xef\xbb\xbf"), type=dict)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Problem("answers_malformed", facts={"why": str(error)})) from error
    return found


@contextmanager
def _open(name: str) -> Iterator[BinaryIO]:
    if name == STDIN:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file
