"""The house's Python as trees, read once for all tests that look into it."""

import ast
from functools import lru_cache
from pathlib import Path

HOUSE = Path(__file__).parents[1]
ROOMS = ("desktop", "sync", "forms", "migrations")


@lru_cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Give every source file but tests and benches: its path in the house, and its tree."""
    paths = [
        HOUSE / "main.py",
        *(path for room in ROOMS for path in (HOUSE / room).rglob("*.py")),
    ]
    return tuple(
        (path.relative_to(HOUSE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths
    )
