"""The regions that this program came with, as far as a first run needs to know them."""

from functools import lru_cache
from pathlib import Path
from tomllib import TOMLDecodeError, loads
from typing import Any

import msgspec

FOLDER = Path(__file__).parents[2] / "resources" / "regions"


class Known(msgspec.Struct, frozen=True):
    """A region by its code; `server` is where its city's server is, "" where the file says none."""

    code: str
    name: str
    accent: str
    server: str


@lru_cache
def known() -> tuple[Known, ...]:
    """List the regions by name; a file that can't be read is left out, the lint names it."""
    found = (_known(path) for path in sorted(FOLDER.glob("*.toml")))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name))


def find(code: str) -> Known | None:
    """Find a region by its code."""
    return next((one for one in known() if one.code == code), None)


def _known(path: Path) -> Known | None:
    try:
        data: dict[str, Any] = loads(path.read_text("utf-8"))
        accent = str(data["colours"]["accent"])
        return Known(str(data["code"]), str(data["name"]), accent, str(data.get("server", "")))
    except (OSError, UnicodeDecodeError, TOMLDecodeError, KeyError, TypeError):
        return None
