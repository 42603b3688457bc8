from pathlib import Path
from typing import Any

import pytest

from sync.commands import door


class Upstairs:
    """A window that only remembers what it was asked."""

    def __init__(self) -> None:
        self.opened: list[Path] = []

    def open(self, folder: Path) -> int:
        self.opened.append(folder)
        return 0

    def practise(self, folder: Path) -> int:
        raise AssertionError(folder)

    def pictures(self, desk: Path, kept: Path, operator: str, passphrase: str) -> list[Path]:
        assert (desk / "slots").exists()
        assert operator
        assert passphrase
        kept.mkdir()
        picture = kept / "counter.png"
        picture.write_bytes(b"picture")
        return [picture]


def test_the_demo_goes_the_whole_way_and_keeps_its_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    window = Upstairs()
    status = door.main(["demo", "--headless", "--dir", str(tmp_path / "demo"), "--json"], window)

    body = json.loads(capsys.readouterr().out)
    assert [step["name"] for step in body["steps"] if not step["ok"]] == []
    assert status == 0
    assert len(body["steps"]) >= 15
    assert body["pictures"] == [str(tmp_path / "demo" / "pictures" / "counter.png")]
    assert body["dir"] == str(tmp_path / "demo")
    assert window.opened == []


def test_a_demo_does_not_touch_a_folder_that_has_something(teras: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    said = teras("demo", "--headless", "--dir", tmp_path)

    assert (said.status, said.codes) == (1, ["folder_not_empty"])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
