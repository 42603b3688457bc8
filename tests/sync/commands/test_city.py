"""The commands of an administrator, on the server's own folder."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parents[3]
REGIONS = sorted((HOUSE / "resources" / "regions").glob("*.toml"))
CONTOH = HOUSE / "resources" / "regions" / "kota_contoh.toml"
NOBODY = "0" * 32


@pytest.mark.parametrize("region", REGIONS, ids=lambda path: path.stem)
def test_every_region_of_the_project_can_begin_a_server(teras: Any, region: Path) -> None:
    said = teras("server", "init", "--region", region)

    assert said.status == 0
    assert said.body.keys() >= {"region", "epoch", "fingerprint"}


def test_a_folder_that_has_a_server_is_not_made_again(teras: Any, city: Path) -> None:
    said = teras("server", "init", "--region", CONTOH)

    assert (said.status, said.codes) == (1, ["server_exists"])


def test_a_weak_passphrase_or_a_missing_region_makes_no_server(
    teras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = teras("server", "init", "--region", tmp_path / "none.toml")
    monkeypatch.setenv("TERAS_PASSPHRASE", "abc")
    weak = teras("server", "init", "--region", CONTOH)

    assert (missing.status, missing.codes) == (1, ["file_missing"])
    assert weak.status == 1
    assert not (tmp_path / "server" / "server.json").exists()


def test_a_wrong_administrator_is_locked_out(
    teras: Any, city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = teras("server", "status", who="Orang Lain")
    monkeypatch.setenv("TERAS_PASSPHRASE", "bukan kata sandi yang benar")
    wrong = teras("server", "status")

    assert (stranger.status, stranger.codes) == (3, ["locked"])
    assert (wrong.status, wrong.codes) == (3, ["locked"])


def test_a_folder_without_a_server_says_so(teras: Any) -> None:
    said = teras("server", "status")

    assert (said.status, said.codes) == (1, ["server_missing"])


def test_the_status_counts_what_is_there(teras: Any, city: Path) -> None:
    body = teras("server", "status").body

    assert body.keys() >= {"epoch", "records", "changes", "conflicts", "quarantined", "devices"}
    assert body["devices"] == 1


def test_an_office_needs_areas_of_the_region_and_a_code_of_its_own(teras: Any, city: Path) -> None:
    def add(code: str, area: str) -> Any:
        return teras(
            "server", "office", "add", "--code", code, "--kind", "kelurahan",
            "--name", "Kelurahan Dua", "--area", area,
        )  # fmt: skip

    assert add("KEL-2", "99.71.01.1002").body["office"]
    assert add("KEL-2", "99.71.01.1002").codes == ["office_code_taken"]
    assert add("KEL-3", "11.11.11.1111").codes == ["region_unknown"]


def test_a_code_tells_until_when_it_can_be_used(teras: Any, city: Path) -> None:
    said = teras("server", "enrol-code", "--office", "KEL-1", "--role", "petugas")

    expires = dt.datetime.fromisoformat(said.body["expires"])
    assert expires.tzinfo is not None
    assert said.body["code"]
    unknown = teras("server", "enrol-code", "--office", "KEL-9", "--role", "petugas")
    assert (unknown.status, unknown.codes) == (1, ["office_unknown"])


def test_a_device_is_listed_and_can_be_revoked(teras: Any, city: Path) -> None:
    (device,) = teras("server", "device", "list").body["devices"]

    assert device.keys() >= {"id", "office", "last_seen", "incarnation", "revoked"}
    assert (device["office"], device["revoked"]) == ("KEL-1", False)
    assert teras("server", "device", "revoke", device["id"]).status == 0
    assert teras("server", "device", "list").body["devices"][0]["revoked"] is True


@pytest.mark.parametrize("name", [NOBODY, "abc", "zz"])
def test_a_device_that_is_none_is_not_revoked(teras: Any, city: Path, name: str) -> None:
    said = teras("server", "device", "revoke", name)

    assert (said.status, said.codes) == (1, ["device_unknown"])


def test_records_of_a_service_that_is_none_are_refused(teras: Any, city: Path) -> None:
    said = teras("server", "records", "--service", "letters/surat_cinta")

    assert (said.status, said.codes) == (1, ["service_unknown"])


def test_every_number_of_a_fresh_lease_is_explained(teras: Any, city: Path) -> None:
    year = dt.datetime.now(dt.UTC).year
    said = teras(
        "server", "numbers", "explain", "--office", "KEL-1", "--series", "surat", "--year", year
    )

    numbers = said.body["numbers"]
    assert len(numbers) >= 500
    assert [number["number"] for number in numbers] == list(range(1, len(numbers) + 1))
    assert {number["state"] for number in numbers} == {"leased"}


def test_a_sound_server_verifies(teras: Any, city: Path) -> None:
    said = teras("server", "verify")

    assert (said.status, said.body) == (0, {"ok": True, "problems": []})


def test_an_exported_audit_is_checked_with_the_exported_keys(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    keys, audit = tmp_path / "keys.json", tmp_path / "audit.json"
    teras("server", "keys", "export", keys)
    made = teras("server", "audit", "export", "--out", audit, "--office", "KEL-1").body

    said = teras("check", audit, "--keys", keys)

    assert said.status == 0
    assert (said.body["ok"], said.body["kind"]) == (True, "audit")
    assert said.body["says"]["events"] == made["events"] > 0
    assert said.body["says"]["head"] == made["head"]


def test_an_audit_of_which_something_was_changed_or_taken_away_fails(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    keys, audit = tmp_path / "keys.json", tmp_path / "audit.json"
    teras("server", "keys", "export", keys)
    teras("server", "audit", "export", "--out", audit)
    whole = json.loads(audit.read_text("utf-8"))

    audit.write_text(json.dumps({**whole, "events": whole["events"][1:]}), "utf-8")
    shorter = teras("check", audit, "--keys", keys)
    whole["events"][0]["event"]["by"] = "Orang Lain"
    audit.write_text(json.dumps(whole), "utf-8")
    changed = teras("check", audit, "--keys", keys)

    assert (shorter.status, shorter.body["ok"]) == (1, False)
    assert (changed.status, changed.body["ok"]) == (1, False)


def test_without_keys_nothing_is_vouched_for(teras: Any, city: Path, tmp_path: Path) -> None:
    audit = tmp_path / "audit.json"
    teras("server", "audit", "export", "--out", audit)

    said = teras("check", audit)

    assert (said.status, said.body["ok"], said.codes) == (1, False, ["key_unknown"])


@pytest.mark.parametrize("text", ["selamat pagi", "", "TERAS1:", "{}", "\0", "x" * 5000])
def test_what_is_nothing_of_ours_is_told_so(teras: Any, text: str) -> None:
    said = teras("check", text)

    assert said.status == 1
    assert said.body["ok"] is False
    assert len(said.codes) == 1
    assert said.body["problems"][0]["message"] != said.codes[0]


def test_a_key_file_that_is_none_is_refused(teras: Any, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"regions": {"1": {"sign": "zz", "root": 5}}}', "utf-8")

    assert teras("check", "TERAS1:", "--keys", keys).codes == ["keys_malformed"]
    assert teras("check", "TERAS1:", "--keys", tmp_path / "none").codes == ["file_missing"]


def test_half_a_certificate_is_refused(teras: Any, city: Path) -> None:
    said = teras("server", "run", "--certificate", "cert.pem")

    assert (said.status, said.codes) == (1, ["certificate_half"])


def test_without_a_certificate_a_server_stays_on_this_machine(teras: Any, city: Path) -> None:
    said = teras("server", "run", "--host", "192.0.2.1", "--port", "0")

    assert (said.status, said.codes) == (1, ["host_not_loopback"])


def test_an_office_is_called_otherwise_and_listed(teras: Any, city: Path) -> None:
    words = ("server", "office", "edit", "--office")

    said = teras(*words, "KEL-1", "--name", "Kelurahan Melati", "--phone", "021")
    [office] = teras("server", "office", "list").body["offices"]

    assert said.body["name"] == office["name"] == "Kelurahan Melati"
    assert (office["code"], office["phone"], office["address"]) == ("KEL-1", "021", "")
    assert teras(*words, "KEL-9", "--name", "Lain").codes == ["office_unknown"]


def test_regions_are_listed_and_a_new_file_is_applied(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    file = tmp_path / "baru" / CONTOH.name
    shutil.copytree(CONTOH.with_suffix(""), file.with_suffix(""))
    text = CONTOH.read_text("utf-8").replace('"Kota Contoh"', '"Kota Percontohan"')
    file.write_text(text, "utf-8")

    done = teras("server", "region", "apply", file)
    again = teras("server", "region", "apply", file)
    [region] = teras("server", "regions").body["regions"]

    assert [said.body["changed"] for said in (done, again)] == [True, False]
    assert region["name"] == "Kota Percontohan"
    assert region["policy"] == done.body["policy"]
    assert (region["offices"], region["devices"], region["backup"]) == (1, 1, None)
    other = teras("server", "region", "apply", CONTOH.with_name("kota_tangerang.toml"))
    assert (other.status, other.codes) == (1, ["region_other"])


def test_an_office_gets_another_catchment(teras: Any, city: Path) -> None:
    def cover(office: str, catchment: str) -> Any:
        return teras("server", "office", "catchment", "--office", office, "--catchment", catchment)

    said = cover("KEL-1", "99.71.01.1001, 99.71.01.1002")

    assert said.body.items() >= {"office": "KEL-1", "entered": 0, "left": 0}.items()
    assert cover("KEL-9", "99.71.01.1001").codes == ["office_unknown"]
    assert cover("KEL-1", "11.11").codes == ["region_unknown"]
