"""Finds an option by what a clerk types: its code, its beginning, the beginning of a word in it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer: its value, its words, and the short code that may be typed for it."""

    value: str
    label: str
    code: str = ""


def numbered(choices: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    """Give every choice the number by which it can be typed: its national code, or its place."""
    pairs = tuple(choices)
    coded = all(value.isdecimal() for value, _ in pairs)
    return tuple(
        Option(value, label, value if coded else str(place))
        for place, (value, label) in enumerate(pairs, 1)
    )


def ranked(text: str, options: Sequence[Option], limit: int) -> list[Option]:
    """List the options that `text` may mean, the likeliest first; all of them for an empty text."""
    typed = _fold(text)
    if not typed:
        return list(options[:limit])
    graded = [(_grade(typed, option), at) for at, option in enumerate(options)]
    found = sorted((grade, at) for grade, at in graded if grade is not None)
    return [options[at] for _, at in found[:limit]]


def meant(text: str, options: Sequence[Option]) -> Option | None:
    """Give the option that `text` says; None for no match, or where several begin like it."""
    typed = _fold(text)
    if not typed:
        return None
    exact = [o for o in options if typed in (_fold(o.code), _fold(o.label), _fold(o.value))]
    if exact:
        return exact[0]
    begins = [o for o in options if _fold(o.label).startswith(typed)]
    return begins[0] if len(begins) == 1 else None


def _grade(typed: str, option: Option) -> int | None:
    label = _fold(option.label)
    if typed in (_fold(option.code), label, _fold(option.value)):
        return 0
    if label.startswith(typed):
        return 1
    if any(word.startswith(typed) for word in label.replace("/", " ").split()):
        return 2
    if option.code.startswith(typed) or _fold(option.value).startswith(typed):
        return 3
    return 4 if typed in label else None


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
