"""Scans by the command line: attached, counted, sent, fetched."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

SERVICE = "letters/surat_keterangan_tidak_mampu"
KEY = "surat_pengantar"
SCAN = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 800


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "pengantar.jpg"
    path.write_bytes(SCAN)
    return path


@pytest.fixture
def letter(teras: Any, desk: Path, tmp_path: Path) -> str:
    answers = teras("services", "show", SERVICE).body["example"]
    path = tmp_path / "answers.json"
    path.write_bytes(msgspec.json.encode(answers))
    record: str = teras("record", "new", SERVICE, "--answers", path).body["record"]
    return record


def test_a_scan_is_attached_and_written_out_again(
    teras: Any, letter: str, scan: Path, tmp_path: Path
) -> None:
    said = teras("record", "attach", letter, KEY, scan)
    out = tmp_path / "out.jpg"

    assert said.status == 0, said.out
    assert said.body["ok"] is True
    assert said.body["attachment"].keys() == {"file", "size", "type"}
    assert said.body["attachment"]["size"] == len(SCAN)
    assert teras("record", "fetch", letter, KEY, out).status == 0
    assert out.read_bytes() == SCAN


def test_a_record_may_begin_with_a_scan(teras: Any, desk: Path, scan: Path, tmp_path: Path) -> None:
    answers = teras("services", "show", SERVICE).body["example"] | {KEY: {"file": str(scan)}}
    path = tmp_path / "answers.json"
    path.write_bytes(msgspec.json.encode(answers))

    record = teras("record", "new", SERVICE, "--answers", path).body["record"]

    shown = teras("record", "show", record).body["answers"][KEY]
    assert (shown["size"], shown["type"]) == (len(SCAN), "image/jpeg")


def test_the_status_counts_what_is_only_here(teras: Any, letter: str, scan: Path) -> None:
    before = teras("status").body["attachments"]
    teras("record", "attach", letter, KEY, scan)
    after = teras("status").body

    assert before == {"pending": 0, "bytes": 0, "nearly_full": False}
    assert after["attachments"]["pending"] == 1
    assert after["attachments"]["bytes"] >= len(SCAN)
    assert after["safe_to_close"] is False


def test_what_is_no_scan_is_refused_with_its_reason(
    teras: Any, letter: str, scan: Path, tmp_path: Path
) -> None:
    program = tmp_path / "ktp.jpg"
    program.write_bytes(b"MZ")

    assert teras("record", "attach", letter, KEY, program).codes == ["attachment_type"]
    assert teras("record", "attach", letter, KEY, tmp_path / "x").codes == ["attachment_missing"]
    assert teras("record", "attach", letter, "nama", scan).status == 1
    assert teras("record", "fetch", letter, KEY, tmp_path / "out").codes == ["attachment_none"]
