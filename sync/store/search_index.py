"""The search tables: what of each record is found, kept right inside the transaction that saves it.

    search_row      one row a record: what a list shows, and the words under which it stands
    search_text     FTS5 over those words; contentless, since search_row has the text already, and
                    with contentless_delete an edit needs no copy of the old words to take them out
    search_number   every number from each place where a person begins to read it; range scans
    search_word     how many rows bear a word: the vocabulary, some ten thousand words of any city
    search_near     each of those words with one letter left out: a typo is found by a few look-ups

Search_row and search_number begin with the service, so that a list of one service never walks
through the rows of another.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from forms.residents import names
from sync.store.engine import sqlcipher
from sync.store.statements import Connection

DDL = (
    "CREATE TABLE search_service (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE)",
    """CREATE TABLE search_row (
        id INTEGER PRIMARY KEY, record BLOB NOT NULL UNIQUE, service INTEGER NOT NULL,
        key TEXT NOT NULL, title TEXT NOT NULL, detail TEXT NOT NULL, numbers TEXT NOT NULL,
        words TEXT NOT NULL)""",
    "CREATE INDEX search_key ON search_row (service, key)",
    """CREATE TABLE search_number (
        service INTEGER NOT NULL, key TEXT NOT NULL, row INTEGER NOT NULL,
        PRIMARY KEY (service, key, row)) WITHOUT ROWID""",
    "CREATE TABLE search_word (word TEXT PRIMARY KEY, held INTEGER NOT NULL) WITHOUT ROWID",
    """CREATE TABLE search_near (
        near TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (near, word)) WITHOUT ROWID""",
    """CREATE VIRTUAL TABLE search_text USING fts5(
        name, other, scope, content='', contentless_delete=1, detail=column, prefix='1 2 3',
        tokenize='ascii')""",
)

# Words of every address, which narrow nothing.
NOISE = frozenset({"jl", "jln", "jalan", "no", "nomor", "gg", "gang", "rt", "rw", "kel", "kec"})
OTHER_WORDS_MAX = 24  # an address and the name of a shop; nobody searches by a longer text
NEAR_LETTERS_MIN = 4  # with three letters every word is near to every other
NEAR_LETTERS_MAX = 7  # a typo behind the seventh letter leaves the first seven equal
CHUNK = 1000  # rows at once: bounds memory on an import and stays below the limit of bound values

_SEPARATORS = re.compile(r"[^a-z0-9]+")
_SETTLE = """
    INSERT INTO search_word VALUES (?, ?)
    ON CONFLICT DO UPDATE SET held = held + excluded.held"""
_NOT_OF_A_NUMBER = re.compile(r"[^a-z0-9/-]+")
_ONLY_DIGITS = re.compile(r"[0-9-]*")
_LEADING_ZEROS = re.compile(r"(?<![a-z0-9])0+(?=[0-9])")
_IDENTITY_DIGITS = 16


class Entry(NamedTuple):
    """What of a record can be found: `title` is a name, `text` an address or the like."""

    record: bytes
    service: str
    title: str
    detail: str = ""
    numbers: tuple[str, ...] = ()
    text: str = ""


class _Row(NamedTuple):
    """One row of search_row as it is stored."""

    id: int
    record: bytes
    service: int
    key: str
    title: str
    detail: str
    numbers: str
    words: str


def ddl() -> tuple[str, ...]:
    """Return the statements that make the tables of this module, in order."""
    return DDL


def index(conn: Connection, entries: Iterable[Entry]) -> None:
    """Make records findable as they now are, new or edited; inside the caller's transaction."""
    remaining = iter(entries)
    while chunk := list(islice(remaining, CHUNK)):
        _write(conn, {entry.record: entry for entry in chunk})


def forget(conn: Connection, records: Iterable[bytes]) -> None:
    """Take records out of the search, their words and numbers with them."""
    remaining = iter(records)
    while chunk := list(islice(remaining, CHUNK)):
        gone = list(_rows(conn, chunk).values())
        _take_back(conn, gone, Counter())
        numbers = [(row.id,) for row in gone]
        _many(conn, "DELETE FROM search_row WHERE id = ?", numbers)
        _many(conn, "DELETE FROM search_text WHERE rowid = ?", numbers)


