"""Letters out of turn by the command line, and what explains them."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

LETTER = "letters/surat_keterangan_usaha"


@pytest.fixture
def answers(teras: Any, desk: Path, tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_bytes(msgspec.json.encode(teras("services", "show", LETTER).body["example"]))
    return path


@pytest.fixture
def year(teras: Any, answers: Path) -> str:
    first = teras("record", "new", LETTER, "--answers", answers, "--issue").body
    updated: str = teras("record", "show", first["record"]).body["updated"]
    return updated[:4]


def test_a_letter_is_inserted_with_one_command_and_explained(
    teras: Any, answers: Path, year: str
) -> None:
    said = teras(
        "record", "new", LETTER, "--answers", answers, "--issue",
        "--insert-after", "1", "--reason", "Terlewat",
    )  # fmt: skip

    assert said.body["number"].startswith("0001.1/")
    explained = teras("numbers", "explain", "--series", "surat", "--year", year).body["numbers"]
    assert [number["number"] for number in explained] == list(range(1, len(explained) + 1))
    assert explained[0]["inserted"] == [
        {
            "number": 1,
            "state": "issued",
            "record": said.body["record"],
            "reason": "Terlewat",
            "text": said.body["number"],
        }
    ]
    assert "inserted" not in explained[1]


def test_an_approved_letter_is_inserted_when_it_is_issued(
    teras: Any, answers: Path, year: str
) -> None:
    letter = teras("record", "new", LETTER, "--answers", answers).body["record"]
    for action in ("submit", "approve"):
        teras("record", "move", letter, action)

    bare = teras("record", "move", letter, "issue", "--insert-after", f"1/{year}")
    said = teras(
        "record", "move", letter, "issue", "--insert-after", f"1/{year}", "--reason", "Terlewat"
    )

    assert (bare.status, bare.codes) == (1, ["reason_missing"])
    assert said.body["state"] == "issued"
    assert said.body["number"].startswith("0001.1/")


@pytest.mark.parametrize(
    ("given", "code"),
    [("satu", "insert_shape"), ("1/26", "insert_shape"), ("-1", "insert_shape"),
     ("9", "number_unused"), ("1/1999", "number_unused")],
)  # fmt: skip
def test_a_number_that_nothing_stands_behind_is_refused(
    teras: Any, answers: Path, year: str, given: str, code: str
) -> None:
    said = teras(
        "record", "new", LETTER, "--answers", answers, "--issue",
        f"--insert-after={given}", "--reason", "Terlewat",
    )  # fmt: skip

    assert (said.status, said.codes) == (1, [code])
