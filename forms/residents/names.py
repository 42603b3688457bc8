"""Turns Indonesian names into words that are found whatever way they are spelled; knows no store.

One name is written in many ways: Muhammad, Mohamad, Moh., M.; Soekarno and Sukarno; Nur Hayati and
Nurhayati; with and without Haji and degrees. What is indexed of a name and what is asked for pass
through the same fold, so all ways of writing meet in one word. The fold never replaces the typed
word, it stands beside it: a spelling that is typed exactly is always found.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tomllib import loads
from typing import NamedTuple

_DATA = loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

TITLES_BEFORE = frozenset(_DATA["titles"]["before"].split())
TITLES_AFTER = frozenset(_DATA["titles"]["after"].split())
PARTICLES = frozenset(_DATA["words"]["particles"].split())
JOINED = tuple(_DATA["words"]["joined"].split())
INITIALS = {letter: tuple(names.split()) for letter, names in _DATA["initials"].items()}

WORDS_KEPT = 16384  # folded words kept: a city's common ones, some 2 MB
WORDS_MAX = 12  # a name of the civil registry has at most 60 letters; what is longer is no name

REST_LETTERS_MIN = 3  # of what remains when a word is shortened or parted; less says nothing
ABDUR_LETTERS_MIN = 8  # Abdurahman and the like; a shorter word is a name of its own

TURNED_LETTERS_MIN = 4  # from here on y and j are asked for alike; less begins too many

# From here on the beginning of a spelling also asks for its agreed one: "sol" is the beginning of
# "soleh", which stands in the index as "saleh". Two letters begin too many.
AGREED_LETTERS_MIN = 3

# Old and foreign spellings, in this order: what an earlier line makes a later one may meet.
_SOUNDS: tuple[tuple[str, str], ...] = (
    ("oe", "u"),
    ("oo", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("nj", "ny"),
    ("sj", "s"),
    ("sy", "s"),
    ("sh", "s"),
    ("kh", "h"),
    ("ch", "h"),
    ("th", "t"),
    ("ts", "s"),
    ("dh", "d"),
    ("dl", "d"),
    ("dz", "z"),
    ("gh", "g"),
    ("ph", "p"),
    ("bh", "b"),
    ("ck", "k"),
    ("x", "ks"),
    ("q", "k"),
    ("f", "p"),
    ("v", "p"),
    ("ie", "i"),
    ("ae", "ai"),
    ("y", "i"),
)

_AGREED = {
    spelling: word
    for word, spellings in _DATA["spellings"].items()
    for spelling in (word, *spellings.split())
}
_OLD_Y = re.compile(r"(?<![dtns])j")  # with those letters before it, it is a sound of its own
_GLIDE = re.compile(r"uw(?=[aeiou])")
_DOUBLED = re.compile(r"(.)\1+")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_SILENT = re.compile(r"['’‘`´ʼ]")


class Term(NamedTuple):
    """One way in which an asked word may stand in the index; `prefix`: more letters may follow."""

    text: str
    prefix: bool


def plain(text: str) -> str:
    """Return the text in lower case, without accents and apostrophes."""
    if text.isascii():
        return text.replace("'", "").replace("`", "").lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SILENT.sub("", bare).lower()


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in order, without titles, degrees and particles.

    What looks like a title is a name where nothing else stands.
    """
    if name.isascii() and name.replace(" ", "").isalpha():
        found = name.lower().split()
    else:
        found = _apart(name)
    while len(found) > 1 and found[0] in TITLES_BEFORE:
        del found[0]
    kept = [word for word in found if word not in PARTICLES] or found
    return tuple(kept[:WORDS_MAX])


def _apart(name: str) -> list[str]:
    """Take a name with dots, commas and other signs apart, leaving out the degrees behind it."""
    found: list[str] = []
    degrees = False
    for chunk in re.split(r"[\s,;()\"]+", plain(name)):
        joined = chunk.replace(".", "")
        if not joined:
            continue
        if found and joined in TITLES_AFTER and ("." in chunk or degrees or "," in name):
            degrees = True
            continue
        found.extend(part for part in _SEPARATORS.split(chunk) if part)
    return found


