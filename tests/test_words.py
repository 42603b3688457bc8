"""Every problem that is raised has words, and every sentence about a problem is raised."""

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from tomllib import loads

from tests.sources import HOUSE, trees

WORDS = HOUSE / "resources" / "words" / "id"
# Calls whose first argument is a problem's code, by the name of what is called.
RAISERS = {"Problem", "RuleError", "Locked", "Unreachable"}


def _tables() -> Iterator[tuple[str, str, dict[str, str]]]:
    for path in sorted(WORDS.glob("*.toml")):
        for area, sentences in loads(path.read_text("utf-8")).items():
            yield path.name, area, sentences


def _problems() -> Counter[str]:
    return Counter(
        code for _, area, sentences in _tables() if area == "problem" for code in sentences
    )


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts that an argument may be: itself, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _first(node: ast.Call, names: set[str]) -> list[str]:
    return list(_texts(node.args[0])) if node.args and _called(node) in names else []


def test_every_problem_that_is_raised_has_words() -> None:
    known = _problems()
    wordless = {
        f"{path}:{node.lineno}: {code}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for code in _first(node, RAISERS)
        if code not in known
    }

    assert "\n".join(sorted(wordless)) == ""


def test_everything_that_is_said_has_words() -> None:
    known = {
        code for _, area, words in _tables() for code in (*words, *(f"{area}.{w}" for w in words))
    }
    wordless = {
        f"{path}:{node.lineno}: {code}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for code in _first(node, {"say"})
        if code not in known
    }

    assert "\n".join(sorted(wordless)) == ""


def test_every_sentence_about_a_problem_is_raised_somewhere() -> None:
    spoken, patterns = _spoken()
    idle = {
        code
        for code in _problems()
        if code not in spoken and not any(pattern.fullmatch(code) for pattern in patterns)
    }

    assert "\n".join(sorted(idle)) == ""


def test_a_problem_has_one_sentence_only() -> None:
    assert [code for code, count in _problems().items() if count > 1] == []


def test_every_sentence_is_one_that_facts_can_fill() -> None:
    broken = []
    for file, area, sentences in _tables():
        for code, sentence in sentences.items():
            try:
                list(string.Formatter().parse(sentence))
            except ValueError as error:
                broken.append(f"{file}: {area}.{code}: {error}")

    assert broken == []


def _spoken() -> tuple[set[str], list[re.Pattern[str]]]:
    """All texts of source and form files, and the patterns of texts that are put together."""
    spoken: set[str] = set()
    patterns = []
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                spoken.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                    for part in node.values
                )
                # A pattern that begins or ends with a code's own word; else it would excuse all.
                if re.match(r"[a-z]{2,}_|\\w\+_[a-z]{2,}", pattern):
                    patterns.append(re.compile(pattern))
    for path in (HOUSE / "forms").rglob("*.toml"):
        spoken |= set(re.findall(r'"([a-z0-9_]+)"', path.read_text("utf-8")))
    # The name of an exception stands for its code where it carries none.
    spoken |= {"locked", "unreachable"}
    return spoken, patterns