def rebuild(conn: Connection, entries: Iterable[Entry]) -> None:
    """Make the whole search anew from the records."""
    for emptied in (
        "DELETE FROM search_row",
        "DELETE FROM search_number",
        "DELETE FROM search_word",
        "DELETE FROM search_near",
        "INSERT INTO search_text (search_text) VALUES ('delete-all')",
    ):
        conn.exec_driver_sql(emptied)
    index(conn, entries)


def merge(conn: Connection) -> None:
    """Write the index of words as one piece, so that nothing of what was taken out stays in it."""
    conn.exec_driver_sql("INSERT INTO search_text (search_text) VALUES ('optimize')")


def is_sound(conn: Connection) -> bool:
    """Tell whether the index is whole in itself and has exactly the rows that are kept of it.

    On the writing connection: FTS5 takes its check as an insert, and changes nothing by it.
    """
    try:
        check = "INSERT INTO search_text (search_text) VALUES ('integrity-check')"
        conn.exec_driver_sql(check)
    except sqlcipher.DatabaseError:
        return False
    indexed = conn.exec_driver_sql("SELECT id FROM search_text_docsize").scalars().all()
    return set(indexed) == set(conn.exec_driver_sql("SELECT id FROM search_row").scalars())


def services(conn: Connection) -> dict[str, int]:
    """Map every service that has something to find to its number in these tables."""
    return {
        code: number
        for number, code in conn.exec_driver_sql("SELECT id, code FROM search_service ORDER BY id")
    }


def number_key(text: str) -> str:
    """Return a number as it is compared: small letters, no blanks; a telephone number from 0 on."""
    if len(text) == _IDENTITY_DIGITS and text.isdecimal() and text.isascii():
        return text
    key = _NOT_OF_A_NUMBER.sub("", names.plain(text))
    if _ONLY_DIGITS.fullmatch(key):
        digits = key.replace("-", "")
        return (
            "0" + digits[2:]
            if digits.startswith("628") and len(digits) < _IDENTITY_DIGITS
            else digits
        )
    return _LEADING_ZEROS.sub("", key)


def number_keys(text: str) -> tuple[str, ...]:
    """Return the number from each place where a person begins to read it.

    Of a NIK or KK: the whole, the date, the serial. Of a telephone number: the whole, the last four
    digits. Of a letter's number: from each of its parts on.
    """
    key = number_key(text)
    if not key.isdigit():
        return tuple(
            dict.fromkeys(
                key[at:] for at in (0, *(m.end() for m in re.finditer("/", key))) if key[at:]
            )
        )
    starts = (0, 6, 12) if len(key) == _IDENTITY_DIGITS else (0, max(0, len(key) - 4))
    return tuple(dict.fromkeys(key[at:] for at in starts))


def near_keys(word: str) -> tuple[str, ...]:
    """Return the beginning of a word, whole and with each letter once left out."""
    begun = word[:NEAR_LETTERS_MAX]
    return tuple(
        dict.fromkeys((begun, *(begun[:at] + begun[at + 1 :] for at in range(len(begun)))))
    )


def text_words(text: str) -> tuple[str, ...]:
    """Return the words of an address or another text, those of every address left out."""
    found = (word for word in _SEPARATORS.split(names.plain(text)) if word and word not in NOISE)
    return tuple(islice((word.lstrip("0") or word for word in found), OTHER_WORDS_MAX))


