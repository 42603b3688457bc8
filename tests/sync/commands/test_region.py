"""A region file comes to a desk by hand, or from the city by stick."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.sync.commands.conftest import REGION


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The region under another name."""
    path = tmp_path / "baru" / REGION.name
    shutil.copytree(REGION.with_suffix(""), path.with_suffix(""))
    text = REGION.read_text("utf-8").replace('"Kota Contoh"', '"Kota Percontohan"')
    path.write_text(text, "utf-8")
    return path


def carried(teras: Any, stick: Path) -> None:
    for words in (("carry", "out"), ("server", "carry"), ("carry", "in")):
        assert teras(*words, stick).status == 0


def test_what_the_city_applied_comes_by_stick(
    teras: Any, city: Path, desk: Path, file: Path, tmp_path: Path
) -> None:
    assert teras("server", "region", "apply", file).body["changed"] is True

    carried(teras, tmp_path / "stick")

    again = teras("region", "apply", file)
    assert again.body == {
        "ok": True, "region": "99.71", "name": "Kota Percontohan", "changed": False,
    }  # fmt: skip


def test_what_was_brought_by_hand_holds_until_the_city_speaks(
    teras: Any, city: Path, desk: Path, file: Path, tmp_path: Path
) -> None:
    done = teras("region", "apply", file)
    assert (done.status, done.body["name"], done.body["changed"]) == (0, "Kota Percontohan", True)
    assert teras("region", "apply", file).body["changed"] is False

    carried(teras, tmp_path / "stick")  # the city goes by the one of before

    assert teras("region", "apply", REGION).body["changed"] is False


def test_another_regions_file_and_a_broken_one_leave_the_present_one(
    teras: Any, desk: Path, file: Path
) -> None:
    other = teras("region", "apply", REGION.with_name("kota_tangerang.toml"))
    assert (other.status, other.codes) == (1, ["policy_elsewhere"])
    (file.with_suffix("") / "wilayah.csv").write_text(
        "kode,nama,tingkat\n99,Provinsi,provinsi\n99.71,Kota,kota\n", "utf-8"
    )
    assert set(teras("region", "apply", file).codes) == {"area_needed"}
    file.write_text("name =", "utf-8")
    assert teras("region", "apply", file).status == 1
    assert teras("region", "apply", REGION).body["changed"] is False
