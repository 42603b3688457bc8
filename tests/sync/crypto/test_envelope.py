"""Only the writer makes an envelope, only the reader opens it, and nobody changes a byte."""

import pytest

from forms.engine.problem import Refused
from sync.crypto import envelope, keys
from sync.protocol import wire
from sync.protocol.header import Envelope, Header
from tests.golden.pinned import golden

DEVICE = keys.DeviceKeys(sign=b"\1" * 32, seal=b"\2" * 32, letter=b"\3" * 32)
REGION = keys.RegionKeys(sign=b"\4" * 32, seal=b"\5" * 32, root=b"\6" * 32)
HEADER = Header(
    kind="batch",
    suite=1,
    writer=b"w" * 16,
    reader=keys.key_id(REGION.public().seal),
    incarnation=b"i" * 8,
    seq=1,
    prev=bytes(32),
    epoch=b"e" * 16,
)


def sealed(content: bytes = b"one day at the counter") -> bytes:
    return envelope.seal(content, HEADER, sign=DEVICE.sign, reader=REGION.public().seal)


def opened(data: bytes) -> bytes:
    return envelope.open_sealed(envelope.read(data), DEVICE.public().sign, REGION.seal)


def test_what_was_sealed_comes_out_again() -> None:
    assert opened(sealed()) == b"one day at the counter"


def test_a_pinned_envelope_still_opens() -> None:
    assert opened(golden("envelope_v1.bin", sealed())) == b"one day at the counter"


def test_every_flipped_byte_is_refused() -> None:
    data = sealed()

    for at in range(len(data)):
        spoiled = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(Refused):
            opened(spoiled)


def test_every_cut_is_refused() -> None:
    data = sealed()

    for size in range(len(data)):
        with pytest.raises(Refused):
            opened(data[:size])


def test_bytes_after_the_envelope_are_refused() -> None:
    with pytest.raises(Refused):
        opened(sealed() + b"\0")


def test_another_device_cannot_sign_the_sealed_part_as_its_own() -> None:
    other = keys.DeviceKeys.make()
    whole = wire.decode(sealed(), Envelope)
    head = wire.encode(
        Header("batch", 1, b"x" * 16, HEADER.reader, b"i" * 8, 1, bytes(32), b"e" * 16)
    )
    resigned = envelope.seal(b"", HEADER, sign=other.sign, reader=REGION.public().seal)
    stolen = wire.decode(resigned, Envelope)
    forged = wire.encode(Envelope(whole.magic, head, whole.sealed, stolen.signature))

    with pytest.raises(Refused) as refused:
        envelope.open_sealed(envelope.read(forged), other.public().sign, REGION.seal)

    assert refused.value.problems[0].code == "signature_wrong"


def test_another_reader_cannot_open_it() -> None:
    with pytest.raises(Refused) as refused:
        envelope.open_sealed(
            envelope.read(sealed()), DEVICE.public().sign, keys.RegionKeys.make().seal
        )

    assert refused.value.problems[0].code == "seal_wrong"


def test_nothing_in_the_clear_tells_of_its_content() -> None:
    data = sealed(b"SARI MELATI 3671012345678901 letters/surat")

    assert b"SARI" not in data
    assert b"letters" not in data
    assert b"3671" not in data


def test_a_suite_we_do_not_speak_is_refused() -> None:
    odd = Header("batch", 9, b"w" * 16, HEADER.reader, b"i" * 8, 1, bytes(32), b"e" * 16)
    data = envelope.seal(b"", odd, sign=DEVICE.sign, reader=REGION.public().seal)

    with pytest.raises(Refused) as refused:
        envelope.read(data)

    assert refused.value.problems[0].code == "envelope_version"
