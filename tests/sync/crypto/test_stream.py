import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.crypto import stream
from sync.protocol.attachment import CHUNK, SEALED

KEY = bytes(range(32))
LONG = os.urandom(2 * CHUNK + 5_000)


def code(chunks: list[bytes], size: int = len(LONG), key: bytes = KEY) -> str:
    with pytest.raises(Refused) as refused:
        stream.open_chunks(chunks, key, size)
    return refused.value.problems[0].code


@given(st.sampled_from([1, 2, 255, 256, 257, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]))
def test_what_was_sealed_opens_to_the_same_bytes(size: int) -> None:
    content = LONG[:1] * size

    assert stream.open_chunks(stream.seal(content, KEY), KEY, size) == content


def test_all_chunks_but_the_last_are_of_one_length() -> None:
    assert [len(chunk) == SEALED for chunk in stream.seal(LONG, KEY)] == [True, True, False]


def test_files_of_almost_one_length_are_sealed_to_the_same_length() -> None:
    lengths = {len(b"".join(stream.seal(LONG[:size], KEY))) for size in range(130_000, 130_900)}

    assert len(lengths) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2), st.integers(0, 10_000_000), st.integers(0, 7))
def test_a_flipped_bit_does_not_open(place: int, at: int, bit: int) -> None:
    chunks = stream.seal(LONG, KEY)
    broken = bytearray(chunks[place])
    broken[at % len(broken)] ^= 1 << bit

    assert code([*chunks[:place], bytes(broken), *chunks[place + 1 :]]) == "seal_wrong"


def test_chunks_left_out_doubled_moved_or_cut_do_not_open() -> None:
    one, two, three = stream.seal(LONG, KEY)

    for wrong in (
        [],
        [one],
        [one, two],  # cut short at a chunk's end
        [two, three],
        [one, three],
        [two, one, three],
        [one, two, three, three],
        [one, two, three[:-1]],
        [one, two, b""],
    ):
        assert code(wrong) == "seal_wrong"


def test_another_key_or_length_does_not_open() -> None:
    chunks = stream.seal(LONG, KEY)

    assert code(chunks, key=bytes(32)) == "seal_wrong"
    assert code(chunks, key=b"short") == "seal_wrong"
    assert code(chunks, size=len(LONG) - 1) == "seal_wrong"
    assert code(chunks, size=1) == "seal_wrong"


def test_keys_are_never_the_same() -> None:
    assert len({stream.make_key() for _ in range(100)}) == 100
