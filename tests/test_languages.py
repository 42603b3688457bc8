"""Every word is there in both languages, and no code or page has a sentence of its own."""

import ast
import re
import string
from collections.abc import Iterator
from functools import lru_cache
from tomllib import loads
from typing import TypeAlias

import pytest

from forms.engine import words
from tests.sources import HOUSE, trees

OTHERS = [name for name in words.LANGUAGES if name != words.OFFICIAL]

# Areas that are said in the official language alone, and why.
OFFICIAL_ONLY = {
    "help": "the command line speaks the official language",
    "argument": "the command line speaks the official language",
    "answer": "the command line speaks the official language",
    "qt": "what Qt says in English it says itself",
    "printed": "stands on papers alone",
    "mark": "stands on papers alone",
    "trial": "stands on papers alone",
}
# Single words of other areas that stand on papers alone: amounts in words, days, draft numbers.
ON_PAPER = re.compile(
    r"number\.(\d+|teens|tens|hundreds|one_\w+|group_\d|below_zero|rupiah|provisional)|day\.[1-7]"
)
# What reads the same in both languages, and why.
SAME = {
    "a name": {"Teras", "Bahasa Indonesia", "English", "NIK", "LHP", "RT", "RW", "F4", "A4"},
    "an office as the law calls it": {"Kelurahan", "Kecamatan", "Puskesmas"},
    "the currency": {"rupiah"},
    "the beginning of an address": {"https://…"},
    "a word of both languages": {
        "Administrator", "Auditor", "Disk", "ID", "Laptop", "Menu", "No.", "Printer", "Server",
        "Status", "laptop", "server",
        "April", "November", "September",
        "Apr", "Feb", "Jan", "Jul", "Jun", "Mar", "Nov", "Sep",
    },
}  # fmt: skip
# Sentences that take other facts in another language, since days are written otherwise.
OTHER_FACTS = {"written.day"}

