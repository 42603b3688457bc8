"""What forms ask and say is there in every language, so that every form can be used in it.

What is printed stays official: letters' titles, what a choice prints, regions' own terms.
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tomllib import loads
from typing import Any

import pytest

from forms.engine import catalogue, words
from forms.engine.kinds.choice import options
from forms.engine.spec import Field
from forms.engine.words import speaking, worded

FORMS = catalogue.FORMS
OTHERS = [name for name in words.LANGUAGES if name != words.OFFICIAL]
SAID = ("label", "hint", "message", "means", "unit")

# What needs no other words, and why.
SAME = {
    "a blood group": {"A", "B", "AB", "O", "A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"},
    "what SIAK itself says in English": {
        "Card Issued", "Card Printed", "Card Shipped", "Print Ready Record",
        "Sent for Card Printing",
    },
    "the name of a document or number": {
        "NIK", "NIP", "NISN/NIS", "KTP-el", "RT", "RW", "Kartu Indonesia Sehat (KIS)",
    },
    "an office as the law calls it": {"Kelurahan", "Puskesmas"},
    "a word of both languages": {
        "Administrator", "Bank", "Chef", "Diploma I/II", "Gas", "Hindu", "Islam", "Laptop",
        "Operator", "Pilot", "Status",
    },
}  # fmt: skip
ALIKE = {text for texts in SAME.values() for text in texts}


@lru_cache
def said() -> dict[str, str]:
    """Every text that a person may read of a form, with the file that says it."""
    found: dict[str, str] = {}
    for path in sorted(FORMS.rglob("*.toml")):
        place = path.relative_to(FORMS).as_posix()
        if path.name != "examples.toml" and not {path.stem, path.parent.name} & set(OTHERS):
            for text in _texts(path, loads(path.read_text("utf-8"))):
                found.setdefault(text, place)
    return found


def _texts(path: Path, data: dict[str, Any]) -> Iterator[str]:
    if path.name == "checklist.toml":
        yield from (str(text) for text in data.values())
    elif path.parent.name == "codes":
        yield from (str(text) for text in data["labels"].values())
    elif path.name == "form.toml":
        yield data["title"]
        yield from (section["title"] for section in data.get("section", ()))
    yield from _read(data)


def _read(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _read(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key in SAID and isinstance(part, str) and part:
                yield part
            else:
                yield from _read(part)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_every_form_is_said_in_every_language(language: str) -> None:
    known = words.of_forms(language)
    lacking = [
        f"{place}: {text}"
        for text, place in said().items()
        if text not in known and text not in ALIKE
    ]

    assert "\n".join(lacking) == ""


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_said_in_another_language_that_no_form_says(language: str) -> None:
    assert [text for text in words.of_forms(language) if text not in said()] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_one_meaning_in_a_language_in_one_file(language: str) -> None:
    files = words.files_of_forms(language)
    count = Counter(text for path in files for text in loads(path.read_text("utf-8")))

    assert [text for text, times in count.items() if times > 1] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_form_says_in_its_own_folder_what_it_alone_says(language: str) -> None:
    folders = {path.parent for path in words.files_of_forms(language)}
    strange = [
        f"{folder.name}: {text}"
        for folder in sorted(folders)
        if (folder / "form.toml").exists()
        for text in loads((folder / f"{language}.toml").read_text("utf-8"))
        if text not in _texts_of(folder / "form.toml")
    ]

    assert "\n".join(strange) == ""


def _texts_of(path: Path) -> set[str]:
    return set(_texts(path, loads(path.read_text("utf-8"))))


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_empty_or_left_as_it_was(language: str) -> None:
    left = [
        text
        for text, other in words.of_forms(language).items()
        if not other.strip() or (text == other and text not in ALIKE)
    ]

    assert left == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_differs_in_a_form_differs_in_every_language(language: str) -> None:
    """Two choices, or two questions of one section, are never called the same."""
    alike = []
    with speaking(language):
        for form in catalogue.load().forms.values():
            for section in form.sections:
                alike += _doubled(form.code, [field.label for field in section.fields])
            for field in _with_columns(form.fields.values()):
                alike += _doubled(f"{form.code}/{field.key}", _choices(field))

    assert alike == []


def _with_columns(fields: Any) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from field.column


def _choices(field: Field) -> list[str]:
    return [one.label for one in options(field)] if "choice" in field.kind else []


def _doubled(place: str, texts: list[str]) -> list[str]:
    official = Counter(texts)
    count = Counter(worded(text) for text in official)
    return [f"{place}: {text}" for text, times in count.items() if times > 1]
