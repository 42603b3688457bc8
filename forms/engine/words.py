"""Words by code, from `resources/words/<language>/*.toml`; nothing else in the house has sentences.

A file holds tables (areas) of `code = "sentence with {fact}"`. `say("nik_length")` looks in the
area `problem` of all files first, then in the others; `say("state.void")` names the area.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from tomllib import loads

WORDS = Path(__file__).parents[2] / "resources" / "words"
LANGUAGE = "id"


class _Facts(dict[str, object]):
    """Leaves a fact that nobody gave as its name in braces, so a sentence never fails."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def say(code: str, /, **facts: object) -> str:
    """Say a code in the operator's language; a code without words shows itself."""
    sentence = texts(LANGUAGE).get(code)
    if sentence is None:
        return code
    return sentence.format_map(_Facts(facts)) if "{" in sentence else sentence


def label(area: str, code: str) -> str:
    """Name a state, action, role or the like; without words the bare code is the name."""
    return texts(LANGUAGE).get(f"{area}.{code}", code)


@lru_cache
def texts(language: str) -> Mapping[str, str]:
    """Map every code, bare and as `area.code`, to its sentence."""
    areas = [
        (area, sentences)
        for path in sorted((WORDS / language).glob("*.toml"))
        for area, sentences in loads(path.read_text("utf-8")).items()
    ]
    found: dict[str, str] = {}
    for area, sentences in sorted(areas, key=lambda entry: entry[0] != "problem"):
        for code, sentence in sentences.items():
            found[f"{area}.{code}"] = sentence
            found.setdefault(code, sentence)
    return found
