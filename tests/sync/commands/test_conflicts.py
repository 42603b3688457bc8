"""`conflicts` and `conflict settle`, at a desk and at the server."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.server.run import Running
from tests.sync.commands.conftest import OFFICE, OPERATOR


@pytest.fixture
def disputed(teras: Any, desk: Path, live: Running, tmp_path: Path) -> tuple[str, Path]:
    """A resident whom two desks of the office gave another telephone number each."""
    other = tmp_path / "other"
    code = teras("server", "enrol-code", "--office", OFFICE, "--role", "kepala").body["code"]
    asked = ("--server", live.url, "--code", code, "--operator", "Budi")
    assert teras("enrol", *asked, "--data-dir", other, who="Budi").status == 0
    answers = tmp_path / "answers.json"

    def give(*words: object, who: str, place: Path, **said: str) -> dict[str, Any]:
        answers.write_text(json.dumps(said), "utf-8")
        flags = ("--answers", answers, "--data-dir", place)
        return dict(teras("record", *words, *flags, who=who).body)

    made = give("new", "residents/resident", who=OPERATOR, place=desk, nama="SARI")["record"]
    teras("sync")
    teras("sync", "--data-dir", other, who="Budi")
    give("edit", made, who=OPERATOR, place=desk, telepon="081200000001")
    give("edit", made, who="Budi", place=other, telepon="081200000002")
    teras("sync")
    teras("sync", "--data-dir", other, who="Budi")
    teras("sync")
    return str(made), other


def test_what_one_desk_chose_disappears_everywhere_after_a_trip(
    teras: Any, disputed: tuple[str, Path]
) -> None:
    record, other = disputed
    [entry] = teras("conflicts").body["conflicts"]
    [there] = teras("server", "conflicts").body["conflicts"]
    assert entry["present"] == {"telepon": "081200000001"} == there["present"]
    assert entry["proposed"] == {"telepon": "081200000002"} == there["proposed"]
    assert (entry["present_by"]["operator"], entry["proposed_by"]["operator"]) == (OPERATOR, "Budi")
    assert entry["id"] == there["id"]
    assert entry["proposed_by"]["office"] == there["office"] == OFFICE
    assert teras("record", "show", record).body["sync"] == "conflict"

    assert teras("conflict", "settle", entry["id"], "--keep", "proposed").status == 0
    teras("sync")
    teras("sync", "--data-dir", other, who="Budi")

    for place, who in (((), OPERATOR), (("--data-dir", other), "Budi")):
        assert teras("conflicts", *place, who=who).body == {"conflicts": []}
        shown = teras("record", "show", record, *place, who=who).body
        assert (shown["answers"]["telepon"], shown["sync"]) == ("081200000002", "received")
    assert teras("server", "conflicts").body == {"conflicts": []}


def test_the_later_of_two_choices_is_told_who_decided(
    teras: Any, disputed: tuple[str, Path]
) -> None:
    record, _ = disputed
    [entry] = teras("conflicts").body["conflicts"]
    teras("conflict", "settle", entry["id"], "--keep", "proposed")
    chosen = teras("server", "conflict", "settle", entry["id"], "--keep", "present")
    assert (chosen.status, chosen.body["record"]) == (0, record)

    teras("sync")

    body = teras("conflicts").body
    assert body["conflicts"] == []
    [told] = body["returned"]
    assert (told["record"], told["code"]) == (record, "settled_already")
    assert told["settled_by"]["operator"] in told["message"]
    assert teras("record", "show", record).body["answers"]["telepon"] == "081200000001"


def test_a_choice_that_is_not_there_is_refused(teras: Any, desk: Path, city: Path) -> None:
    for words in (("conflict",), ("server", "conflict")):
        said = teras(*words, "settle", "00" * 16, "--keep", "present")
        assert (said.status, said.codes) == (1, ["conflict_unknown"])
        assert teras(*words, "settle", "00" * 16).status == 2
