"""Gives labels their Alt letters, each letter once; the first free letter of a label is its own."""

from collections.abc import Iterable


def marked(labels: Iterable[str], taken: str = "") -> list[str]:
    """Put `&` before one letter of each label; a label whose letters are all taken gets none."""
    used = set(taken.casefold())
    found = []
    for label in labels:
        place = _place(label, used)
        safe = label.replace("&", "&&")
        if place is None:
            found.append(safe)
            continue
        used.add(label[place].casefold())
        before, after = label[:place].replace("&", "&&"), label[place:].replace("&", "&&")
        found.append(f"{before}&{after}")
    return found


def _place(label: str, used: set[str]) -> int | None:
    free = [
        place
        for place, letter in enumerate(label)
        if letter.isascii() and letter.isalnum() and letter.casefold() not in used
    ]
    beginnings = [place for place in free if place == 0 or label[place - 1] == " "]
    return next(iter(beginnings or free), None)
