"""What was typed into the search, and how well a found row fits it; pure, reads nothing."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA

from forms.residents import names
from sync.store.search_index import NOISE, number_key, number_keys

ASKED_MAX = 6  # words and numbers that count; more of them narrow nothing

PART_DIGITS_MIN = 4  # fewer digits stand somewhere within every number

_DIGIT = re.compile(r"[0-9]")
_OF_A_NUMBER = re.compile(r"[0-9+./()-]+")

# How well a row fits, the best first.
EXACT, BEGINS, BEGINS_IN_SOUND, BEARS, BEARS_IN_SOUND, BESIDE, NEAR = range(7)


class Asked(NamedTuple):
    """What was typed, taken apart once: plain words, and whatever has a digit, the longest first.

    `key` is the words as names are ordered, the last of them perhaps not typed to its end.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    key: str


class Row(NamedTuple):
    """One row of the search, as the steps read it; `words` are those of the name | the others."""

    id: int
    record: bytes
    service: int
    title: str
    detail: str
    key: str
    numbers: str
    words: str

    @property
    def tokens(self) -> list[str]:
        """Every word under which the row stands."""
        return self.words.replace("|", " ").split()


def read(text: str) -> Asked:
    """Take a typed text apart."""
    chunks = names.plain(text).split()
    numbers = [chunk for chunk in chunks if _DIGIT.search(chunk)]
    typed = " ".join(chunk for chunk in chunks if chunk not in numbers)
    words = names.words(typed)
    telling = tuple(word for word in words if word not in NOISE)
    words = telling if telling or numbers else words
    if numbers and all(_OF_A_NUMBER.fullmatch(chunk) for chunk in chunks):
        numbers = ["".join(chunks)]  # a number that is typed in groups is one number
    keys = sorted(filter(None, map(number_key, numbers)), key=len, reverse=True)
    return Asked(words[:ASKED_MAX], tuple(keys[:ASKED_MAX]), names.key(typed, typing=True))


def fit(asked: Asked, row: Row) -> int:
    """Say how well a row fits: one of EXACT to NEAR, less is better."""
    if not asked.words:
        return _number_fit(asked.numbers[0], row)
    title = names.words(row.title)
    if title == asked.words:
        return EXACT
    if " ".join(title).startswith(" ".join(asked.words)):
        return BEGINS
    if row.key.startswith(asked.key):
        return BEGINS_IN_SOUND
    if all(any(shown.startswith(word) for shown in title) for word in asked.words):
        return BEARS
    named = row.words.partition("|")[0].split()
    return BEARS_IN_SOUND if all(_bears(named, word) for word in asked.words) else BESIDE


def bears_all(asked: Asked, row: Row) -> bool:
    """Tell whether a row has every asked word and number."""
    tokens = row.tokens
    return bears_numbers(asked, row) and all(_bears(tokens, word) for word in asked.words)


def bears_numbers(asked: Asked, row: Row) -> bool:
    """Tell whether a row has every asked number, in its numbers or in its address."""
    return all(_bears_number(row, number) for number in asked.numbers)


def slips(number: str, row: Row) -> int:
    """Count the wrong, missing or exchanged digits between a number and the row's nearest."""
    return min((OSA.distance(number, one) for one in row.numbers.split()), default=len(number))


def distance(word: str, tokens: Iterable[str]) -> int:
    """Count the slips between a word and the nearest token, which may go on behind it."""
    forms = {word, names.fold(word), names.canonical(word)}
    return min(
        (
            OSA.distance(form, shown)
            for token in tokens
            for form in forms
            for shown in (token, token[: len(form)])
        ),
        default=len(word),
    )


def _number_fit(number: str, row: Row) -> int:
    held = row.numbers.split()
    if held[:1] == [number]:
        return EXACT  # The first number is the row's own; a child bears its parents' as well.
    if number in held or "".join(held[:1]).startswith(number):
        return BEGINS
    if any(one.startswith(number) for one in held):
        return BEGINS_IN_SOUND
    if number in row.numbers:
        return BEARS
    return BESIDE if _bears_number(row, number) else NEAR


def _bears(tokens: Sequence[str], word: str) -> bool:
    return any(
        token.startswith(term.text) if term.prefix else token == term.text
        for term in names.terms(word)
        for token in tokens
    )


def _bears_number(row: Row, number: str) -> bool:
    if len(number) >= PART_DIGITS_MIN and number in row.numbers:
        return True
    begun = (key for one in row.numbers.split() for key in number_keys(one))
    return any(held.startswith(number) for held in (*row.tokens, *begun))
