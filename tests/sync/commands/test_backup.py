"""A desk is backed up and restored by two commands; one `sync` gives the rest back."""

from pathlib import Path
from typing import Any

from sync.server.run import Running

RESIDENT = "residents/resident"


def register(teras: Any, tmp_path: Path, nama: str) -> str:
    answers = tmp_path / "answers.json"
    answers.write_text(f'{{"nama": "{nama}"}}', "utf-8")
    return str(teras("record", "new", RESIDENT, "--answers", answers).body["record"])


def test_after_a_restore_one_sync_gives_everything_back(
    teras: Any, desk: Path, live: Running, tmp_path: Path
) -> None:
    first = register(teras, tmp_path, "SARI MELATI")
    teras("sync")
    saved = teras("backup", tmp_path / "loket.bak")
    before = teras("status").body
    sent = register(teras, tmp_path, "RATNA DEWI")
    teras("sync")
    unsent = register(teras, tmp_path, "MEGA LESTARI")

    said = teras("restore", tmp_path / "loket.bak")

    assert (saved.status, saved.body["ok"], saved.body["problems"]) == (0, True, [])
    assert (said.status, said.body["ok"], said.body["problems"]) == (0, True, [])
    assert said.body["gathered"] == said.body["pending"] == 2
    assert said.body["beside"] in said.err
    assert "loket.bak" in said.err
    assert said.body["incarnation"] != before["incarnation"]
    done = teras("sync").body
    assert (done["pending"], done["to_fix"]) == (0, 0)
    listed = teras("record", "list", "--service", RESIDENT).body["records"]
    assert {one["record"] for one in listed} == {first, sent, unsent}
    assert {one["sync"] for one in listed} == {"received"}


def test_a_backup_makes_a_desk_on_another_computer(
    teras: Any, desk: Path, live: Running, tmp_path: Path
) -> None:
    first = register(teras, tmp_path, "SARI MELATI")
    teras("backup", tmp_path / "loket.bak")

    said = teras("restore", tmp_path / "loket.bak", "--data-dir", tmp_path / "other")

    assert (said.status, said.body["beside"], said.body["gathered"]) == (0, None, 0)
    assert teras("record", "show", first, "--data-dir", tmp_path / "other").status == 0
    assert teras("sync", "--data-dir", tmp_path / "other").status == 0
    assert teras("sync").status == 0
    listed = teras("server", "device", "list").body["devices"]
    assert sorted(str(one["parent"]) for one in listed) == sorted(["None", listed[0]["id"]])


def test_what_can_not_be_done_is_refused_and_nothing_is_touched(
    teras: Any, desk: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").write_bytes(b"something else")
    before = teras("status").body["incarnation"]

    assert teras("restore", tmp_path / "other").codes == ["backup_malformed"]
    assert teras("restore", tmp_path / "none").codes == ["file_missing"]
    assert teras("backup", tmp_path / "no" / "where").codes == ["file_missing"]
    teras("backup", tmp_path / "loket.bak")
    assert teras("restore", tmp_path / "loket.bak", who="Orang Lain").status == 3
    assert teras("status").body["incarnation"] == before
