"""An administrator sees what an erasure would take, erases, and reads the proof."""

from pathlib import Path
from typing import Any

import pytest

from sync.server.city import settings_of
from sync.server.run import Running
from tests import databases

RESIDENT = "residents/resident"


@pytest.fixture
def record(teras: Any, desk: Path, live: Running, tmp_path: Path) -> str:
    answers = tmp_path / "answers.json"
    answers.write_text('{"nama": "SARI MELATI"}', "utf-8")
    made = str(teras("record", "new", RESIDENT, "--answers", answers).body["record"])
    teras("sync")
    return made


def test_a_dry_run_shows_what_would_go_and_changes_nothing(teras: Any, record: str) -> None:
    said = teras("server", "erase", record, "--reason", "Permohonan", "--dry-run")

    assert (said.status, said.body["erased"]) == (0, False)
    assert [line["id"] for line in said.body["records"]] == [record]
    [listed] = teras("server", "records", "--service", RESIDENT).body["records"]
    assert listed["answers"]["nama"] == "SARI MELATI"
    assert teras("server", "erasures").body == {"erasures": []}


def test_an_erasure_is_proved_by_the_desk_that_carried_it_out(teras: Any, record: str) -> None:
    said = teras("server", "erase", record, "--reason", "Permohonan", "--with-subject-records")
    [before] = teras("server", "erasures").body["erasures"]
    for _ in range(2):
        teras("sync")
    [after] = teras("server", "erasures").body["erasures"]

    assert (said.status, said.body["number"], said.body["again"]) == (0, 1, False)
    assert (len(before["confirmed"]), len(before["outstanding"])) == (0, 1)
    assert (len(after["confirmed"]), after["outstanding"]) == (1, [])
    assert after["unreadable"] > after["time"]
    assert (after["reason"], after["whole"]) == ("Permohonan", True)
    shown = teras("record", "show", record).body
    assert (shown["answers"], shown["actions"], shown["erased"]) == ({}, [], True)
    assert teras("server", "verify").body["ok"]
    assert teras("verify").body["ok"]


def test_a_command_on_an_older_disk_reads_the_list_before_anything_else(
    teras: Any, live: Running, record: str, tmp_path: Path
) -> None:
    live.stop()
    url = settings_of(tmp_path / "server").database
    kept = databases.keep(url, tmp_path / "kept")
    teras("server", "erase", record, "--reason", "Permohonan")
    databases.put_back(kept, url)

    [listed] = teras("server", "records", "--service", RESIDENT).body["records"]

    assert listed["answers"] == {}
    assert len(teras("server", "erasures").body["erasures"]) == 1


def test_a_reason_that_names_the_person_and_an_unknown_record_are_refused(
    teras: Any, record: str
) -> None:
    named = teras("server", "erase", record, "--reason", "Permohonan Sari Melati")
    unknown = teras("server", "erase", "0" * 32, "--reason", "Permohonan")

    assert (named.status, named.codes) == (1, ["erasure_names_person"])
    assert (unknown.status, unknown.codes) == (1, ["record_unknown"])
