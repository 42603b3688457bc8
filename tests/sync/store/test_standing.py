"""What a laptop tells of itself: its version, what is unsent, whether its disk is encrypted."""

import os
import tomllib
from pathlib import Path

from sync.protocol.standing import VERSION
from sync.store import standing

HOUSE = Path(__file__).parents[3]


def device(folder: Path, name: str, uuid: str = "", *on: Path) -> Path:
    """A block device as the kernel shows it."""
    made = folder / name
    (made / "slaves").mkdir(parents=True)
    if uuid:
        (made / "dm").mkdir()
        (made / "dm" / "uuid").write_text(uuid + "\n", "ascii")
    for below in on:
        (made / "slaves" / below.name).symlink_to(below)
    return made


def seen(tmp_path: Path, found: Path) -> str:
    number = tmp_path.stat().st_dev
    devices = tmp_path / "dev"
    devices.mkdir()
    (devices / f"{os.major(number)}:{os.minor(number)}").symlink_to(found)
    return standing.disk(tmp_path, devices)


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION


def test_a_plain_partition_is_open(tmp_path: Path) -> None:
    assert seen(tmp_path, device(tmp_path, "sda1")) == "open"


def test_an_encrypted_volume_is_sealed(tmp_path: Path) -> None:
    assert seen(tmp_path, device(tmp_path, "dm-0", "CRYPT-LUKS2-abc-home")) == "sealed"


def test_a_volume_on_an_encrypted_partition_is_sealed(tmp_path: Path) -> None:
    crypt = device(tmp_path, "dm-0", "CRYPT-LUKS2-abc-pv", device(tmp_path, "sda2"))

    assert seen(tmp_path, device(tmp_path, "dm-1", "LVM-xyz", crypt)) == "sealed"


def test_a_volume_that_lies_on_an_open_disk_too_is_open(tmp_path: Path) -> None:
    crypt = device(tmp_path, "dm-0", "CRYPT-LUKS2-abc-pv")
    plain = device(tmp_path, "sdb1")

    assert seen(tmp_path, device(tmp_path, "dm-1", "LVM-xyz", crypt, plain)) == "open"


def test_devices_on_themselves_end(tmp_path: Path) -> None:
    loop = device(tmp_path, "dm-9")
    (loop / "slaves" / "dm-9").symlink_to(loop)

    assert seen(tmp_path, loop) == "open"


def test_what_the_system_does_not_show_is_unknown(tmp_path: Path) -> None:
    assert standing.disk(tmp_path, tmp_path / "nowhere") == "unknown"
