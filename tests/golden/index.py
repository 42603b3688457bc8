"""The golden batches on disk: one file each, and what must become of each in `batches.json`.

TERAS_PIN=1 makes all of them anew: they name each other, so none is exchanged alone.
"""

import os
from functools import cache
from pathlib import Path

import msgspec

from tests.golden.bad import Bad, bad
from tests.golden.taken import Good, Verdicts, story

FOLDER = Path(__file__).parent / "batches"
INDEX = "batches.json"
SUFFIX = ".trs"


class Told(msgspec.Struct, frozen=True):
    """Of one batch that is taken."""

    name: str
    shows: str
    verdicts: Verdicts


class Index(msgspec.Struct, frozen=True):
    """What must become of each file: `taken` in this order, then `refused`, by code."""

    taken: list[Told]
    refused: dict[str, str]


def made() -> tuple[list[Good], list[Bad]]:
    """Make the whole set, with chance of its own."""
    told = story()
    return told.told, bad(told)


@cache
def index() -> Index:
    """Read the index; with TERAS_PIN=1 make the set first."""
    if os.environ.get("TERAS_PIN") == "1":
        _pin(*made())
    return msgspec.json.decode((FOLDER / INDEX).read_bytes(), type=Index)


def pinned(kind: str, name: str) -> bytes:
    """Read one envelope; `kind` is taken or refused."""
    return (FOLDER / kind / (name + SUFFIX)).read_bytes()


def _pin(good: list[Good], spoiled: list[Bad]) -> None:
    for kind in ("taken", "refused"):
        (FOLDER / kind).mkdir(parents=True, exist_ok=True)
        for path in (FOLDER / kind).iterdir():
            path.unlink()
    for one in good:
        (FOLDER / "taken" / (one.name + SUFFIX)).write_bytes(one.envelope)
    for other in spoiled:
        (FOLDER / "refused" / (other.name + SUFFIX)).write_bytes(other.envelope)
    told = Index(
        [Told(one.name, one.shows, one.verdicts) for one in good],
        {one.name: one.code for one in spoiled},
    )
    plain = msgspec.json.format(msgspec.json.encode(told), indent=1)
    (FOLDER / INDEX).write_bytes(plain + b"\n")
