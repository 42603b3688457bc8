"""A TOML file with the lines of its tables and keys, so that a problem can say where it is.

The standard library's parser gives values without lines; the lines are read beside it, by header
and key. A line is found for every table and every plain `key =`; parts of an inline value share
the line of their key.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Any, TypeVar

import msgspec

from forms.engine.problem import Problem

T = TypeVar("T")
Address = tuple[str | int, ...]  # ("section", 0, "field", 2, "kind")

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w\-. \"'/]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w\-]+))\s*(?:\.|=)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w\-]+)")
_AT_LINE = re.compile(r"line ([0-9]+)")
_PATH = re.compile(r" - at `(key in )?\$([^`]*)`")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[([0-9]+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")


class Source:
    """One file that was read: `data`, its lines, and the problems found in it so far."""

    def __init__(self, name: str, raw: bytes | None) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.data: dict[str, Any] = {}
        self._text = ""
        if raw is None:
            self.add("file_missing")
            return
        try:
            self._text = raw.decode("utf-8")
            self.data = loads(self._text)
        except UnicodeDecodeError:
            self.add("file_encoding")
        except TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            facts = {"file": self.name, "reason": str(error)}
            row = int(found[1]) if found else len(self._text.splitlines())  # at the file's end
            self.problems.append(Problem("toml_syntax", facts=facts, row=row))

    @classmethod
    def read(cls, path: Path, name: str) -> "Source":
        """Read a file; one that can't be read is a problem of the source."""
        try:
            raw = path.read_bytes()
        except OSError:
            raw = None
        return cls(name, raw)

    @cached_property
    def _lines(self) -> Mapping[Address, int]:
        return _lines(self._text)  # only where there is a problem to place

    def line(self, address: Address) -> int | None:
        """Give the line of a key or table, or of the nearest table around it."""
        for end in range(len(address), 0, -1):
            if (found := self._lines.get(address[:end])) is not None:
                return found
        return None

    def add(
        self, code: str, address: Address = (), /, *, field: str | None = None, **facts: str
    ) -> None:
        """Note a problem at an address of this file."""
        row = self.line(address)
        self.problems.append(Problem(code, field, {"file": self.name, **facts}, row))

    def convert(self, table: object, shape: type[T], address: Address = ()) -> T | None:
        """Turn a table into its struct, or note the first thing wrong with it."""
        try:
            return msgspec.convert(table, shape)
        except msgspec.ValidationError as error:
            message = str(error)
        where = _PATH.search(message)
        steps = (
            tuple(
                step[1] or int(step[2]) for step in _STEP.finditer(where[2]) if step[1] or step[2]
            )
            if where
            else ()
        )
        unknown = _UNKNOWN.search(message)
        if unknown:
            self.add("toml_unknown_key", (*address, *steps, unknown[1]), key=unknown[1])
        else:
            key = ".".join(map(str, (*address, *steps)))
            reason = message[: where.start()] if where else message
            self.add("toml_value", (*address, *steps), key=key, reason=reason)
        return None


def _lines(text: str) -> dict[Address, int]:
    lines: dict[Address, int] = {}
    counts: dict[Address, int] = {}
    table: Address = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _table(header, counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = next(part for part in key.groups() if part is not None)
            lines.setdefault((*table, name), number)
    return lines


def _table(header: re.Match[str], counts: dict[Address, int]) -> Address:
    """Number the tables of arrays: the second `[[section]]` is ("section", 1)."""
    parts = [next(filter(None, part.groups()), "") for part in _PART.finditer(header[2])]
    table: Address = ()
    for part in parts[:-1]:
        table = (*table, part)
        if table in counts:
            table = (*table, counts[table])
    table = (*table, parts[-1])
    if header[1] == "[[":
        counts[table] = counts.get(table, -1) + 1
        table = (*table, counts[table])
    return table