def _write(conn: Connection, entries: dict[bytes, Entry]) -> None:
    old = _rows(conn, list(entries))
    numbers_of = _service_numbers(conn, {entry.service for entry in entries.values()})
    free = conn.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM search_row").scalar_one()
    rows = []
    for record, entry in entries.items():
        before = old.get(record)
        row = _row(before.id if before else free, numbers_of[entry.service], entry)
        free += before is None
        if row != before:
            rows.append(row)
    words = Counter(word for row in rows for word in _vocabulary(row))
    _take_back(conn, [old[row.record] for row in rows if row.record in old], words)
    _many(conn, "INSERT OR REPLACE INTO search_row VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    _many(
        conn,
        "INSERT OR REPLACE INTO search_text (rowid, name, other, scope) VALUES (?, ?, ?, ?)",
        [(row.id, *row.words.split("|"), scope(row.service)) for row in rows],
    )
    _many(
        conn,
        "INSERT OR IGNORE INTO search_number VALUES (?, ?, ?)",
        sorted(k for row in rows for k in _keys(row)),
    )


def scope(service: int) -> str:
    """Return the word that stands for a service in search_text."""
    return f"s{service}"


def _row(number: int, service: int, entry: Entry) -> _Row:
    other = dict.fromkeys(
        form for word in text_words(entry.text) for form in (word, names.canonical(word))
    )
    return _Row(
        id=number,
        record=entry.record,
        service=service,
        key=names.key(entry.title),
        title=entry.title,
        detail=entry.detail,
        numbers=" ".join(dict.fromkeys(number_key(text) for text in entry.numbers if text)),
        words=f"{' '.join(names.tokens(entry.title))}|{' '.join(other)}",
    )


def _keys(row: _Row) -> Iterator[tuple[int, str, int]]:
    for number in row.numbers.split():
        for key in number_keys(number):
            yield row.service, key, row.id


def _vocabulary(row: _Row) -> set[str]:
    return {
        word
        for word in row.words.replace("|", " ").split()
        if len(word) >= NEAR_LETTERS_MIN and word.isalpha()
    }


def _take_back(conn: Connection, gone: list[_Row], words: Counter[str]) -> None:
    """Take out the numbers of old rows, and settle the vocabulary: `words` come, theirs go."""
    _many(
        conn,
        "DELETE FROM search_number WHERE service = ? AND key = ? AND row = ?",
        [key for row in gone for key in _keys(row)],
    )
    words.subtract(word for row in gone for word in _vocabulary(row))
    moved = [(word, by) for word, by in sorted(words.items()) if by]
    known = _known(conn, [word for word, _ in moved])
    fresh = [word for word, _ in moved if word not in known]
    near = sorted((key, word) for word in fresh for key in near_keys(word))
    _many(conn, "INSERT OR IGNORE INTO search_near VALUES (?, ?)", near)
    _many(conn, _SETTLE, moved)
    falling = [word for word, by in moved if by < 0]
    unheld = "DELETE FROM search_word WHERE word = ? AND held <= 0"
    _many(conn, unheld, [(word,) for word in falling])
    held = _known(conn, falling)
    far = [(key, word) for word in falling if word not in held for key in near_keys(word)]
    _many(conn, "DELETE FROM search_near WHERE near = ? AND word = ?", far)


def _rows(conn: Connection, records: Sequence[bytes]) -> dict[bytes, _Row]:
    found = _among(conn, "SELECT * FROM search_row WHERE record IN", records)
    return {row.record: row for row in map(_Row._make, found)}


def _known(conn: Connection, words: Sequence[str]) -> set[str]:
    return {word for (word,) in _among(conn, "SELECT word FROM search_word WHERE word IN", words)}


def _among(conn: Connection, statement: str, values: Sequence[Any]) -> Iterator[Any]:
    """Run a statement that ends in IN for these values, CHUNK at once."""
    for at in range(0, len(values), CHUNK):
        part = tuple(values[at : at + CHUNK])
        marks = ",".join("?" * len(part))
        yield from conn.exec_driver_sql(f"{statement} ({marks})", part)


def _service_numbers(conn: Connection, codes: set[str]) -> dict[str, int]:
    _many(
        conn,
        "INSERT OR IGNORE INTO search_service (code) VALUES (?)",
        [(code,) for code in sorted(codes)],
    )
    return services(conn)


def _many(conn: Connection, statement: str, rows: Sequence[tuple[int | str | bytes, ...]]) -> None:
    if rows:
        conn.exec_driver_sql(statement, list(rows))
