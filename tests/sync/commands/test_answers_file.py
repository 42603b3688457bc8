from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.commands import answers_file


def _refused(name: str) -> str:
    with pytest.raises(Refused) as refused:
        answers_file.read_one(name)
    return refused.value.problems[0].code


def test_one_object_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"nama": "SITI", "rt": null}')

    assert answers_file.read_one(str(path)) == {"nama": "SITI", "rt": None}


@pytest.mark.parametrize("text", ["", "[]", "{", '"a"', '{"a": 1} {"b": 2}', "[" * 100_000])
def test_what_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, "utf-8")

    assert _refused(str(path)) == "answers_malformed"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"a": "\xff"}')

    assert _refused(str(path)) == "answers_malformed"


def test_a_flood_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_file, "TEXT_BYTES_MAX", 10)
    path = tmp_path / "a.json"
    path.write_text('{"a": "bbbbbbbbb"}', "utf-8")

    assert _refused(str(path)) == "line_too_long"


def test_lines_are_counted_with_the_empty_ones_and_a_bad_one_holds_up_nothing(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n\n{"a": \n{"a": 2}', "utf-8")

    lines = list(answers_file.read_many(str(path)))

    assert [(line.number, line.raw) for line in lines] == [(1, {"a": 1}), (3, None), (4, {"a": 2})]
    assert lines[1].refused is not None


def test_a_line_without_end_is_skipped_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_file, "TEXT_BYTES_MAX", 10)
    path = tmp_path / "a.jsonl"
    path.write_text("x" * 95 + '\n{"a": 2}\n', "utf-8")

    first, second = answers_file.read_many(str(path))

    assert first.refused is not None
    assert first.refused.problems[0].code == "line_too_long"
    assert (second.number, second.raw) == (2, {"a": 2})


def test_only_a_jsonl_file_has_many() -> None:
    assert answers_file.is_many("x.jsonl")
    assert not answers_file.is_many("x.json")
    assert not answers_file.is_many("-")
