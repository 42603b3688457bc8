import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.protocol import attachment, wire
from sync.protocol.attachment import CHUNKS_MAX, MANIFEST_MAX, SEALED, Manifest

PARTS = [b"a" * SEALED, b"b" * SEALED, b"c" * 300]
MANIFEST = attachment.describe(PARTS)


def test_a_manifest_says_of_every_chunk_what_and_how_long_it_is() -> None:
    read = attachment.read(MANIFEST)

    assert [read.length(place) for place in range(3)] == [SEALED, SEALED, 300]
    assert all(attachment.fits(read, place, part) for place, part in enumerate(PARTS))
    assert not attachment.fits(read, 0, PARTS[1])
    assert not attachment.fits(read, 3, PARTS[2])
    assert not attachment.fits(read, -1, PARTS[2])


@given(st.integers(0, len(MANIFEST) - 1), st.integers(0, 7))
def test_a_changed_manifest_has_another_name(at: int, bit: int) -> None:
    broken = bytearray(MANIFEST)
    broken[at] ^= 1 << bit

    assert attachment.name_of(bytes(broken)) != attachment.name_of(MANIFEST)


@given(st.binary(max_size=200))
def test_strange_bytes_are_no_manifest(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        attachment.read(data)
    assert refused.value.problems[0].code == "attachment_malformed"


@pytest.mark.parametrize(
    "manifest",
    [
        Manifest(2, 300, [bytes(32)]),
        Manifest(1, 300, []),
        Manifest(1, 300, [bytes(31)]),
        Manifest(1, 16, [bytes(32)]),
        Manifest(1, SEALED + 1, [bytes(32)]),
        Manifest(1, SEALED, [bytes(32)] * 2),
        Manifest(1, -5, [bytes(32)]),
        Manifest(1, SEALED * (CHUNKS_MAX + 1), [bytes(32)] * (CHUNKS_MAX + 1)),
    ],
)
def test_a_manifest_that_no_file_has_is_refused(manifest: Manifest) -> None:
    with pytest.raises(Refused):
        attachment.read(wire.encode(manifest))


def test_the_longest_manifest_is_within_its_bound() -> None:
    longest = wire.encode(Manifest(1, SEALED * CHUNKS_MAX, [b"\xff" * 32] * CHUNKS_MAX))

    assert len(longest) <= MANIFEST_MAX
    assert len(attachment.read(longest).chunks) == CHUNKS_MAX


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0..", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n..", "image/png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"MZ\x90\0", ""),
        (b"<svg>", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert attachment.type_of(content) == kind


def test_only_references_among_answers_are_files() -> None:
    name = "ab" * 32
    answers = {
        "ktp": {"file": name, "size": 1, "type": "image/png", "key": "00" * 32},
        "kk": {"seen": True},
        "path": {"file": "C:\\ktp.jpg"},
        "short": {"file": "ab", "key": "cd"},
        "strange": {"file": "zz" * 32, "key": "cd"},
        "nama": "AHMAD",
    }

    assert attachment.cited(answers) == [bytes.fromhex(name)]
