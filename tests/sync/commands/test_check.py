"""A batch file, checked with public keys alone."""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.crypto import envelope
from sync.crypto.keys import DeviceKeys, RegionKeys, key_id
from sync.protocol.header import CLASSICAL, Header

DEVICE = bytes(range(16))


@pytest.fixture
def keys() -> tuple[DeviceKeys, RegionKeys]:
    return DeviceKeys.make(), RegionKeys.make()


@pytest.fixture
def key_file(keys: tuple[DeviceKeys, RegionKeys], tmp_path: Path) -> Path:
    device, region = keys
    public = region.public()
    path = tmp_path / "keys.json"
    named = {
        "sign": public.sign.hex(),
        "root": public.root.hex(),
        "devices": {DEVICE.hex(): device.public().sign.hex()},
    }
    path.write_bytes(msgspec.json.encode({"regions": {"99.71": named}}))
    return path


@pytest.fixture
def batch(keys: tuple[DeviceKeys, RegionKeys], tmp_path: Path) -> Path:
    device, region = keys
    reader = region.public().seal
    header = Header(
        "batch", CLASSICAL, DEVICE, key_id(reader), os.urandom(8), 7, bytes(32), bytes(16)
    )
    path = tmp_path / "batch"
    path.write_bytes(envelope.seal(b"content", header, sign=device.sign, reader=reader))
    return path


def test_a_batch_is_vouched_for_by_the_key_of_its_device(
    teras: Any, batch: Path, key_file: Path
) -> None:
    said = teras("check", batch, "--keys", key_file)

    assert said.status == 0
    assert (said.body["ok"], said.body["kind"]) == (True, "batch")
    assert (said.body["says"]["writer"], said.body["says"]["seq"]) == (DEVICE.hex(), 7)


def test_a_batch_with_a_flipped_byte_fails_wherever_it_is(
    teras: Any, batch: Path, key_file: Path
) -> None:
    whole = batch.read_bytes()
    passed = []
    for at in range(0, len(whole), 17):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        batch.write_bytes(bytes(flipped))
        said = teras("check", batch, "--keys", key_file)
        if said.status != 1 or said.body["ok"]:
            passed.append(at)

    assert passed == []


def test_a_batch_of_a_device_that_is_not_known_is_not_vouched_for(teras: Any, batch: Path) -> None:
    said = teras("check", batch)

    assert (said.status, said.body["kind"], said.codes) == (1, "batch", ["key_unknown"])
