"""The house rules that no linter knows: sizes, names, marks of unfinished work, places."""

import ast
import csv
import os
import re
from functools import lru_cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
TOP = {
    "desktop", "sync", "forms", "resources", "migrations", "tests", "bench", "docs",
    "main.py", "pyproject.toml",
    "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "uv.lock",
    "justfile", "run", "run.cmd", "check", ".ci", ".gitignore",
}  # fmt: skip
SOUGHT = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Attribute)  # by the tests below
CODE = ("desktop", "sync", "forms", "migrations", "bench", "tests")
FILE_LINES_MAX = 400
TEST_LINES_MAX = 500
CLASS_LINES_MAX = 250
FUNCTION_LINES_MAX = 60
MAIN_LINES_MAX = 60
BANNED = {"manager", "managers", "helper", "helpers", "util", "utils", "common", "misc"}
# Spelt apart, so that this file may stand among those that it reads.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")
# Areas whose name is an ordinary word as well, a flower, a pot, a thing: alone it names no place.
ORDINARY = {
    "Babakan", "Benda", "Gondrong", "Kenanga", "Keroncong", "Ketapang", "Larangan", "Pasar Baru",
    "Periuk", "Petir", "Pinang", "Tanah Tinggi",
}  # fmt: skip
TEXT_ENDINGS = {".py", ".toml", ".typ", ".md", ".csv", ".json", ".qss", ".mako", ".ini", ""}


@lru_cache
def _kept() -> tuple[Path, ...]:
    """Every file that belongs to the project; what .gitignore names is the machine's."""
    ignored = {line.rstrip("/") for line in (HOUSE / ".gitignore").read_text("utf-8").split()} | {
        ".git"
    }
    found = []
    for folder, below, names in os.walk(HOUSE):
        below[:] = [name for name in below if name not in ignored]
        found += [Path(folder, name) for name in names if name not in ignored]
    return tuple(found)


def _code() -> list[Path]:
    return [
        path
        for path in _kept()
        if path.suffix == ".py" and path.relative_to(HOUSE).parts[0] in {*CODE, "main.py"}
    ]


def _name(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


@lru_cache
def _nodes() -> tuple[tuple[Path, ast.AST], ...]:
    return tuple(
        (path, node)
        for path in _code()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, SOUGHT)
    )


def _long(kinds: tuple[type[ast.AST], ...], most: int) -> list[str]:
    found = []
    for path, node in _nodes():
        if isinstance(node, kinds):
            lines = node.end_lineno - node.lineno + 1  # type: ignore[attr-defined] # both kinds have lines
            if lines > most:
                found.append(f"{_name(path)}:{node.name} has {lines} lines")  # type: ignore[attr-defined] # and names
    return found


def test_the_top_level_is_the_one_of_the_design() -> None:
    assert {path.relative_to(HOUSE).parts[0] for path in _kept()} <= TOP


def test_a_file_reads_in_one_sitting() -> None:
    long = [
        f"{_name(path)} has {lines} lines"
        for path in _code()
        if (lines := _lines(path))
        > (TEST_LINES_MAX if _name(path).startswith("tests/") else FILE_LINES_MAX)
    ]

    assert long == []


def test_a_class_has_no_more_than_250_lines() -> None:
    assert _long((ast.ClassDef,), CLASS_LINES_MAX) == []


def test_a_function_has_no_more_than_60_lines() -> None:
    assert _long((ast.FunctionDef, ast.AsyncFunctionDef), FUNCTION_LINES_MAX) == []


def test_the_front_door_stays_short() -> None:
    assert _lines(HOUSE / "main.py") < MAIN_LINES_MAX


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = [
        _name(path)
        for path in _code()
        if BANNED & set(re.split(r"[_/.]", path.relative_to(HOUSE).with_suffix("").as_posix()))
    ]

    assert drawers == []


def test_nothing_spins_the_event_loop_by_hand() -> None:
    spinning = [
        f"{_name(path)}:{node.lineno}"
        for path, node in _nodes()
        if isinstance(node, ast.Attribute) and node.attr == "processEvents"
    ]

    assert spinning == []


def test_nothing_is_marked_as_unfinished() -> None:
    marked = [
        f"{_name(path)}:{number}"
        for path in _readable()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    assert marked == []


def test_no_real_place_is_named_outside_the_regions() -> None:
    places = _places()
    if not places:
        pytest.fail("resources/regions has no table of areas, so this test would prove nothing")
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(places))) + r")\b")
    named = [
        f"{_name(path)}:{number}: {found.group()}"
        for path in _readable()
        if not _may_name_places(path)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if (found := pattern.search(line))
    ]

    assert named == []


def _readable() -> list[Path]:
    return [
        path
        for path in _kept()
        if path.suffix in TEXT_ENDINGS
        and not _name(path).startswith(("resources/third_party/", "uv.lock"))
    ]


def _may_name_places(path: Path) -> bool:
    # Documents may say for whom this was made first; regions are where places live.
    return _name(path).startswith(("resources/regions/", "docs/")) or path.suffix in {".md", ""}


def _places() -> set[str]:
    """Full names of areas that can mean nothing but the place."""
    found = set()
    for table in (HOUSE / "resources" / "regions").glob("kota_tangerang/wilayah.csv"):
        for row in csv.DictReader(table.read_text("utf-8").splitlines()):
            found |= {row["nama"], row["nama"].removeprefix("Kota ")}
    return found - ORDINARY
