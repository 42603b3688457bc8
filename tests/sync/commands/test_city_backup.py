"""A server is backed up and restored by two commands, and its desks notice nothing but `sync`."""

import os
from pathlib import Path
from typing import Any

import pytest

from sync.server import metrics
from sync.server.run import Address, Running, start

RESIDENT = "residents/resident"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def register(teras: Any, tmp_path: Path, nama: str) -> str:
    answers = tmp_path / "answers.json"
    answers.write_text(f'{{"nama": "{nama}"}}', "utf-8")
    return str(teras("record", "new", RESIDENT, "--answers", answers).body["record"])


def test_a_backup_is_made_while_the_server_runs_and_desks_hear_that_it_is_safe(
    teras: Any, desk: Path, live: Running, place: Path, tmp_path: Path
) -> None:
    register(teras, tmp_path, "SARI MELATI")
    before = teras("sync").body

    said = teras("server", "backup", place / "kota.bak")

    assert said.status == 0
    assert (said.body["ok"], said.body["problems"], said.body["durable"]) == (True, [], True)
    assert (before["durable"], teras("sync").body["durable"]) == (0, before["sent"])


def test_a_server_that_runs_is_not_restored(
    teras: Any, live: Running, place: Path, city: Path
) -> None:
    teras("server", "backup", place / "kota.bak")

    said = teras("server", "restore", place / "kota.bak")

    assert (said.status, said.codes) == (1, ["server_busy"])


def test_after_a_restore_one_sync_brings_everything_back(
    teras: Any, desk: Path, city: Path, place: Path, tmp_path: Path, porch: Any
) -> None:
    running = start(city, Address(port=porch.port))
    teras("sync")
    teras("server", "backup", place / "kota.bak")
    record = register(teras, tmp_path, "SARI MELATI")
    teras("sync")
    epoch = teras("server", "status").body["epoch"]
    running.stop()

    said = teras("server", "restore", place / "kota.bak")
    gone = teras("server", "records", "--service", RESIDENT).body["records"]
    running = start(city, Address(port=porch.port))
    there = teras("sync")
    running.stop()

    assert (said.status, said.body["ok"], said.body["problems"]) == (0, True, [])
    assert said.body["epoch"] != epoch
    assert Path(said.body["backup"]).exists()
    assert gone == []
    assert (there.status, there.body["pending"], there.body["conflicts"]) == (0, 0, 0)
    held = teras("server", "records", "--service", RESIDENT).body["records"]
    assert [one["id"] for one in held] == [record]
    assert teras("status").body["epoch"] == said.body["epoch"]
    assert teras("server", "verify").body == {"ok": True, "problems": []}
    assert teras("verify").body["ok"]


def test_a_wrong_passphrase_and_a_missing_file_are_told_apart(
    teras: Any, city: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teras("server", "backup", place / "kota.bak")

    missing = teras("server", "restore", place / "lain.bak")
    monkeypatch.setenv("TERAS_PASSPHRASE", "bukan kata sandi yang benar")
    wrong = teras("server", "restore", place / "kota.bak")

    assert (missing.status, missing.codes) == (1, ["file_missing"])
    assert (wrong.status, wrong.codes) == (3, ["locked"])


def test_a_backup_beside_the_server_says_that_it_is_not_safe_there(teras: Any, city: Path) -> None:
    said = teras("server", "backup", city / "kota.bak")

    assert said.status == 0
    assert not said.body["durable"]
    assert [problem["code"] for problem in said.body["warned"]] == ["backup_not_apart"]


def test_a_night_by_a_clock_takes_its_passphrase_from_a_file(
    teras: Any, city: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "passphrase").write_text(os.environ["TERAS_PASSPHRASE"] + "\n", "utf-8")
    monkeypatch.delenv("TERAS_PASSPHRASE")
    monkeypatch.setenv("TERAS_PASSPHRASE_FILE", str(tmp_path / "passphrase"))

    said = teras("server", "nightly", "--dir", place, "--nights", "2")

    assert (said.status, said.body["ok"], said.body["durable"]) == (0, True, True)
    assert Path(said.body["file"]).exists()

    monkeypatch.setenv("TERAS_PASSPHRASE_FILE", str(tmp_path / "missing"))
    assert teras("server", "nightly", "--dir", place).status == 3


def test_a_night_beside_the_server_itself_is_no_success(teras: Any, city: Path) -> None:
    said = teras("server", "nightly", "--dir", city / "backups")

    assert (said.status, said.codes, said.body["durable"]) == (1, ["backup_not_apart"], False)


def test_a_token_for_metrics_is_made_by_command(teras: Any, city: Path) -> None:
    said = teras("server", "metrics", "token")

    assert (said.status, said.body["path"]) == (0, "/metrics")
    assert metrics.admits(city, said.body["token"])
