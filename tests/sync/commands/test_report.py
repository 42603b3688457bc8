"""`report`: registers and reports as files."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.commands.table import REPORTS

LETTER = "letters/surat_keterangan_usaha"


@pytest.fixture
def ask(teras: Any, tmp_path: Path) -> Any:
    def asked(name: str, file: str, *more: str, first: str = "2020-01-01") -> Any:
        out = tmp_path / file
        span = ("--from", first, "--to", "2029-12-31")
        return teras("report", name, *span, "--out", str(out), *more), out

    return asked


def test_every_report_has_its_file(teras: Any, desk: Path, ask: Any, tmp_path: Path) -> None:
    answers = teras("services", "show", LETTER).body["example"]
    given = tmp_path / "answers.json"
    given.write_bytes(msgspec.json.encode(answers))
    teras("record", "new", LETTER, "--answers", given, "--issue")

    for name in REPORTS:
        said, out = ask(name, f"{name}.xlsx")
        assert said.status == 0, said.out
        assert said.body["ok"] is True
        assert out.stat().st_size > 0
    said, out = ask("register", "register.pdf")
    assert said.body["rows"] == 1
    assert out.read_bytes().startswith(b"%PDF")


def test_a_report_may_be_of_one_service(teras: Any, desk: Path, ask: Any) -> None:
    said, _ = ask("register", "register.xlsx", "--service", LETTER)
    assert said.body["rows"] == 0

    said, _ = ask("register", "register.xlsx", "--service", "letters/none")
    assert (said.status, said.codes) == (1, ["service_unknown"])


@pytest.mark.parametrize(
    ("file", "first", "code"),
    [
        ("register.docx", "2026-01-01", "report_ending"),
        ("register.pdf", "2026-02-30", "date_impossible"),
        ("register.pdf", "01-02-2026", "date_impossible"),
        ("register.pdf", "2030-01-01", "period_crossed"),
    ],
)
def test_what_can_not_be_is_refused_with_its_reason(
    teras: Any, desk: Path, ask: Any, file: str, first: str, code: str
) -> None:
    said, out = ask("register", file, first=first)

    assert (said.status, said.codes) == (1, [code])
    assert not out.exists()


def test_a_report_that_there_is_not_is_wrong_usage(teras: Any, desk: Path, ask: Any) -> None:
    said, _ = ask("tamu", "tamu.pdf")

    assert said.status == 2
