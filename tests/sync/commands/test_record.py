"""Records by the command line: new, edit, move, show, find, list, and letters as PDF."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

LETTER = "letters/surat_keterangan_usaha"
RESIDENT = "residents/resident"
TICKET = "queue/ticket"


@pytest.fixture
def example(teras: Any, desk: Path, tmp_path: Path) -> Any:
    def write(service: str, **changed: Any) -> Path:
        answers = teras("services", "show", service).body["example"] | changed
        path = tmp_path / f"{service.replace('/', '.')}.json"
        path.write_bytes(msgspec.json.encode(answers))
        return path

    return write


@pytest.fixture
def letter(teras: Any, example: Any) -> dict[str, Any]:
    said = teras("record", "new", LETTER, "--answers", example(LETTER), "--issue")
    body: dict[str, Any] = said.body
    return body


def test_services_are_those_of_the_office(teras: Any, desk: Path) -> None:
    found = teras("services").body["services"]

    assert {service["code"] for service in found} >= {RESIDENT, LETTER}
    assert all(service.keys() >= {"code", "title", "group"} for service in found)


def test_a_service_is_described_whole(teras: Any, desk: Path) -> None:
    body = teras("services", "show", LETTER).body

    fields = {f["key"]: f for section in body["sections"] for f in section["fields"]}
    assert body.keys() >= {"code", "version", "subject", "series", "states", "actions", "example"}
    assert all(f.keys() >= {"key", "kind", "label", "required"} for f in fields.values())
    assert fields["agama"]["choices"][0].keys() == {"value", "label"}
    assert {"from", "action", "to", "roles"} <= body["actions"][0].keys()
    assert set(body["example"]) <= set(fields)


def test_a_letter_is_described_with_its_code_and_what_that_stands_for(
    teras: Any, desk: Path
) -> None:
    listed = teras("services", "show", "letters/surat_keterangan_domisili").body["classification"]
    unlisted = teras("services", "show", LETTER).body["classification"]

    assert listed == {"code": "400.12.2.1", "title": "Identitas Penduduk"}
    assert unlisted == {"code": "500.3"}
    assert "classification" not in teras("services", "show", RESIDENT).body


def test_every_service_takes_its_example_and_every_letter_its_number(
    teras: Any, example: Any
) -> None:
    services = [service["code"] for service in teras("services").body["services"]]

    for service in services:
        if teras("services", "show", service).body["subject"] or service == TICKET:
            continue  # such a record is about another one, or has a way of its own
        said = teras("record", "new", service, "--answers", example(service), "--issue")
        assert said.status == 0, (service, said.out)
        if service.startswith("letters/"):
            assert (said.body["state"], bool(said.body["number"])) == ("issued", True)


def test_an_example_may_be_taken_again_and_gets_the_next_number(
    teras: Any, example: Any, letter: dict[str, Any]
) -> None:
    again = teras("record", "new", LETTER, "--answers", example(LETTER), "--issue").body

    assert again["record"] != letter["record"]
    assert again["number"] != letter["number"]


def test_a_nik_that_stands_on_another_record_needs_a_reason(teras: Any, example: Any) -> None:
    path = example(RESIDENT)
    teras("record", "new", RESIDENT, "--answers", path)

    refused = teras("record", "new", RESIDENT, "--answers", path)
    taken = teras("record", "new", RESIDENT, "--answers", path, "--reason", "Data ganda lama")

    assert (refused.status, refused.codes) == (1, ["nik_in_use"])
    assert refused.body["problems"][0]["field"] == "nik"
    assert taken.status == 0


def test_a_correction_names_the_letter_that_it_replaces_and_why(
    teras: Any, example: Any, letter: dict[str, Any]
) -> None:
    old = letter["record"]
    asked = ("record", "new", LETTER, "--answers", example(LETTER), "--replaces", old)

    refused = teras(*asked)
    made = teras(*asked, "--reason", "Salah alamat", "--issue").body["record"]

    assert (refused.status, refused.codes) == (1, ["reason_missing"])
    assert teras("record", "show", made).body["replaces"] == old
    assert teras("record", "show", old).body["replaced_by"] == [made]


def test_many_records_do_not_replace_one_letter(
    teras: Any, letter: dict[str, Any], tmp_path: Path
) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text("{}\n{}\n", "utf-8")

    said = teras("record", "new", LETTER, "--answers", lines, "--replaces", letter["record"])

    assert (said.status, said.codes) == (1, ["correction_many"])


def test_a_key_that_the_form_does_not_have_is_refused(teras: Any, example: Any) -> None:
    said = teras("record", "new", RESIDENT, "--answers", example(RESIDENT, warna="biru"))

    assert (said.status, said.codes) == (1, ["unknown_field"])


def test_a_service_that_is_none_and_one_that_is_not_taken_here_are_refused(
    teras: Any, desk: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("{}", "utf-8")

    assert teras("record", "new", "a/b", "--answers", empty).codes == ["service_unknown"]
    inner = teras("record", "new", "office/operator", "--answers", empty)
    assert (inner.status, inner.codes) == (1, ["not_in_scope"])
    assert teras("record", "list", "--service", "office/operator").codes == ["not_in_scope"]


def test_an_edit_changes_only_what_it_names_and_null_empties(teras: Any, example: Any) -> None:
    made = teras("record", "new", RESIDENT, "--answers", example(RESIDENT)).body["record"]
    before = teras("record", "show", made).body
    change = example(RESIDENT)
    change.write_text('{"alamat": "JL. KENARI NO. 3", "telepon": null}', "utf-8")

    assert teras("record", "edit", made, "--answers", change, "--reason", "Pindah").status == 0

    after = teras("record", "show", made).body
    expected = before["answers"] | {"alamat": "JL. KENARI NO. 3"}
    expected.pop("telepon", None)
    assert after["answers"] == expected
    assert after["history"][-1]["reason"] == "Pindah"
    assert after["sync"] == "local"


def test_a_record_tells_what_may_be_done_with_it_now(teras: Any, letter: dict[str, Any]) -> None:
    shown = teras("record", "show", letter["record"]).body

    assert shown.keys() >= {"record", "service", "answers", "state", "number", "actions", "history"}
    assert "void" in shown["actions"]
    assert shown["history"][0]["act"] == "new"
    assert shown["history"][-1]["act"] == "issue"


def test_a_void_letter_keeps_its_number_and_the_reason_explains_it(
    teras: Any, letter: dict[str, Any]
) -> None:
    bare = teras("record", "move", letter["record"], "void")
    done = teras("record", "move", letter["record"], "void", "--reason", "Salah nama")
    year = teras("record", "show", letter["record"]).body["updated"][:4]

    (number, *_) = teras("numbers", "explain", "--series", "surat", "--year", year).body["numbers"]
    assert (bare.status, bare.codes) == (1, ["reason_missing"])
    assert done.body["state"] == "void"
    assert number["state"] == "void"
    assert (number["record"], number["reason"]) == (letter["record"], "Salah nama")


@pytest.mark.parametrize("action", ["dance", "submit"])
def test_an_action_that_is_none_or_not_now_is_refused(
    teras: Any, letter: dict[str, Any], action: str
) -> None:
    said = teras("record", "move", letter["record"], action)

    assert said.status == 1
    assert said.codes in (["action_unknown"], ["action_not_now"])


@pytest.mark.parametrize("name", ["0" * 32, "abc", "x" * 32])
def test_a_record_that_is_none_is_unknown(teras: Any, desk: Path, name: str) -> None:
    said = teras("record", "show", name)

    assert (said.status, said.codes) == (1, ["record_unknown"])


def test_many_lines_are_each_their_own_and_told_at_once(
    teras: Any, example: Any, tmp_path: Path
) -> None:
    good = json.loads(example(LETTER).read_text("utf-8"))
    lines = tmp_path / "many.jsonl"
    wrong = {**good, "nik": "123"}
    lines.write_text("\n".join([json.dumps(good), json.dumps(wrong), "{", json.dumps(good)]))

    said = teras("record", "new", LETTER, "--answers", lines, "--issue")

    assert said.status == 0
    assert [record["line"] for record in said.body["records"]] == [1, 4]
    assert [refused["line"] for refused in said.body["refused"]] == [2, 3]
    assert said.body["refused"][1]["problems"][0]["code"] == "answers_malformed"
    told = [json.loads(line) for line in said.err.splitlines()]
    assert [line.keys() for line in told] == [{"line", "record", "number"}] * 2
    assert [line["record"] for line in told] == [r["record"] for r in said.body["records"]]


def test_many_lines_come_from_stdin_too(
    teras: Any, example: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    text = example(RESIDENT).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text + b"\n" + text)))

    body = teras("record", "new", RESIDENT, "--answers", "-", "--many").body

    assert [record["line"] for record in body["records"]] == [1]
    assert body["refused"][0]["problems"][0]["code"] == "nik_in_use"


def test_records_are_found_and_listed_oldest_first(teras: Any, example: Any) -> None:
    made = [
        teras("record", "new", LETTER, "--answers", example(LETTER)).body["record"]
        for _ in range(3)
    ]

    whole = teras("record", "list", "--service", LETTER).body["records"]
    part = teras("record", "list", "--service", LETTER, "--limit", "1", "--after", made[0]).body
    name = whole[0]["answers"]["nama"].split()[0].lower()
    found = teras("record", "find", name, "--limit", "2").body["records"]
    assert [record["record"] for record in whole] == made
    assert [record["record"] for record in part["records"]] == [made[1]]
    assert len(found) == 2
    assert "history" not in found[0]


def test_the_first_print_is_the_original_and_later_ones_are_counted(
    teras: Any, letter: dict[str, Any], tmp_path: Path
) -> None:
    def pdf(*options: str) -> Any:
        return teras("letter", "pdf", letter["record"], tmp_path / "letter.pdf", *options).body

    before = pdf("--preview")
    first, second, third = pdf(), pdf(), pdf()

    assert before["pages"] == first["pages"] == 1
    assert [first["copy"], second["copy"], third["copy"]] == [0, 1, 2]
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF")


def test_a_print_that_has_no_place_to_go_is_not_counted(
    teras: Any, letter: dict[str, Any], tmp_path: Path
) -> None:
    nowhere = teras("letter", "pdf", letter["record"], tmp_path / "none" / "letter.pdf")
    folder = teras("letter", "pdf", letter["record"], tmp_path)
    first = teras("letter", "pdf", letter["record"], tmp_path / "letter.pdf")

    assert (nowhere.status, nowhere.codes) == (1, ["file_missing"])
    assert (folder.status, folder.codes) == (1, ["file_is_folder"])
    assert first.body["copy"] == 0


def test_a_letter_that_is_not_issued_is_only_previewed(
    teras: Any, example: Any, tmp_path: Path
) -> None:
    made = teras("record", "new", LETTER, "--answers", example(LETTER)).body["record"]

    refused = teras("letter", "pdf", made, tmp_path / "letter.pdf")
    shown = teras("letter", "pdf", made, tmp_path / "letter.pdf", "--preview")

    assert (refused.status, refused.codes) == (1, ["letter_not_issued"])
    assert shown.status == 0


def test_a_number_of_the_queue_is_not_begun_past_the_queue(teras: Any, example: Any) -> None:
    said = teras("record", "new", TICKET, "--answers", example(TICKET))

    assert (said.status, said.codes) == (1, ["queue_only"])
    assert "Antrean (Shift+F3)" in said.body["problems"][0]["message"]
