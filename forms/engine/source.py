"""A TOML file with the lines of its tables and keys, so that a problem can say where it is.

The standard library's parser gives values without lines; the lines are read beside it, by header
and key. A line is found for every table and every plain `key =`; parts of an inline value share
the line of their key.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tomllib import TOMLDecodeError
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from forms.engine.plain_toml import loads
from forms.engine.problem import Problem

T = TypeVar("T")
Address = tuple[str | int, ...]  # ("section", 0, "field", 2, "kind")

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w\-. \"'/]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w\-]+))\s*(?:\.|=)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w\-]+)")
_AT_LINE = re.compile(r"line ([0-9]+)")
_PATH = re.compile(r" - at `(key in )?\$([^`]*)`")


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
        """Turn a table into its struct, or note everything that is wrong with it."""
        try:
            return msgspec.convert(table, shape)
        except msgspec.ValidationError:
            self._note(table, shape, address)
        return None

    def _note(self, value: object, shape: Any, address: Address) -> None:
        """Note all faults of a value: those of its parts one by one, as far as they have names."""
        struct, item = _inner(shape)
        if struct and isinstance(value, dict):
            self._note_keys(value, struct, address)
        elif item and isinstance(value, list):
            for number, entry in enumerate(value):
                self._note(entry, item, (*address, number))
        else:
            try:
                msgspec.convert(value, shape)
            except msgspec.ValidationError as error:
                message = str(error)
                where = _PATH.search(message)
                reason = message[: where.start()] if where else message
                self.add("toml_value", address, key=".".join(map(str, address)), reason=reason)

    def _note_keys(self, table: dict[str, Any], struct: type, address: Address) -> None:
        fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
        missing = sorted(key for key, field in fields.items() if field.required)
        if not table.keys() <= fields.keys():
            missing = []  # most likely the unknown key is the missing one, misspelt
        for key, value in table.items():
            if key in fields:
                self._note(value, fields[key].type, (*address, key))
            else:
                self.add("toml_unknown_key", (*address, key), key=key)
        for key in missing:
            if key not in table:
                where = ".".join(map(str, address))
                reason = f"Object missing required field `{key}`"
                self.add("toml_value", address, key=where, reason=reason)


def _inner(shape: Any) -> tuple[type | None, Any]:
    """Give the struct that a type is, alone or in a union, and the type of a list's items."""
    options = get_args(shape) if isinstance(shape, UnionType) else (shape,)
    for option in options:
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            return option, None
        if get_origin(option) is tuple and get_args(option)[-1] is Ellipsis:
            return None, get_args(option)[0]
    return None, None


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
