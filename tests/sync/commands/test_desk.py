"""What an operator asks of the desk as a whole."""

import shutil
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parents[3]
RESIDENTS = HOUSE / "resources" / "practice" / "penduduk_contoh.xlsx"
LETTER = "letters/surat_keterangan_usaha"


def _code(teras: Any, role: str = "kepala") -> str:
    said = teras("server", "enrol-code", "--office", "KEL-1", "--role", role)
    code = said.body["code"]
    assert isinstance(code, str)
    return code


def _enrol(teras: Any, url: str, code: str, folder: Path, who: str = "Bima") -> Any:
    return teras(
        "enrol", "--server", url, "--code", code, "--operator", who, "--data-dir", folder, who=who
    )


def test_enrolment_tells_device_office_and_fingerprint(
    teras: Any, live: Any, tmp_path: Path
) -> None:
    said = _enrol(teras, live.url, _code(teras), tmp_path / "new")

    assert said.status == 0
    assert said.body.keys() >= {"device", "office", "fingerprint"}
    assert said.body["keystore"] is False
    assert teras("services", "--data-dir", tmp_path / "new", who="Bima").status == 0


def test_a_code_is_good_for_one_device(teras: Any, live: Any, tmp_path: Path) -> None:
    code = _code(teras)
    _enrol(teras, live.url, code, tmp_path / "one")

    said = _enrol(teras, live.url, code, tmp_path / "two")

    assert (said.status, said.codes) == (1, ["code_used"])
    assert not (tmp_path / "two" / "slots").exists()


def test_a_code_with_a_slip_of_the_pen_is_refused_before_anything_is_sent(
    teras: Any, tmp_path: Path
) -> None:
    said = _enrol(teras, "http://127.0.0.1:1", "AAAA-BBBB", tmp_path / "new")

    assert (said.status, said.codes) == (1, ["code_malformed"])