# Calls whose text a person reads: any word in it must come from the words.
SHOWN = {
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QPushButton", "QRadioButton", "addAction",
    "addTab", "announce", "complain", "critical", "getOpenFileName", "getSaveFileName",
    "information", "print", "question", "setAccessibleDescription", "setAccessibleName",
    "setPlaceholderText", "setStatusTip", "setText", "setTitle", "setToolTip", "setWindowTitle",
    "showMessage", "warning_box", "words", "Notice", "Part", "Head",
}  # fmt: skip
# Calls whose text only administrators of programs read, in English: faults, logs, SQL.
UNSEEN = re.compile(r"\w*(Error|Exception|Warning)|debug|info|warning|error|exception|trouble")
# What a file says to who looks after programs, in English.
TOLD_TO_PROGRAMMERS = {"sync/server/metrics.py": "the HELP lines of measures"}
SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]+ [^\n]*[.?!…]")
INDONESIAN = re.compile(r"\b(yang|tidak|belum|sudah|dengan|untuk|dari)\b")
# Of a template: what is put in, styles and comments.
TAKEN_OUT = re.compile(r"\{[{%#].*?[#%}]\}|<style.*?</style>|<!--.*?-->|\$\w+", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*|[A-Z][A-Za-z0-9]*\+\S+")

Words: TypeAlias = dict[str, str]


@lru_cache
def _files(language: str) -> dict[str, Words]:
    return {
        path.name: {
            f"{area}.{code}": sentence
            for area, sentences in loads(path.read_text("utf-8")).items()
            for code, sentence in sentences.items()
        }
        for path in sorted((words.WORDS / language).glob("*.toml"))
    }


def _is_said(code: str) -> bool:
    return code.partition(".")[0] not in OFFICIAL_ONLY and not ON_PAPER.fullmatch(code)


def _facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_said_in_every_language(language: str) -> None:
    theirs = _files(language)
    lacking = [
        f"{file}: {code}"
        for file, ours in _files(words.OFFICIAL).items()
        for code in ours
        if _is_said(code) and code not in theirs.get(file, {})
    ]

    assert "\n".join(lacking) == ""


@pytest.mark.parametrize("language", OTHERS)
def test_no_language_has_words_that_the_official_one_lacks(language: str) -> None:
    ours = _files(words.OFFICIAL)
    strays = [
        f"{file}: {code}"
        for file, theirs in _files(language).items()
        for code in theirs
        if code not in ours.get(file, {})
    ]

    assert "\n".join(strays) == ""


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_takes_the_same_facts_in_every_language(language: str) -> None:
    ours = _files(words.OFFICIAL)
    other = [
        f"{file}: {code}: {sentence}"
        for file, theirs in _files(language).items()
        for code, sentence in theirs.items()
        if code not in OTHER_FACTS and _facts(sentence) != _facts(ours.get(file, {}).get(code, ""))
    ]

    assert "\n".join(other) == ""


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_empty_or_left_as_it_was(language: str) -> None:
    ours = _files(words.OFFICIAL)
    left = [
        f"{file}: {code}: {sentence}"
        for file, theirs in _files(language).items()
        for code, sentence in theirs.items()
        if not sentence.strip() or (sentence == ours[file].get(code) and not _may_be_same(sentence))
    ]

    assert "\n".join(left) == ""


def test_every_word_that_may_stay_the_same_is_one() -> None:
    ours = _files(words.OFFICIAL)
    both = {
        _bare(sentence)
        for language in OTHERS
        for file, theirs in _files(language).items()
        for code, sentence in theirs.items()
        if sentence == ours[file].get(code)
    }

    assert [text for texts in SAME.values() for text in sorted(texts) if text not in both] == []


def _may_be_same(sentence: str) -> bool:
    bare = _bare(sentence)
    return not WORD.search(bare) or any(bare in texts for texts in SAME.values())


def _bare(sentence: str) -> str:
    """Take the facts out of a sentence."""
    return re.sub(r"\{[^}]*\}", "", sentence).strip()


def test_nothing_is_shown_that_does_not_come_from_the_words() -> None:
    found = [
        f"{path}:{call.lineno}: {text}"
        for path, tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _called(call) in SHOWN
        for part in (*call.args, *(keyword.value for keyword in call.keywords))
        for text in _literals(part)
        if WORD.search(text) and not CODE.fullmatch(text)
    ]

    assert "\n".join(found) == ""


def test_no_code_has_a_sentence_in_it() -> None:
    found = [
        f"{path}:{node.lineno}: {node.value}"
        for path, tree in trees()
        for node in _unread(tree)
        if path not in TOLD_TO_PROGRAMMERS
        and isinstance(node.value, str)
        and not CODE.fullmatch(node.value)
        and (SENTENCE.fullmatch(node.value) or INDONESIAN.search(node.value))
    ]

    assert "\n".join(found) == ""


def test_no_page_has_a_word_in_it() -> None:
    found = [
        f"{path.name}: {text}"
        for path in sorted((HOUSE / "resources" / "pages").rglob("*.html"))
        for text in _page_texts(path.read_text("utf-8"))
        if WORD.search(text)
    ]

    assert found == ["frame.html: Teras"] * found.count("frame.html: Teras")


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _literals(node: ast.AST) -> Iterator[str]:
    """The texts of an argument that are shown as they stand, not those that it asks words for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
        yield from _literals(node.right)


def _unread(node: ast.AST) -> Iterator[ast.Constant]:
    """Every text of a source but docstrings and what is said to programmers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Assert | ast.Raise):
            continue
        if isinstance(child, ast.Call) and UNSEEN.fullmatch(_called(child)):
            continue
        if isinstance(child, ast.Constant):
            yield child
        yield from _unread(child)


def _page_texts(page: str) -> Iterator[str]:
    """What stands between the tags of a template, and in the attributes that are read aloud."""
    bare = re.sub(
        r"\{[{%#].*?[#%}]\}|<style.*?</style>|<!--.*?-->|\$\w+", "", page, flags=re.DOTALL
    )
    yield from (text.strip() for text in re.findall(r">([^<]+)<", bare) if text.strip())
    read = r'\b(?:aria-label|alt|title|placeholder|data-broken)="([^"]+)"'
    yield from re.findall(read, bare)
