"""TOML as form files are written, read some five times as fast as by the standard library.

Almost every line of a form file is a header or one plain `key = value`. Where all of a text is of
that sort it is read here; anything else, right or wrong, is left to `tomllib` as a whole, so that
what TOML is and what is wrong with a file is said in one place only.
"""

import re
import tomllib
from typing import Any, Final

import msgspec

Table = dict[str, Any]

# Nothing is given back (`++`) of a set of characters only: of a group that has choices within,
# Python before 3.11.5 matches what isn't there (python/cpython#106052). None of these groups can be
# read in two ways, so giving back finds nothing and stays linear.
_WORD: Final = r"[A-Za-z0-9_-]++"
_TEXT: Final = r'"[^"\\\x00-\x1f\x7f]*+"'
_DIGITS_MAX: Final = 15  # a longer number is not read alike by everybody
_NUMBER: Final = rf"-?(?:0|[1-9][0-9]{{0,{_DIGITS_MAX - 1}}})(?![\w.+:-])"
# A list may go over several lines, an inline table may not; deeper ones are not plain.
_PIECE: Final = rf"""(?:{_TEXT}|[^\[\]{{}}"'\#\n])"""
_LIST: Final = rf"\[{_PIECE}*\]"
_MAP: Final = rf"\{{(?:{_PIECE}|{_LIST})*\}}"
_LISTS: Final = rf"\[(?:{_PIECE}|\n|{_MAP}|{_LIST})*\]"
_STATEMENT = re.compile(
    rf"""[ \t]*+(?:
        (?P<key>{_WORD})[ \t]*+=[ \t]*+(?:
            (?P<text>{_TEXT}) | (?P<literal>'[^'\x00-\x1f\x7f]*+') |
            (?P<flag>true|false)(?!\w) | (?P<number>{_NUMBER}) | (?P<other>{_LISTS}|{_MAP})
        ) |
        \[\[[ \t]*(?P<array>{_WORD}(?:\.{_WORD})*)[ \t]*\]\] |
        \[[ \t]*(?P<table>{_WORD}(?:\.{_WORD})*)[ \t]*\]
    )?[ \t]*+(?:\#[^\x00-\x08\x0a-\x1f\x7f]*+)?(?:\n|\Z)""",
    re.VERBOSE,
)
_TOKENS = re.compile(rf"(?:{_TEXT}|{_WORD}[ \t]*+=|[\[\]{{}},\s]|{_NUMBER}|(?:true|false)(?!\w))+")
_UNLIKE = re.compile(
    rf"(?P<text>{_TEXT})|(?P<key>{_WORD})[ \t]*=|(?P<none>\[\s*,)|(?P<last>,\s*\])"
)


class _NotPlain(Exception):  # noqa: N818 - nothing is wrong with the text
    """A text needs the whole of TOML."""


def loads(text: str) -> Table:
    """Read a TOML text; tomllib.TOMLDecodeError where it is none."""
    try:
        return _plain(text.replace("\r\n", "\n"))
    except _NotPlain:
        return _whole(text)


def _whole(text: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # a number of more digits than Python turns into one
        raise tomllib.TOMLDecodeError(str(error)) from error


def _plain(text: str) -> Table:
    root: Table = {}
    here = root
    headed = {id(root)}  # tables and arrays that headers made: no other may be added to
    end = 0
    statements = _STATEMENT.scanner(text)  # type: ignore[attr-defined] # in no stub: one by one
    for found in iter(statements.match, None):
        end = found.end()
        kind = found.lastgroup
        if kind == "array" or kind == "table":  # noqa: PLR1714 - each line of each file comes by
            here = _opened(root, headed, found[kind].split("."), several=kind == "array")
        elif kind is not None:  # else an empty line, or a comment alone
            key, value = found.group("key", kind)
            if key in here:
                raise _NotPlain
            here[key] = value[1:-1] if kind == "text" else _value(kind, value)
    if end < len(text):
        raise _NotPlain
    return root


def _opened(root: Table, headed: set[int], names: list[str], *, several: bool) -> Table:
    """Make the table of a header; what is there already is looked at by the standard library."""
    above = root
    for name in names[:-1]:
        found = above.get(name)
        if found is None:
            found = above[name] = {}
            headed.add(id(found))
        elif id(found) not in headed:
            raise _NotPlain
        above = found[-1] if isinstance(found, list) else found
    name = names[-1]
    made: Table = {}
    if not several:
        if name in above:
            raise _NotPlain
        above[name] = made
    else:
        array = above.get(name)
        if array is None:
            array = above[name] = []
            headed.add(id(array))
        elif id(array) not in headed or not isinstance(array, list):
            raise _NotPlain
        array.append(made)
    headed.add(id(made))
    return made


def _value(kind: str, text: str) -> Any:
    if kind == "literal":
        return text[1:-1]
    if kind == "flag":
        return text == "true"
    if kind == "number":
        return int(text)
    return _nested(text)


def _nested(text: str) -> Any:
    """Read a list or an inline table: JSON, but for `=`, a list's last comma and doubled keys."""
    if _TOKENS.fullmatch(text) is None:
        raise _NotPlain
    keys = 0

    def alike(found: re.Match[str]) -> str:
        nonlocal keys
        if found["text"]:
            return found["text"]
        if found["none"]:
            raise _NotPlain
        if found["last"]:
            return "]"
        keys += 1
        return f'"{found["key"]}":'

    try:
        made = msgspec.json.decode(_UNLIKE.sub(alike, text))
    except msgspec.DecodeError:
        raise _NotPlain from None
    if keys and _count(made) != keys:
        raise _NotPlain
    return made


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count, value.values()))
    return sum(map(_count, value)) if isinstance(value, list) else 0
