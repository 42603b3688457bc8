"""A trip by folder, as a script takes it."""

import json
from pathlib import Path
from typing import Any

RESIDENT = "residents/resident"


def _new(teras: Any, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"nama": "WARGA BARU"}), "utf-8")
    assert teras("record", "new", RESIDENT, "--answers", answers).status == 0


def test_out_through_the_city_and_in_is_a_trip(
    teras: Any, city: Path, desk: Path, tmp_path: Path
) -> None:
    _new(teras, tmp_path)

    out = teras("carry", "out", tmp_path / "stick")
    assert out.status == 0
    assert out.body.keys() >= {
        "sent", "received", "pending", "durable", "conflicts", "to_fix", "carried",
    }  # fmt: skip
    assert (out.body["pending"], out.body["carried"]) == (1, 1)

    visit = teras("server", "carry", tmp_path / "stick")
    assert visit.status == 0
    assert visit.body["batches"] == {"taken": 1, "known": 0, "held": 0, "refused": []}
    assert visit.body["wrote"] == 3  # the answer, the city's keys, and what names both

    back = teras("carry", "in", tmp_path / "stick")
    assert (back.status, back.body["sent"], back.body["pending"]) == (0, 1, 0)
    assert teras("status").body["safe_to_close"] is True
    again = teras("carry", "in", tmp_path / "stick")
    assert (again.status, again.body["sent"], again.body["refused"]) == (0, 0, [])


def test_a_broken_file_is_in_the_answer_and_no_fault_of_the_command(
    teras: Any, city: Path, desk: Path, tmp_path: Path
) -> None:
    _new(teras, tmp_path)
    teras("carry", "out", tmp_path / "stick")
    for path in (tmp_path / "stick").glob("*.trs"):
        path.write_bytes(path.read_bytes()[:-1])

    visit = teras("server", "carry", tmp_path / "stick")

    assert visit.status == 0
    assert {row["code"] for row in visit.body["batches"]["refused"]} == {"parcel_short"}
    assert visit.body["wrote"] == 0


def test_a_folder_that_is_not_there_can_not_be_read(
    teras: Any, city: Path, desk: Path, tmp_path: Path
) -> None:
    for words in (("server", "carry"), ("carry", "in")):
        said = teras(*words, tmp_path / "nowhere")
        assert (said.status, said.codes) == (1, ["stick_missing"])
