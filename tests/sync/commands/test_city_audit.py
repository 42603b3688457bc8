"""`server looks`: what commands at a desk opened, read at the city and taken along."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.server.run import Running

LETTER = "letters/surat_keterangan_usaha"


def given(teras: Any, place: Path) -> list[object]:
    place.write_bytes(msgspec.json.encode(teras("services", "show", LETTER).body["example"]))
    return ["--answers", place]


def test_what_a_desk_opened_is_read_at_the_city_and_its_file_checks(
    teras: Any, desk: Path, live: Running, tmp_path: Path
) -> None:
    letter = teras("record", "new", LETTER, *given(teras, tmp_path / "a.json"), "--issue").body
    teras("record", "show", letter["record"])
    teras("record", "show", letter["record"])
    teras("letter", "pdf", letter["record"], tmp_path / "surat.pdf")
    teras("record", "list", "--service", LETTER)
    span = ("--from", "2020-01-01", "--to", "2029-12-31")
    teras("report", "register", *span, "--out", tmp_path / "register.xlsx")
    teras("report", "monthly", *span, "--out", tmp_path / "bulanan.xlsx")
    assert teras("sync").status == 0
    keys, file = tmp_path / "keys.json", tmp_path / "looks.json"
    teras("server", "keys", "export", keys)

    found = teras("server", "looks").body["looks"]

    assert [(one["how"], one["what"], one.get("count")) for one in found] == [
        ("report", "register", 1),
        ("list", LETTER, 1),
        ("letter", LETTER, None),
        ("record", LETTER, None),
    ]
    assert {one["name"] for one in found} == {"Siti Rahma"}
    whom = teras("server", "looks", "--whom", letter["record"], "--office", "KEL-1").body["looks"]
    assert [one["how"] for one in whom] == ["letter", "record"]
    made = teras("server", "looks", "export", "--out", file, "--whom", letter["record"]).body
    said = teras("check", file, "--keys", keys)
    assert (said.body["kind"], said.body["says"], made["looks"]) == ("looks", {"looks": 4}, 4)
    whole = json.loads(file.read_text("utf-8"))
    del whole["chains"][0]["looks"][0]
    file.write_text(json.dumps(whole), "utf-8")
    assert teras("check", file, "--keys", keys).status == 1
    assert teras("server", "looks", "--whom", "9971010101900001").codes == ["record_unknown"]


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "csv", "json"])
def test_a_lost_laptop_is_reported_as_the_file_says(
    teras: Any, city: Path, tmp_path: Path, ending: str
) -> None:
    [device] = teras("server", "device", "list").body["devices"]
    file = tmp_path / f"hilang.{ending}"

    said = teras("server", "device", "lost", device["id"], "--out", file)

    assert (said.body["ok"], said.body["persons"], said.body["revoked"]) == (True, 0, False)
    assert file.stat().st_size > 40
    assert [path.name for path in tmp_path.glob(".hilang*")] == []


def test_a_report_of_another_ending_is_refused(teras: Any, city: Path, tmp_path: Path) -> None:
    said = teras("server", "device", "lost", "ab" * 16, "--out", tmp_path / "hilang.docx")
    unknown = teras("server", "device", "lost", "ab" * 16, "--out", tmp_path / "hilang.pdf")

    assert (said.codes, unknown.codes) == (["lost_ending"], ["device_unknown"])


def test_a_finding_is_begun_judged_and_listed_by_commands(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    given = {
        "nomor_lhp": "700/012", "tanggal_lhp": "2026-11-02", "diterima": "2026-11-03",
        "tentang": "Nomor tanpa surat", "uraian": "Tiga.", "rekomendasi": "Jelaskan.",
    }  # fmt: skip
    file, out = tmp_path / "temuan.json", tmp_path / "temuan.csv"
    file.write_bytes(msgspec.json.encode(given))
    made = teras("server", "finding", "begin", "--office", "KEL-1", "--answers", file).body

    judged = teras("server", "finding", "judge", made["record"], "waive", "--reason", "Tutup.")
    [listed] = teras("server", "findings", "--out", out).body["findings"]

    assert judged.body["state"] == listed["state"] == "impossible"
    assert (listed["due"], "700/012" in out.read_text("utf-8")) == ("2027-01-02", True)
    assert teras("server", "findings", "--out", tmp_path / "x.docx").codes == ["finding_ending"]
    file.write_bytes(msgspec.json.encode(given | {"tenggat": "2030-01-01"}))
    refused = teras("server", "finding", "begin", "--office", "KEL-1", "--answers", file)
    assert refused.codes == ["unknown_field"]
