"""The national code lists (religion, occupation, ...): `forms/shared/codes/<name>.toml`, read once.

What is stored is the code as text; a list that changed its codes names the code that each old one
has become, so what is stored always means the same.
"""

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec

from forms.engine.problem import FormFiles, Problem

CODES = Path(__file__).parents[1] / "shared" / "codes"
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value that may be chosen; `printed` is what a document shows, by default the label."""

    value: str
    label: str
    printed: str = ""

    def __post_init__(self) -> None:
        if not self.printed:
            msgspec.structs.force_setattr(self, "printed", self.label)


class CodeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One list as its file has it, by code in the list's order."""

    title: str
    source: str
    labels: dict[str, str]
    version: int = 1
    valid_from: dt.date | None = None
    successor: str = ""
    printed: dict[str, str] = msgspec.field(default_factory=dict)
    becomes: dict[str, str] = msgspec.field(default_factory=dict)
    aliases: dict[str, list[str]] = msgspec.field(default_factory=dict)


@lru_cache
def exists(name: str) -> bool:
    """Tell whether there is a list of this name."""
    return bool(NAME.fullmatch(name)) and (CODES / f"{name}.toml").is_file()


@lru_cache
def load(name: str) -> CodeList:
    """Read one list; FormFiles where the file is missing or wrong."""
    path = CODES / f"{name}.toml"
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=CodeList)
    except (OSError, msgspec.MsgspecError) as error:
        facts = {"file": f"shared/codes/{path.name}", "reason": str(error)}
        raise FormFiles(Problem("code_list", facts=facts)) from None
    strays = (
        found.printed.keys() | found.becomes.keys() | found.aliases.keys()
    ) - found.labels.keys()
    if strays:
        facts = {"file": f"shared/codes/{path.name}", "reason": ", ".join(sorted(strays))}
        raise FormFiles(Problem("code_list", facts=facts))
    return found


@lru_cache
def values(name: str) -> tuple[Choice, ...]:
    """List the choices of a code list in its order."""
    found = load(name)
    return tuple(
        Choice(code, label, found.printed.get(code, label)) for code, label in found.labels.items()
    )


def find(name: str, text: str) -> str | None:
    """Find the present code for a code, label or known spelling; None where nothing fits."""
    return _index(name).get(plain(text))


def plain(text: str) -> str:
    """Reduce a text to what counts in comparing: letters, digits and signs, without their case."""
    return re.sub(r"\s*([/,.()-])\s*", r"\1", " ".join(text.split())).upper()


@lru_cache
def _index(name: str) -> Mapping[str, str]:
    found = load(name)
    index: dict[str, str] = {}
    for code, label in found.labels.items():
        meant = found.becomes.get(code, code)
        spellings = [code, label, found.printed.get(code, label), *found.aliases.get(code, ())]
        for spelling in spellings:
            index.setdefault(plain(spelling), meant)
    return index
