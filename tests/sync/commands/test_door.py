"""How any command ends: one JSON object, an exit status, and nobody left without a sentence."""

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from forms.engine.problem import Locked, Problem, Refused, Unreachable
from sync.commands import door
from sync.commands import nik as command


def _raise(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(_call: object) -> None:
        raise error

    monkeypatch.setattr(command, "nik", broken)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Refused(Problem("nik_length")), 1, "nik_length"),
        (Locked(), 3, "locked"),
        (Locked("passphrase_missing"), 3, "passphrase_missing"),
        (Unreachable("http://127.0.0.1:1"), 4, "unreachable"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "disk_full"),
        (OSError(errno.EROFS, "Read-only file system", "x"), 1, "file_forbidden"),
        (OSError(errno.EIO, "Input/output error", "x"), 1, "file_unusable"),
    ],
)
def test_what_ends_a_command_has_its_status_its_code_and_a_sentence(
    teras: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    _raise(monkeypatch, error)

    said = teras("nik", "1")

    assert (said.status, said.codes) == (status, [code])
    assert said.body["problems"][0]["message"] not in {"", code}
    assert said.err == ""


def test_a_full_disk_inside_the_database_is_a_full_disk(
    teras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("(sqlite3.OperationalError) the statement failed")
    error.__cause__ = RuntimeError("database or disk is full")
    _raise(monkeypatch, error)

    assert teras("nik", "1").codes == ["disk_full"]


def test_a_mistake_of_ours_is_told_with_its_trace_on_stderr(
    teras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _raise(monkeypatch, ZeroDivisionError("division by zero"))

    said = teras("nik", "1")

    assert (said.status, said.codes) == (1, ["fault"])
    assert "Traceback" in said.err


def test_a_problem_says_where_it_is(teras: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _raise(monkeypatch, Refused(Problem("nik_length", "nik", row=7)))

    (problem,) = teras("nik", "1").body["problems"]
    assert (problem["field"], problem["row"]) == ("nik", 7)
    assert teras("nik", "1", json=False).err.startswith("Baris 7, nik: ")


def test_wrong_usage_ends_with_2_and_an_indonesian_sentence(teras: Any) -> None:
    said = teras("record", "new")

    assert (said.status, said.codes) == (2, ["usage_required"])
    assert "harus diisi" in said.body["problems"][0]["message"]
    assert said.err.startswith("pemakaian: ")


def test_wrong_usage_without_json_leaves_stdout_empty(teras: Any) -> None:
    said = teras("dance", json=False)

    assert (said.status, said.out) == (2, "")
    assert "dance" in said.err


def test_help_ends_with_0(teras: Any) -> None:
    assert teras("--help", json=False).status == 0


def test_no_command_opens_the_window_on_the_desks_folder(tmp_path: Path) -> None:
    class Window:
        def open(self, folder: Path) -> int:
            assert folder == tmp_path
            return 5

        def practise(self, folder: Path) -> int:
            raise AssertionError(folder)

        def pictures(self, desk: Path, kept: Path, operator: str, passphrase: str) -> list[Path]:
            raise AssertionError(desk, kept, operator, passphrase)

    assert door.main(["--data-dir", str(tmp_path)], Window()) == 5


def test_without_a_choice_the_desks_folder_is_where_the_system_keeps_such_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from platformdirs import user_data_path

    from sync.commands.call import Call
    from sync.commands.parser import parse

    call = Call(parse(["status"]), environ={})

    assert call.data_dir == user_data_path("teras", appauthor=False) / "desk"
    assert call.server_dir == user_data_path("teras", appauthor=False) / "server"


def test_news_goes_to_stderr_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    from sync.commands.call import Call
    from sync.commands.parser import parse

    Call(parse(["status"])).tell({"line": 1, "record": "ab"})

    assert json.loads(capsys.readouterr().err) == {"line": 1, "record": "ab"}
