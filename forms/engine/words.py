"""Words by code, from `resources/words/<language>/*.toml`; nothing else in the house has sentences.

A file holds tables (areas) of `code = "sentence with {fact}"`. `say("nik_length")` looks in the
area `problem` of all files first, then in the others; `say("state.void")` names the area. What a
form file says itself (titles, labels, choices) is put into another language by `worded`.

Papers, what is kept and the command line speak the official language. Only who draws a screen for
somebody speaks theirs: a thread that was told so, or while `speaking`. No other thread follows.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from tomllib import loads
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

WORDS = Path(__file__).parents[2] / "resources" / "words"
FORMS = Path(__file__).parents[1]
OFFICIAL = "id"
LANGUAGES = (OFFICIAL, "en")
_MANY = " || "  # between what is said of one and of any other `count`
_FORM_FACTS = frozenset({"message"})  # facts that a form file's author wrote

_spoken: ContextVar[str] = ContextVar("spoken", default=OFFICIAL)


class _Facts(dict[str, object]):
    """Leaves a fact that nobody gave as its name in braces, so a sentence never fails."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def language() -> str:
    """Tell which language is spoken here and now."""
    return _spoken.get()


def known(language: str | None) -> str:
    """Give a language that there is; the official one for any other."""
    return language if language in LANGUAGES else OFFICIAL


def speak(language: str) -> None:
    """Speak a language in this thread from now on."""
    _spoken.set(known(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for as long as this lasts, in this thread alone."""
    before = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(before)


def carried(work: Callable[P, T]) -> Callable[P, T]:
    """Let work that another thread does for a screen speak as it is spoken here."""
    spoken = _spoken.get()

    def done(*given: P.args, **named: P.kwargs) -> T:
        with speaking(spoken):
            return work(*given, **named)

    return done


# Over whatever makes a paper or words that are kept: `@official`, whoever asks for it.
official = speaking(OFFICIAL)


def say(code: str, /, **facts: object) -> str:
    """Say a code in the spoken language; a code without words shows itself."""
    sentence = _sentence(code)
    if sentence is None:
        return code
    one, _, many = sentence.partition(_MANY)
    if many:  # languages that tell one from many say both
        sentence = one if str(facts.get("count")) == "1" else many
    if "{" not in sentence:
        return sentence
    told = {key: worded(str(facts[key])) for key in _FORM_FACTS & facts.keys()}
    return sentence.format_map(_Facts({**facts, **told}))


def label(area: str, code: str) -> str:
    """Name a state, action, role or the like; without words the bare code is the name."""
    return _sentence(f"{area}.{code}") or code


def has(code: str) -> bool:
    """Tell whether a code has words."""
    return code in texts(OFFICIAL)


def worded(text: str) -> str:
    """Put a form file's own text into the spoken language; one without words stays as it is."""
    spoken = _spoken.get()
    return text if spoken == OFFICIAL else of_forms(spoken).get(text, text)


def _sentence(code: str) -> str | None:
    """Find a sentence; what another language lacks is said in the official one."""
    return texts(_spoken.get()).get(code) or texts(OFFICIAL).get(code)


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


@lru_cache
def of_forms(language: str, root: Path = FORMS) -> Mapping[str, str]:
    """Map what form files say to the same in a language.

    `forms/shared/<language>/*.toml` has what several forms say, `<language>.toml` in a form's
    folder what only that one does; a text has one meaning in all forms.
    """
    found: dict[str, str] = {}
    for path in files_of_forms(language, root):
        found |= loads(path.read_text("utf-8"))
    return found


def files_of_forms(language: str, root: Path = FORMS) -> list[Path]:
    """List the files with what form files say in a language."""
    shared = (root / "shared" / language).glob("*.toml")
    return [*sorted(shared), *sorted(root.glob(f"*/*/{language}.toml"))]
