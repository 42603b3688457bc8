"""The service day by the command line: scripts go on, only what bears a date waits for a word."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.commands import entry

LETTER = "letters/surat_keterangan_usaha"
DAY_MS = 86_400_000


@pytest.fixture
def answers(teras: Any, desk: Path, tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_bytes(msgspec.json.encode(teras("services", "show", LETTER).body["example"]))
    return path


@pytest.fixture
def shifted(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], dt.date]:
    """Set this computer's clock wrong by some days; gives the day that it is really."""

    def shift(days: int) -> dt.date:
        monkeypatch.setattr(entry, "clock", lambda: time.time_ns() // 1_000_000 + days * DAY_MS)
        return dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8))).date()

    return shift


def test_a_right_clock_is_the_open_day(teras: Any, desk: Path) -> None:
    said = teras("day").body

    assert said["doubtful"] is False
    assert said["date"] == said["clock"]
    assert teras("status").body["day"] == {"date": said["date"], "doubtful": False}


def test_issuing_under_a_doubtful_clock_goes_as_far_as_approved_and_says_why(
    teras: Any, answers: Path, shifted: Callable[[int], dt.date]
) -> None:
    today = shifted(-730)

    made = teras("record", "new", LETTER, "--answers", answers, "--issue")

    assert (made.status, made.body["state"]) == (0, "approved")
    assert made.body["waits"] == "day_unconfirmed"
    assert "number" not in made.body
    assert "day confirm" in made.err
    assert teras("status").body["day"]["doubtful"] is True
    refused = teras("record", "move", made.body["record"], "issue")
    assert (refused.status, refused.codes) == (1, ["day_unconfirmed"])

    opened = teras("day", "confirm", today.isoformat()).body
    assert (opened["date"], opened["doubtful"]) == (today.isoformat(), False)
    done = teras("record", "move", made.body["record"], "issue")
    assert (done.status, done.body["state"]) == (0, "issued")
    assert done.body["number"].endswith(f"/{today.year}")
    story = teras("record", "show", made.body["record"]).body["history"]
    assert {act["service_day"] for act in story} == {today.isoformat()}
    again = teras("record", "new", LETTER, "--answers", answers, "--issue").body
    assert again["state"] == "issued"


def test_a_list_of_letters_is_saved_whole_under_a_doubtful_clock(
    teras: Any, answers: Path, shifted: Callable[[int], dt.date], tmp_path: Path
) -> None:
    shifted(400)
    lines = tmp_path / "surat.jsonl"
    lines.write_text("\n".join([answers.read_text("utf-8")] * 2), "utf-8")

    made = teras("record", "new", LETTER, "--answers", lines, "--issue")

    assert made.status == 0
    assert made.body["refused"] == []
    assert [one["waits"] for one in made.body["records"]] == ["day_unconfirmed"] * 2


def test_a_doubtful_day_is_told_with_its_cause_and_what_is_proposed(
    teras: Any, desk: Path, shifted: Callable[[int], dt.date]
) -> None:
    today = shifted(20)

    said = teras("day").body

    proposed = (today + dt.timedelta(days=20)).isoformat()
    assert (said["doubtful"], said["proposed"]) == (True, proposed)
    assert said["why"] == "ahead"


@pytest.mark.parametrize("given", ["besok", "2026-13-01", "31-12-2026"])
def test_what_is_no_date_opens_no_day(teras: Any, desk: Path, given: str) -> None:
    said = teras("day", "confirm", given)

    assert (said.status, said.codes) == (1, ["day_shape"])