@lru_cache(maxsize=WORDS_KEPT)
def fold(word: str, *, ending: bool = True) -> str:
    """Return how a word sounds; without `ending` more letters may follow and a last h is kept."""
    sound = word
    for written, heard in _SOUNDS:
        sound = sound.replace(written, heard)
    sound = ("j" + sound[1:] if sound.startswith("z") else sound).replace("z", "s")
    sound = _DOUBLED.sub(r"\1", _GLIDE.sub("u", sound))
    return (
        sound[:-1] if ending and len(sound) >= REST_LETTERS_MIN and sound.endswith("h") else sound
    )


@lru_cache(maxsize=WORDS_KEPT)
def canonical(word: str) -> str:
    """Return the one word for all spellings of a name: the fold of its agreed spelling."""
    return fold(_AGREED.get(word) or _AGREED.get(fold(word), word))


def key(name: str, *, typing: bool = False) -> str:
    """Return the name as it is ordered: its canonical words; `typing`: the last may still grow."""
    given = words(name)
    if not given:
        return ""
    *before, last = given
    grown = fold(last, ending=False) if typing and last not in _AGREED else canonical(last)
    return " ".join([*map(canonical, before), grown])


def tokens(name: str) -> tuple[str, ...]:
    """Return every word by which a name is found: as written, as it sounds, joined and apart."""
    given = words(name)
    found: dict[str, None] = {}
    for word in given:
        found.update(dict.fromkeys(_tokens_of(word)))
    for first, second in pairwise(given):
        stem = _AGREED.get(first, first)
        if stem in JOINED:
            found[fold(stem + canonical(second))] = None
            if stem == "abdul":  # Abdul Rahman is also Abdurrahman: the l becomes the next letter
                found[fold("abdu" + canonical(second))] = None
    if given and given[0] in INITIALS:
        found.update(dict.fromkeys(INITIALS[given[0]]))
    return tuple(found)


@lru_cache(maxsize=WORDS_KEPT)
def _tokens_of(word: str) -> tuple[str, ...]:
    found = [word, fold(word), canonical(word), *_with_c(word)]
    for stem in JOINED:
        rest = word[len(stem) :]
        if word.startswith(stem) and len(rest) >= REST_LETTERS_MIN:
            found += [stem, canonical(rest)]
    if word.startswith("abdu") and not word.startswith("abdul") and len(word) >= ABDUR_LETTERS_MIN:
        found += ["abdul", canonical(word[5:] if word[4] == word[5] else word[4:])]
    return tuple(dict.fromkeys(found))


def _with_c(word: str, *, ending: bool = True) -> tuple[str, ...]:
    """Chairul is Khairul, which the fold knows, but Chandra is Candra."""
    return (fold("c" + word[2:], ending=ending),) if word.startswith("ch") else ()


def _turned(word: str) -> tuple[str, ...]:
    """Ask for Suryana as Surjana, too, and the other way: a y was written j before 1972."""
    if len(word) < TURNED_LETTERS_MIN:
        return ()
    turned = _OLD_Y.sub("y", word) if _OLD_Y.search(word) else word.replace("y", "j")
    return () if turned == word else (fold(turned, ending=False),)


@lru_cache(maxsize=1024)
def terms(word: str) -> tuple[Term, ...]:
    """Return the ways in which an asked word, perhaps not yet typed to its end, is indexed."""
    heard = (fold(word, ending=False), *_with_c(word, ending=False), *_turned(word))
    begun = tuple(dict.fromkeys((word, *heard)))
    whole = {canonical(word)}
    if len(word) >= AGREED_LETTERS_MIN:
        whole |= {fold(name) for spelling, name in _AGREED.items() if spelling.startswith(word)}
    return (
        *(Term(text, prefix=True) for text in begun),
        *(Term(text, prefix=False) for text in sorted(whole) if not text.startswith(begun)),
    )


def same(one: str, other: str) -> bool:
    """Say whether two names are one name spelled in two ways."""
    return key(one) == key(other) and bool(key(one) or plain(one) == plain(other))
