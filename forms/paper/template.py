"""What a letter's Typst source may contain, and which answers it prints."""

import re
from collections.abc import Iterator

import msgspec

START = ('#import "layout.typ": *', "#show: letter")
# A letter is text about its answers. These words reach files, packages or the network, or run
# what was never read by anybody; a text that came from another desk is held to the same.
FORBIDDEN = frozenset(
    {
        *("import", "include", "read", "plugin", "bibliography"),
        *("csv", "json", "toml", "yaml", "cbor", "xml"),
        *("eval", "std", "sys", "dictionary"),
    }
)
# What the layout's `identity` prints where the form asks for it.
IDENTITY = (
    "nama",
    "nik",
    "tempat_lahir",
    "tanggal_lahir",
    "jenis_kelamin",
    "agama",
    "status_kawin",
    "pekerjaan",
    "kewarganegaraan",
    "alamat",
    "rt",
    "rw",
    "kelurahan",
)
_COMMENT = re.compile(r"//.*")
_UNPRINTED = re.compile(r"^//\s*unprinted:\s*(.*)$", re.MULTILINE)
_WORD = re.compile(r"(?<![\w-])[a-z]+(?![\w-])")
_ANSWER = re.compile(r"(?<![\w.])d\.([a-z][a-z0-9_]*)")
_ROWS = re.compile(r"#rows\(")
_KEY = re.compile(r'"([a-z][a-z0-9_]*)"')
_IDENTITY = re.compile(r"#identity(?![\w-])")


class Mention(msgspec.Struct, frozen=True):
    """A word of the source and its line, counted from 1."""

    word: str
    line: int


def body(source: str) -> str | None:
    """Give the source after its two fixed lines, with as many empty lines before; None without."""
    lines = source.splitlines()
    if tuple(line.strip() for line in lines[: len(START)]) != START:
        return None
    return "\n".join(["", "", *lines[len(START) :]])


def forbidden(source: str) -> Mention | None:
    """Find the first forbidden word, wherever it stands: a comment may not be one to Typst."""
    for number, line in enumerate((body(source) or source).splitlines(), 1):
        for found in _WORD.finditer(line):
            if found[0] in FORBIDDEN:
                return Mention(found[0], number)
    return None


def mentions(source: str) -> Iterator[Mention]:
    """List the answers that the source names, by `d.KEY` or as a row; `identity` not counted."""
    text = "\n".join(_COMMENT.sub("", line) for line in source.splitlines())
    for found in _ANSWER.finditer(text):
        yield Mention(found[1], _line(text, found.start()))
    for rows in _ROWS.finditer(text):
        for key in _KEY.finditer(_outermost(text, rows.end())):
            yield Mention(key[1], _line(text, rows.end() + key.start()))


def unprinted(source: str) -> frozenset[str]:
    """List the fields that the author says are not meant for the paper: `// unprinted: a, b`."""
    named = ",".join(found[1] for found in _UNPRINTED.finditer(source))
    return frozenset(key.strip() for key in named.split(",") if key.strip())


def shows_identity(source: str) -> bool:
    """Tell whether the layout's rows of the person are used."""
    return _IDENTITY.search(_COMMENT.sub("", source)) is not None


def _outermost(text: str, start: int) -> str:
    """Give a call's arguments with what stands in inner brackets blanked out."""
    depth = 1
    shown = []
    for sign in text[start:]:
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0:
            break
        shown.append(sign if depth == 1 or sign == "\n" else " ")
    return "".join(shown)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
