"""The quick reader gives what the standard library gives, or leaves the text to it."""

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forms.engine import plain_toml
from forms.engine.catalogue import FORMS

FILES = sorted(FORMS.rglob("*.toml"))
# Pieces of TOML, right and wrong; put together at random they are mostly wrong.
PIECES = (
    "a",
    "b",
    "a.b",
    '"a"',
    "'a'",
    "1",
    "01",
    "-1",
    "1_0",
    "1.5",
    "1e5",
    "0x1",
    "true",
    "truer",
    "inf",
    "2026-01-01",
    "07:30",
    "=",
    " = ",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    ", ",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    "#",
    "# c\n",
    '"',
    "'",
    '"\\n"',
    '"""',
    "\\",
    "[a]\n",
    "[[a]]\n",
    "[a.b]\n",
    "[[a.b]]\n",
    "a = 1\n",
    "b = [1, 2]\n",
    'a = ["x",]\n',
    "a = {b = 1}\n",
    "b = {}\n",
    "a = []\n",
    "é",
    "\x00",
    'b = [\n  { a = "x" },\n]\n',
    "a = {b = 1, b = 2}\n",
    "9" * 20,
    "99999999999999999999 = 1\n",
)


def _read(read: Any, text: str) -> Any:
    """What a reader makes of a text; None where it refuses it."""
    try:
        return read(text)
    except tomllib.TOMLDecodeError:
        return None


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_file_of_a_form_is_read_alike(path: Path) -> None:
    text = path.read_text("utf-8")

    assert plain_toml.loads(text) == tomllib.loads(text)


def test_almost_all_form_files_are_read_the_quick_way() -> None:
    read = [path for path in FILES if path.parent.name != "en" and path.name != "en.toml"]
    slow = 0
    for path in read:
        try:
            plain_toml._plain(path.read_text("utf-8"))
        except plain_toml._NotPlain:
            slow += 1

    assert slow * 20 < len(read)  # what another language says is read when it is spoken


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a = [" + "x" * 20_000,
        "a = [" + "[1]," * 20_000,
        "a = [" + "{b = [1, 2]}," * 20_000 + '"',
        "a = {" + "b = [1]," * 20_000,
        "a = [" + '"x",' * 20_000 + "z]",
        "a = " + "1" * 20_000,
    ],
    ids=lambda text: text[:16],
)
def test_what_is_no_toml_is_refused_however_long(text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        plain_toml.loads(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("[a]\nb = 1\n[a]\n")
@example("a = {b = 1}\n[a.c]\n")
@example("[[a]]\n[a]\n")
@example("a = []\n[[a]]\n")
@example("[a.b]\n[a]\nb = 1\n")
@example("a = [,]")
@example("a = [1,,]")
@example("a = {b = 1,}")
@example("a = 1 b = 2\n")
@example("a = [1]]\n")
@example('a = ["\\u0041"]')
@example("a = [{b = 1}, {c = [2, 3]}]")
def test_any_text_is_read_alike_or_refused_alike(text: str) -> None:
    assert _read(plain_toml.loads, text) == _read(tomllib.loads, text)


@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_a_form_file_with_a_slip_is_read_alike_or_refused_alike(
    path: Path, chance: random.Random
) -> None:
    text = path.read_text("utf-8")[:1_500]
    at = chance.randrange(len(text) + 1)
    slip = chance.choice(PIECES)
    text = text[:at] + slip + text[at + chance.randrange(3) :]

    assert _read(plain_toml.loads, text) == _read(tomllib.loads, text)
