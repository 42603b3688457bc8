"""What is asked of the passphrase of who comes to the pages (NIST SP 800-63B-4, 3.1.1.2).

    15 letters where it stands alone, 8 beside a second factor, up to 256; any letters and blanks
    no rule of composition, and it never grows old
    none that is guessed first: the words of this service and of its user, keys in a row,
    repetitions, and what the server's own list names

That list is `passphrases.txt` in the server's folder, one entry a line in UTF-8, made of whatever
the city may use; it is compared without regard to case, blanks and punctuation.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from forms.engine.problem import Problem
from sync.crypto import passphrase as phrases
from sync.server.city import City

ALONE_MIN = 15
BESIDE_MIN = phrases.LENGTH_MIN
LIST = "passphrases.txt"
LIST_BYTES_MAX = 64 * 1024 * 1024  # a list of five million entries
WORD_MIN = 3  # shorter parts of names are in half of all sentences
LEFT_MIN = 6  # letters that remain when everything expected is taken away
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")
# What is tried first at exactly this service.
WORDS = (
    "teras", "admin", "administrator", "walikota", "pengelola", "kelurahan", "kecamatan",
    "puskesmas", "pemerintah", "pemkot", "kota", "indonesia", "merdeka", "bismillah", "sayang",
    "password", "passw0rd", "passphrase", "katasandi", "kata", "sandi", "rahasia", "selamat",
    "welcome", "letmein", "iloveyou",
)  # fmt: skip


def weakness(city: City, passphrase: str, name: str, *, has_factor: bool) -> Problem | None:
    """Say what is wrong with a passphrase that is to be set."""
    found = phrases.check_rules(passphrase)
    if found is not None:
        return found
    least = BESIDE_MIN if has_factor else ALONE_MIN
    if len(passphrase) < least:
        return Problem("passphrase_short", facts={"min": least})
    plain = _plain(passphrase)
    expected = {word for text in (name, city.region.name) for word in _words(text)}
    if _left(plain, {*expected, *WORDS}) < LEFT_MIN or _is_listed(city.folder / LIST, plain):
        return Problem("passphrase_obvious")
    return None


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _words(text: str) -> Iterator[str]:
    yield from (_plain(word) for word in text.split() if len(_plain(word)) >= WORD_MIN)


def _left(plain: str, expected: Iterable[str]) -> int:
    """Count the letters that nobody would expect."""
    for word in sorted(expected, key=len, reverse=True):
        plain = plain.replace(word, "")
    plain = _once(plain)
    return sum(
        not (_follows(before, letter)) for before, letter in zip(" " + plain, plain, strict=False)
    )


def _once(plain: str) -> str:
    """Take a text that repeats itself once."""
    for size in range(1, len(plain) // 2 + 1):
        if len(plain) % size == 0 and plain[:size] * (len(plain) // size) == plain:
            return plain[:size]
    return plain


def _follows(before: str, letter: str) -> bool:
    """Tell whether a letter is the one before, or its neighbour in a row of keys or letters."""
    pair = before + letter
    return before == letter or any(pair in row or pair in row[::-1] for row in ROWS)


def _is_listed(path: Path, plain: str) -> bool:
    if not path.is_file() or path.stat().st_size > LIST_BYTES_MAX:
        return False
    with path.open(encoding="utf-8", errors="replace") as lines:
        return any(_plain(line) == plain for line in lines)
