"""The typesetter among other programs: threads, disk, layouts of former years."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from forms.engine.problem import Refused
from forms.paper import letter, press
from forms.paper.letter import Paper

Compose = Callable[..., tuple[Paper, dict[str, str]]]


def test_letters_set_by_several_threads_are_those_set_by_one(compose: Compose) -> None:
    papers = [compose(number=f"{number}") for number in range(6)]

    def printed(pair: tuple[Paper, dict[str, str]]) -> bytes:
        return letter.render(*pair, logo=None, qr=None, mark=None)

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(printed, papers))

    assert together == [printed(pair) for pair in papers]


def test_a_layout_that_this_version_does_not_have_is_refused(compose: Compose) -> None:
    paper, texts = compose()

    with pytest.raises(Refused) as refused:
        letter.render(
            msgspec.structs.replace(paper, layout=999), texts, logo=None, qr=None, mark=None
        )

    assert refused.value.problems[0].code == "paper_layout_unknown"


def test_warming_needs_nothing_and_may_be_repeated() -> None:
    letter.warm()
    letter.warm()


def test_nothing_is_written_while_a_letter_is_set(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = _state(press.LAYOUTS)

    letter.render(*compose(), logo=None, qr="TRS1:ABC", mark=None)

    assert list(tmp_path.iterdir()) == []
    assert _state(press.LAYOUTS) == before


def test_another_process_sets_the_same_bytes() -> None:
    program = (
        "import hashlib; from forms.paper import press;"
        "source = '#set document(date: datetime(year: 2026, month: 1, day: 1))\\n"
        '#set text(font: "Liberation Sans")\\nSurat *keterangan*\';'
        "print(hashlib.sha256(press.press(source, press.LATEST, {}, None)[0]).hexdigest())"
    )
    house = Path(__file__).parents[3]
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=house,
            env=os.environ | {"TZ": zone, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone, seed in (("UTC", "1"), ("Asia/Makassar", "2"))
    ]

    assert runs[0] == runs[1]
    assert len(runs[0].strip()) == hashlib.sha256().digest_size * 2


def _state(folder: Path) -> list[tuple[str, int, int]]:
    return sorted(
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    )
