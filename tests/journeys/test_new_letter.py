"""A city adds a letter: what the page for authors says is done to a copy of the program, no more.

The day with the new letter is in `new_letter.py`; it runs in the copy, whose server and desks know
the letter by its folder alone.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "penulis-formulir.md"
# Each file's name in bold, then what to write into it.
FILES = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = ("desktop", "forms", "migrations", "resources", "sync", "main.py", "pyproject.toml")
TESTS = (
    "tests/conftest.py",
    "tests/databases.py",
    "tests/cluster.py",
    "tests/desktop/office.py",
    "tests/journeys",
)
PATIENCE_S = 300  # of a machine that does much else; usually it takes fifteen seconds


def test_a_letter_that_is_only_written_down_is_given_at_the_counter(tmp_path: Path) -> None:
    program = tmp_path / "program"
    for name in (*PROGRAM, *TESTS):
        _copy(ROOT / name, program / name)
    for name, text in FILES.findall(PAGE.read_text("utf-8")):
        path = program / "forms" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    day = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/journeys/new_letter.py"],
        cwd=program,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    assert day.returncode == 0, day.stdout


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
