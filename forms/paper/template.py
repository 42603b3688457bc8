"""What a letter's Typst source may contain, and which answers it prints."""

import re
from collections.abc import Iterator

import msgspec

START = ('#import "layout.typ": *', "#show: letter")
SHEET_START = "#show: sheet.with("
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
APPLICANT = "pemohon"  # The name by which the layout knows who applies.
# Parts of the applicant that stand for several answers of the form.
_APPLICANTS = {
    "ttl": ("tempat_lahir", "tanggal_lahir"),
    "alamat": ("alamat", "rt", "rw", "kelurahan"),
}
_COMMENT = re.compile(r"//.*")
_UNPRINTED = re.compile(r"^//\s*unprinted:\s*(.*)$", re.MULTILINE)
_OPTIONAL = re.compile(r"^//\s*optional:\s*(.*)$", re.MULTILINE)
_PAGES = re.compile(r"^#show: sheet\.with\(.*?\bpages: ([0-9]+)", re.MULTILINE)
_WORD = re.compile(r"(?<![\w-])[a-z]+(?![\w-])")
_ANSWER = re.compile(r"(?<![\w.])d\.(?!at\()([a-z][a-z0-9_]*)")
_ROWS = re.compile(r"#rows\(")
_KEY = re.compile(r'"([a-z][a-z0-9_]*)"')
# Words of the layout whose first text is an answer's key; `has` only asks whether there is one.
_KEYED = re.compile(
    r"(?<![\w.-])(?:d\.at|at|kept|has|boxes|framed|dated|timed|ticks|digit|is-chosen|listing|sign-list)\("
    r'\s*"([a-z][a-z0-9_]*)"'
)
_PEOPLE = re.compile(r"(?<![\w.-])(person|part-of|witnesses)\((?=\s*\")")
_IDENTITY = re.compile(r"#identity(?![\w-])")


class Mention(msgspec.Struct, frozen=True):
    """A word of the source and its line, counted from 1."""

    word: str
    line: int


def body(source: str) -> str | None:
    """Give the source after its two fixed lines, with as many empty lines before; None without.

    A sheet's second line says more of it, and stays.
    """
    lines = source.splitlines()
    first = [line.strip() for line in lines[: len(START)]]
    if first == [*START]:
        return "\n".join(["", "", *lines[len(START) :]])
    if is_sheet(source):
        return "\n".join(["", *lines[1:]])
    return None


def is_sheet(source: str) -> bool:
    """Tell whether a source begins as a further sheet does."""
    lines = source.splitlines()
    return (
        len(lines) >= len(START)
        and lines[0].strip() == START[0]
        and lines[1].strip().startswith(SHEET_START)
    )


def forbidden(source: str) -> Mention | None:
    """Find the first forbidden word, wherever it stands: a comment may not be one to Typst."""
    for number, line in enumerate((body(source) or source).splitlines(), 1):
        for found in _WORD.finditer(line):
            if found[0] in FORBIDDEN:
                return Mention(found[0], number)
    return None


def mentions(source: str) -> Iterator[Mention]:
    """List the answers that the source names, by `d.KEY` or in a word of the layout.

    What `identity` prints is not counted.
    """
    text = "\n".join(_COMMENT.sub("", line) for line in source.splitlines())
    for pattern in (_ANSWER, _KEYED):
        for found in pattern.finditer(text):
            yield Mention(found[1], _line(text, found.start()))
    for rows in _ROWS.finditer(text):
        for key in _KEY.finditer(_outermost(text, rows.end())):
            yield Mention(key[1], _line(text, rows.end() + key.start()))
    for people in _PEOPLE.finditer(text):
        named = [key[1] for key in _KEY.finditer(_outermost(text, people.end()))]
        line = _line(text, people.start())
        yield from (Mention(word, line) for word in _people(people[1], named))


def unprinted(source: str) -> frozenset[str]:
    """List the fields that the author says are not meant for the paper: `// unprinted: a, b`."""
    return _listed(_UNPRINTED, source)


def optional(source: str) -> frozenset[str]:
    """List what a sheet prints only for forms that ask it: `// optional: a, b_*`."""
    return _listed(_OPTIONAL, source)


def pages(source: str) -> int:
    """Say how many pages a sheet takes: `sheet.with(..., pages: 2)`, else one."""
    found = _PAGES.search(source)
    return int(found[1]) if found else 1


def shows_identity(source: str) -> bool:
    """Tell whether the layout's rows of the person are used."""
    return _IDENTITY.search(_COMMENT.sub("", source)) is not None


def _people(word: str, named: list[str]) -> Iterator[str]:
    """List the answers behind the names of people; the applicant's have no name before them."""
    if word == "witnesses":
        yield from (f"{who}_nama" for who in named)
        return
    for who, *asked in [named] if named else []:
        if who == APPLICANT:
            yield from (key for part in asked for key in _APPLICANTS.get(part, (part,)))
            yield from () if asked else IDENTITY
        elif asked:
            yield from (f"{who}_{part}" for part in asked)
        else:
            yield who


def _listed(pattern: re.Pattern[str], source: str) -> frozenset[str]:
    named = ",".join(found[1] for found in pattern.finditer(source))
    return frozenset(key.strip() for key in named.split(",") if key.strip())


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