def test_another_citys_server_is_refused(teras: Any, live: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    region = HOUSE / "resources" / "regions" / "kota_contoh.toml"
    teras("server", "init", "--region", region, "--server-dir", other)
    teras(
        "server", "office", "add", "--code", "KEL-1", "--kind", "kelurahan", "--name", "Satu",
        "--area", "99.71.01.1001", "--server-dir", other,
    )  # fmt: skip
    made = teras(
        "server", "enrol-code", "--office", "KEL-1", "--role", "kepala", "--server-dir", other
    )

    said = _enrol(teras, live.url, made.body["code"], tmp_path / "new")

    assert (said.status, said.codes) == (1, ["server_unknown"])


def test_a_server_that_is_down_is_unreachable_and_leaves_nothing(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    said = _enrol(teras, "http://127.0.0.1:1", _code(teras), tmp_path / "new")

    assert (said.status, said.codes) == (4, ["unreachable"])
    assert not (tmp_path / "new" / "slots").exists()


def test_a_desk_is_enrolled_once(teras: Any, live: Any, desk: Path) -> None:
    said = _enrol(teras, live.url, _code(teras), desk)

    assert (said.status, said.codes) == (1, ["store_exists"])


def test_a_folder_without_a_store_says_so(teras: Any) -> None:
    said = teras("status")

    assert (said.status, said.codes) == (1, ["store_missing"])


def test_a_wrong_passphrase_and_a_wrong_name_look_the_same(
    teras: Any, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = teras("status", who="Orang Lain")
    monkeypatch.setenv("TERAS_PASSPHRASE", "bukan kata sandi yang benar")
    wrong = teras("status")

    assert (stranger.status, stranger.body) == (wrong.status, wrong.body)
    assert (wrong.status, wrong.codes) == (3, ["locked"])


def test_a_fresh_desk_is_safe_to_close(teras: Any, desk: Path) -> None:
    body = teras("status").body

    assert body.keys() >= {
        "pending", "oldest_unsent", "last_receipt", "epoch", "incarnation", "conflicts",
        "to_fix", "safe_to_close",
    }  # fmt: skip
    assert (body["pending"], body["safe_to_close"]) == (0, True)


def test_a_desk_has_its_numbers_before_its_first_trip(teras: Any, desk: Path) -> None:
    import datetime as dt

    year = dt.datetime.now(dt.UTC).year
    numbers = teras("numbers", "explain", "--series", "surat", "--year", year).body["numbers"]

    assert len(numbers) >= 500
    assert numbers[0] == {"number": 1, "state": "leased"}


def test_a_fresh_desk_verifies_and_has_no_conflicts(teras: Any, desk: Path) -> None:
    verified = teras("verify")

    assert (verified.status, verified.body) == (0, {"ok": True, "problems": []})
    assert teras("conflicts").body == {"conflicts": []}


def test_a_workbook_is_tried_imported_and_known_the_second_time(
    teras: Any, desk: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.xlsx"
    tried = teras("import", "residents", RESIDENTS, "--dry-run").body
    pending = teras("status").body["pending"]
    first = teras("import", "residents", RESIDENTS, "--report", report).body
    again = teras("import", "residents", RESIDENTS).body

    assert tried == first
    assert pending == 0
    assert first["added"] > 0
    assert first["rows"] == first["added"] + first["unchanged"] + len(first["refused"])
    assert all(row["code"] and row["row"] > 1 for row in first["refused"] + first["warned"])
    assert report.stat().st_size > 0
    assert (again["added"], again["updated"]) == (0, 0)
    assert again["unchanged"] == first["added"] + first["unchanged"]


def test_a_workbook_that_is_none_imports_nothing(teras: Any, desk: Path, tmp_path: Path) -> None:
    fake = tmp_path / "fake.xlsx"
    fake.write_bytes(b"not a workbook at all")

    said = teras("import", "residents", fake)

    assert said.status == 1
    assert said.body["problems"][0]["message"] != said.codes[0]
    assert teras("status").body["pending"] == 0


def test_a_passphrase_that_others_know_opens_the_store_no_more(
    teras: Any, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teras("record", "new", LETTER, "--answers", _answers(teras, desk), "--issue")
    (before,) = teras("operator", "keys").body["operator_keys"]
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", "angin sore di tepi sawah")

    changed = teras("operator", "passphrase", "--compromised")
    old = teras("services")
    monkeypatch.setenv("TERAS_PASSPHRASE", "angin sore di tepi sawah")
    keys = {key["id"]: key for key in teras("operator", "keys").body["operator_keys"]}

    assert (changed.status, changed.body["ok"], old.status) == (0, True, 3)
    assert (before["state"], before["counts"]) == ("brought", True)
    assert keys.pop(before["id"])["state"] == "ended"
    (now,) = keys.values()
    assert (now["state"], now["counts"]) == ("brought", True)


def _answers(teras: Any, desk: Path) -> Path:
    import msgspec

    answers = desk.parent / "letter.json"
    example = teras("services", "show", LETTER).body["example"]
    answers.write_bytes(msgspec.json.encode(example))
    return answers


def test_colleagues_come_go_and_change_their_passphrase(
    teras: Any, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", "sungai kecil di belakang kantor")
    added = teras("operator", "add", "Bima", "--role", "petugas")
    weak = teras("services", who="Bima")
    monkeypatch.setenv("TERAS_PASSPHRASE", "sungai kecil di belakang kantor")
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", "angin sore di tepi sawah")
    changed = teras("operator", "passphrase", who="Bima")
    old = teras("services", who="Bima")
    monkeypatch.setenv("TERAS_PASSPHRASE", "angin sore di tepi sawah")
    new = teras("services", who="Bima")
    allowed = teras("operator", "add", "Dina", "--role", "kepala", who="Bima")
    monkeypatch.setenv("TERAS_PASSPHRASE", "pohon mangga di halaman kami")
    removed = teras("operator", "remove", "Bima")
    monkeypatch.setenv("TERAS_PASSPHRASE", "angin sore di tepi sawah")
    gone = teras("services", who="Bima")

    assert added.body["ok"] is True
    assert (weak.status, old.status, gone.status) == (3, 3, 3)
    assert (changed.status, new.status, removed.status) == (0, 0, 0)
    assert (allowed.status, allowed.codes) == (1, ["role_missing"])


def test_the_last_one_cannot_remove_themselves(teras: Any, desk: Path) -> None:
    said = teras("operator", "remove", "Siti Rahma")

    assert (said.status, said.codes) == (1, ["operator_self"])


def test_a_hundred_letters_of_an_offline_desk_reach_city_and_second_desk_in_one_trip(
    teras: Any, live: Any, desk: Path, tmp_path: Path
) -> None:
    import msgspec

    second = tmp_path / "second"
    _enrol(teras, live.url, _code(teras), second)
    example = teras("services", "show", LETTER).body["example"]
    lines = tmp_path / "letters.jsonl"
    lines.write_bytes(b"\n".join([msgspec.json.encode(example)] * 100))
    made = teras("record", "new", LETTER, "--answers", lines, "--issue").body

    went = teras("sync").body
    teras("sync", "--data-dir", second, who="Bima")

    numbers = [record["number"] for record in made["records"]]
    held = teras("server", "records", "--service", LETTER).body["records"]
    pulled = teras("record", "list", "--service", LETTER, "--data-dir", second, who="Bima").body
    assert len(set(numbers)) == 100
    assert went["sent"] == 501  # and the key that they are signed by
    assert (went["pending"], went["conflicts"], went["to_fix"]) == (0, 0, 0)
    assert [record["number"] for record in held] == numbers
    assert [record["number"] for record in pulled["records"]] == numbers
    assert teras("status").body["safe_to_close"] is True


def test_a_revoked_device_is_refused_and_keeps_what_it_has(
    teras: Any, live: Any, desk: Path
) -> None:
    (device,) = teras("server", "device", "list").body["devices"]
    teras("server", "device", "revoke", device["id"])
    teras("import", "residents", RESIDENTS)

    said = teras("sync")

    assert (said.status, said.codes) == (1, ["device_revoked"])
    assert teras("status").body["pending"] > 0


def test_a_trip_without_a_server_loses_nothing(teras: Any, desk: Path) -> None:
    teras("import", "residents", RESIDENTS)
    before = teras("status").body["pending"]

    said = teras("sync")

    assert (said.status, said.codes) == (4, ["unreachable"])
    assert teras("status").body["pending"] == before > 0


def test_a_letters_qr_and_a_batch_are_checked_with_the_citys_keys(
    teras: Any, city: Path, desk: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    import msgspec

    answers.write_bytes(msgspec.json.encode(teras("services", "show", LETTER).body["example"]))
    made = teras("record", "new", LETTER, "--answers", answers, "--issue").body
    qr = teras("record", "show", made["record"]).body["qr"]
    keys = tmp_path / "keys.json"
    teras("server", "keys", "export", keys)

    good = teras("check", qr, "--keys", keys)
    forged = teras("check", qr[:-1] + ("0" if qr[-1] != "0" else "1"), "--keys", keys)

    assert (good.status, good.body["kind"]) == (0, "letter")
    assert good.body["says"]["number"] == made["number"]
    assert (forged.status, forged.body["ok"]) == (1, False)


def test_a_copied_folder_opens_where_the_system_has_no_keystore(
    teras: Any, desk: Path, tmp_path: Path
) -> None:
    shutil.copytree(desk, tmp_path / "copy")

    assert teras("status", "--data-dir", tmp_path / "copy").status == 0
