"""Finds records while a person types: by name however it is spelled, by any number, by address.

Nothing here asks FTS5 for a ranking, since that reads every match of two typed letters. The best
hits are taken where they lie in order instead, one step after the other while there is room:

    1  numbers that begin so               search_number, a range
    2  names that begin so                 search_row by key, a range
    3  names with these words              search_text, the first CANDIDATES of them
    4  names and addresses with them       the same
    5  such names with such a number       the same, sifted, where both are frequent
    6  numbers with a slip of the finger   search_number, by their beginning or their end
    7  words that are near                 search_near, then the distance of each

What was found is ordered by how well it fits: exact spelling first, what is only near always last.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import NamedTuple, TypeAlias

from forms.residents import names
from forms.residents.names import Term
from sync.store.search_fit import (
    NEAR,
    Asked,
    Row,
    bears_all,
    bears_numbers,
    distance,
    fit,
    read,
    slips,
)
from sync.store.search_index import (
    Entry,
    ddl,
    forget,
    index,
    is_sound,
    merge,
    near_keys,
    rebuild,
    scope,
    services,
)
from sync.store.statements import Connection

__all__ = ["Entry", "Hit", "ddl", "find", "forget", "index", "is_sound", "merge", "rebuild"]

CANDIDATES = 120  # rows weighed for a key press, 2 ms; a further letter narrows better than they
SIFTED = 600  # rows looked through where a name and a number are asked and both are frequent
BEGINNING_SHARE = 0.6  # of a full list, for names that begin as typed; the rest bears it further on
FEW = 5  # with fewer hits than this a slip of the finger is supposed
NEAR_WORDS_MAX = 12  # the nearest words taken for one mistyped one
SHORT_WORD = 3  # shorter words are near to too many
LONG_WORD = 8  # from this length on a word may have two slips
LONG_NUMBER = 12  # shorter numbers are near to too many
BEGINNING_DIGITS = 9  # of a NIK: the region, the day, half the month
SERIAL_DIGITS = 4
SLIPS_MAX = 2  # in a number that is still known again

_LAST = "\U0010ffff"  # sorts behind every text that begins alike
_COLUMNS = "r.id, r.record, r.service, r.title, r.detail, r.key, r.numbers, r.words"
_BY_KEY = f"""
    SELECT {_COLUMNS} FROM search_row r
    WHERE service = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"""  # noqa: S608 - own columns
_BY_NUMBER = f"""
    SELECT {_COLUMNS} FROM (
        SELECT DISTINCT row FROM search_number
        WHERE service = ? AND key >= ? AND key < ? LIMIT ?) n
    JOIN search_row r ON r.id = n.row"""  # noqa: S608 - own columns
_BY_TEXT = f"""
    SELECT {_COLUMNS} FROM (
        SELECT rowid FROM search_text WHERE search_text MATCH ? LIMIT ?) t
    JOIN search_row r ON r.id = t.rowid WHERE instr(r.numbers, ?) LIMIT ?"""  # noqa: S608 - own columns


class Hit(NamedTuple):
    """One found record; `near` when it bears only something like what was asked."""

    record: bytes
    service: str
    title: str
    detail: str
    near: bool = False


class _Scopes(NamedTuple):
    """The services to look in, by their numbers in the search; `narrow` when they are not all."""

    numbers: tuple[int, ...]
    narrow: bool


_Step: TypeAlias = Callable[[Connection, Asked, _Scopes, int], Iterable[Row]]


def find(conn: Connection, text: str, *, service: str | None = None, limit: int = 50) -> list[Hit]:
    """Return the records that fit a typed text, the best first; of one service if it is named."""
    asked = read(text)
    known = services(conn)
    numbers = tuple(number for code, number in known.items() if service in (None, code))
    scopes = _Scopes(numbers, narrow=len(numbers) < len(known))
    if not numbers or not (asked.words or asked.numbers):
        return []
    found: dict[int, tuple[int, int, Row]] = {}
    for step in _STEPS:
        if len(found) < limit:
            for row in step(conn, asked, scopes, limit):
                found.setdefault(row.id, (fit(asked, row), 0, row))
    if asked.words and len(found) < min(FEW, limit):
        for slipped, row in _by_near_words(conn, asked, scopes):
            found.setdefault(row.id, (NEAR, slipped, row))
    ordered = sorted(found.values(), key=_rank)[:limit]
    code_of = {number: code for code, number in known.items()}
    return [
        Hit(row.record, code_of[row.service], row.title, row.detail, near=how == NEAR)
        for how, _, row in ordered
    ]


def _rank(hit: tuple[int, int, Row]) -> tuple[int, int, int, str, int]:
    """Order hits; among those that are only near, the one with the least besides comes first."""
    how, slipped, row = hit
    return how, slipped, len(row.title) if how == NEAR else 0, row.title, row.id


def _by_number(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    """Take the longest asked number from its range, and sift by whatever else was asked."""
    if not asked.numbers:
        return []
    alone = not asked.words and len(asked.numbers) == 1
    rows = _with_number(conn, asked.numbers[0], scopes, limit if alone else 2 * CANDIDATES)
    return rows if alone else [row for row in rows if bears_all(asked, row)]


def _by_key(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    if asked.numbers:
        return []
    return _beginning(conn, asked.key, scopes, ceil(limit * BEGINNING_SHARE))


def _by_name(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    if not asked.words or asked.numbers:
        return []
    match = _match("name", map(names.terms, asked.words))
    return _matching(conn, match, scopes, max(CANDIDATES, limit))


def _by_any_word(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    parts = [part for text in asked.numbers for part in re.findall(r"[a-z0-9]+", text)]
    numbers = [(Term(part, prefix=True),) for part in parts]
    groups = [*map(names.terms, asked.words), *numbers]
    if not groups:
        return []
    match = _match("{name other}", groups)
    return _matching(conn, match, scopes, max(CANDIDATES, limit))


def _by_sifting(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    """Look through the first bearers of a frequent name for one with a frequent number."""
    if not asked.words or not asked.numbers:
        return []
    match = _match("name", map(names.terms, asked.words))
    rows = _matching(conn, match, scopes, max(CANDIDATES, limit), number=asked.numbers[0])
    return [row for row in rows if bears_numbers(asked, row)]


def _by_near_number(conn: Connection, asked: Asked, scopes: _Scopes, limit: int) -> Iterable[Row]:
    """Find a long number by its beginning or its end, the rest with at most SLIPS_MAX slips."""
    if len(asked.numbers) != 1 or asked.words or len(asked.numbers[0]) < LONG_NUMBER:
        return []
    number = asked.numbers[0]
    near = [
        *_with_number(conn, number[:BEGINNING_DIGITS], scopes, 2 * CANDIDATES),
        *_with_number(conn, number[-SERIAL_DIGITS:], scopes, 2 * CANDIDATES, whole=True),
    ]
    return [row for row in near if slips(number, row) <= SLIPS_MAX][:limit]


_STEPS: tuple[_Step, ...] = (
    _by_number,
    _by_key,
    _by_name,
    _by_any_word,
    _by_sifting,
    _by_near_number,
)


def _by_near_words(conn: Connection, asked: Asked, scopes: _Scopes) -> Iterable[tuple[int, Row]]:
    """Find rows with words near the asked ones, each with how far it is: less is nearer."""
    near = [_near_words(conn, word) for word in asked.words]
    nearest = [
        names.canonical(words[0]) if words else names.canonical(word)
        for words, word in zip(near, asked.words, strict=True)
    ]
    groups = [
        (*names.terms(word), *(Term(text, prefix=False) for text in words))
        for words, word in zip(near, asked.words, strict=True)
    ]
    meant = " ".join(nearest)
    rows = [
        *_beginning(conn, meant, scopes, CANDIDATES),
        *_matching(conn, _match("{name other}", groups), scopes, CANDIDATES),
    ]
    for row in rows:
        if bears_numbers(asked, row):
            slipped = sum(distance(word, row.tokens) for word in asked.words)
            yield 2 * slipped + (not row.key.startswith(meant)), row


def _near_words(conn: Connection, word: str) -> list[str]:
    """Return words of the vocabulary within one slip, two of a long word; the nearest first."""
    sound = names.fold(word)
    if len(sound) < SHORT_WORD:
        return []
    keys = tuple(dict.fromkeys((*near_keys(sound), *near_keys(word))))
    marks = ",".join("?" * len(keys))
    statement = f"SELECT DISTINCT word FROM search_near WHERE near IN ({marks})"  # noqa: S608 - question marks
    allowed = 2 if len(sound) >= LONG_WORD else 1
    found = [
        (distance(word, (near,)), near) for near in conn.exec_driver_sql(statement, keys).scalars()
    ]
    return [near for slipped, near in sorted(found)[:NEAR_WORDS_MAX] if slipped <= allowed]


def _beginning(conn: Connection, key: str, scopes: _Scopes, limit: int) -> list[Row]:
    """Read rows whose key begins so, in the order of the keys."""
    return [
        row
        for number in scopes.numbers
        for row in _rows(conn, _BY_KEY, (number, key, key + _LAST, limit))
    ]


def _with_number(
    conn: Connection, key: str, scopes: _Scopes, limit: int, *, whole: bool = False
) -> list[Row]:
    """Read rows with a number that begins so, from one of the places where numbers are begun."""
    after = key + ("\0" if whole else _LAST)
    return [
        row
        for number in scopes.numbers
        for row in _rows(conn, _BY_NUMBER, (number, key, after, limit))
    ]


def _match(columns: str, groups: Iterable[Sequence[Term]]) -> str:
    """Write the FTS5 expression: of each group one term at least. Terms are letters and digits."""
    parts = (
        "(" + " OR ".join(f'"{term.text}"{"*" if term.prefix else ""}' for term in group) + ")"
        for group in groups
    )
    return f"{columns} : ({' AND '.join(parts)})"


def _matching(
    conn: Connection, match: str, scopes: _Scopes, limit: int, *, number: str = ""
) -> list[Row]:
    """Read the first rows of a match; with a number, those of the first SIFTED that hold it."""
    if scopes.narrow:
        match = f"({match}) AND scope : ({' OR '.join(map(scope, scopes.numbers))})"
    return _rows(conn, _BY_TEXT, (match, SIFTED if number else limit, number, limit))


def _rows(conn: Connection, statement: str, values: tuple[int | str, ...]) -> list[Row]:
    return [Row._make(row) for row in conn.exec_driver_sql(statement, values)]
