"""A region's files as lines that people read, and what differs between two versions of them.

region.toml     each key with its value, by section: ("hours", "week.senin", "08:00-12:00, ...")
*.csv           each row by its first cell
logo.svg        its size and digest
"""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

REGION = "region.toml"
WHOLE = "region"  # the section of keys that stand in none
TABLE = ".csv"
ABSENT = ""
DIGITS = 12


class Line(msgspec.Struct, frozen=True):
    """One thing that is said: in which section or file, of what, and how."""

    part: str
    key: str
    value: str


class Change(msgspec.Struct, frozen=True):
    """One thing that is said otherwise; an empty side is one that says nothing of it."""

    part: str
    key: str
    before: str
    after: str


def lines(pack: Mapping[str, bytes]) -> list[Line]:
    """Lay the region file itself out, in its own order."""
    told = tomllib.loads(pack[REGION].decode())
    plain = {key: value for key, value in told.items() if not isinstance(value, dict)}
    found = [Line(WHOLE, key, text) for key, text in _flat(plain)]
    for part, value in told.items():
        if isinstance(value, dict):
            found += [Line(part, key, text) for key, text in _flat(value)]
    return found


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """List what differs: the region file first, then its tables row by row, then other files."""
    old, new = _said(before), _said(after)
    return [
        Change(*place, old.get(place, ABSENT), new.get(place, ABSENT))
        for place in dict.fromkeys([*new, *old])
        if old.get(place, ABSENT) != new.get(place, ABSENT)
    ]


def digest(content: bytes) -> str:
    """Give the first digits of a file's SHA-256, to be read aloud."""
    return hashlib.sha256(content).hexdigest()[:DIGITS]


def _said(pack: Mapping[str, bytes]) -> dict[tuple[str, str], str]:
    found = {(line.part, line.key): line.value for line in lines(pack)}
    for name in sorted(set(pack) - {REGION}):
        if name.endswith(TABLE):
            found |= {(name, key): row for key, row in _rows(pack[name])}
        else:
            found[name, name] = f"{len(pack[name])} B, {digest(pack[name])}"
    return found


def _rows(content: bytes) -> Iterator[tuple[str, str]]:
    """Read a table by its first column; the first row names the columns."""
    text = content.decode("utf-8-sig")
    comma = ";" if ";" in text.partition("\n")[0] else ","
    for row in csv.reader(io.StringIO(text), delimiter=comma):
        if row:
            yield row[0], " · ".join(row[1:])


def _flat(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, one in value.items():
        name = f"{above}{key}"
        if isinstance(one, dict):
            yield from _flat(one, f"{name}.")
        elif isinstance(one, list) and any(isinstance(each, dict) for each in one):
            for place, each in enumerate(one, 1):
                yield from _flat(each, f"{name}.{place}.")
        else:
            yield name, _text(one)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
