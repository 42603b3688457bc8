"""`server edges`: the queue to other systems as an administrator sees and moves it."""

import json
from pathlib import Path
from typing import Any

from sync.server import turns

ANSWERS = {
    "jenis": "permintaan_informasi",
    "tanggal": "2026-11-20",
    "kategori": "perizinan",
    "judul": "Syarat izin usaha",
    "isi": "Apa saja syaratnya?",
    "anonim": True,
}


def test_a_complaint_goes_from_the_desk_to_a_folder_and_its_answer_to_the_desk(
    teras: Any, city: Path, desk: Path, tmp_path: Path
) -> None:
    place, answers, stick = (tmp_path / name for name in ("lapor", "aduan.json", "usb"))
    answers.write_text(json.dumps(ANSWERS), "utf-8")
    (city / "edges.toml").touch(0o600)
    (city / "edges.toml").write_text(f'[lapor]\nfolder = "{place.as_posix()}"\n', "utf-8")
    made = teras("record", "new", "aspirations/complaint", "--answers", answers).body["record"]
    teras("record", "move", made, "send_lapor")
    stick.mkdir()
    teras("carry", "out", stick)
    teras("server", "carry", stick)
    [item] = teras("server", "edges").body["items"]
    assert (item["record"], item["state"], item["destination"]) == (made, "waiting", "lapor")
    (place / "masuk").mkdir(parents=True)
    answer = {"status": "replied", "words": "Silakan ke loket izin."}
    (place / "masuk" / f"{item['item']}.json").write_text(json.dumps(answer), "utf-8")

    assert teras("server", "edges", "send").body == {"ok": True, "tried": 1}

    teras("server", "carry", stick)
    teras("carry", "in", stick)
    shown = teras("record", "show", made).body
    assert shown["state"] == "replied"
    assert "Silakan ke loket izin." in json.dumps(shown["history"])
    again = teras("server", "edges", "retry", item["item"])
    assert (again.status, again.codes) == (1, ["edge_ended"])


def test_while_the_server_sends_nobody_else_does(teras: Any, city: Path) -> None:
    turn = turns.attempt(city, "edges")
    assert turn is not None

    said = teras("server", "edges", "send")
    turn.release()

    assert (said.status, said.codes) == (1, ["edges_busy"])
