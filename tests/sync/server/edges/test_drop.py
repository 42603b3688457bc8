"""A destination by files: an item lies there whole, and its answer is taken from beside it."""

import json
from pathlib import Path

import pytest

from sync.server.city import City
from sync.server.edges import courier
from sync.server.edges.drop import Drop
from sync.server.edges.places import Place
from sync.server.edges.reply import Reply
from tests.sync.server.conftest import Time
from tests.sync.server.edges.conftest import Counter, items, point

HOUR_MS = 3_600_000


def test_a_complaint_goes_and_is_answered_by_files(
    city: City, counter: Counter, time: Time, tmp_path: Path
) -> None:
    place = tmp_path / "lapor"
    point(city.folder, f'[lapor]\nfolder = "{place.as_posix()}"\n')
    _, sent = counter.complain()
    courier.run(city)
    laid = place / "keluar" / f"{sent.id.hex()}.json"
    assert json.loads(laid.read_text("utf-8"))["answers"]["judul"] == "Lampu jalan padam"
    assert laid.stat().st_mode & 0o777 == 0o600

    answer = {"status": "replied", "reference": "7000001", "words": "Sudah diganti."}
    (place / "masuk" / laid.name).write_text(json.dumps(answer), "utf-8")
    time.ms += HOUR_MS
    courier.run(city)

    [item] = items(city)
    assert (item.state, item.reference, item.words) == ("replied", "7000001", "Sudah diganti.")
    assert [*place.rglob("*.json")] == []


def test_a_folder_that_is_gone_lets_the_destination_rest(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    drop = Drop(Place(folder=str(tmp_path / "file" / "lapor")))

    assert drop.send("ab", b"{}") == Reply("rest", code="folder")
    assert drop.ask("ab") == Reply("rest", code="folder")


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (b"", Reply("later", code="answer_malformed")),
        (b"[" * 50_000, Reply("later", code="answer_malformed")),
        (b'{"status": "lost"}', Reply("later", code="answer_malformed")),
        (b'{"status": "replied", "words": " "}', Reply("later", code="answer_malformed")),
        (b'{"status": "taken", "reference": "\\u0007 7\\n"}', Reply("taken", "7")),
        (b" " * 70_000, Reply("later", code="answer_long")),
        (
            b'{"status": "refused", "problems": [{"field": "isi", "message": "kosong"}]}',
            Reply("refused", words="isi: kosong"),
        ),
    ],
)
def test_an_answer_is_read_whatever_somebody_laid_there(
    tmp_path: Path, content: bytes, reply: Reply
) -> None:
    drop = Drop(Place(folder=str(tmp_path)))
    drop.send("ab", b"{}")
    (tmp_path / "masuk" / "ab.json").write_bytes(content)

    assert drop.ask("ab") == reply
