"""A frame hides the size of what it holds and never expands beyond its bound."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Refused
from sync.protocol import frame

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw(packed: bytes, *, length: int | None = None) -> bytes:
    whole = (len(packed) if length is None else length).to_bytes(4) + packed
    return whole.ljust(frame.padded_size(len(whole)), b"\0")


def code(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        frame.unpack(data)
    return refused.value.problems[0].code


@given(st.binary(max_size=5_000))
def test_content_comes_back(content: bytes) -> None:
    assert frame.unpack(frame.pack(content)) == content


@given(st.integers(1, 2**40))
def test_padding_adds_at_most_an_eighth(size: int) -> None:
    padded = frame.padded_size(size)

    assert padded >= size
    assert padded <= max(frame.SIZE_MIN, size * 9 // 8)


def test_small_contents_all_look_alike() -> None:
    assert len({len(frame.pack(b"x" * size)) for size in range(200)}) == 1


def test_a_bomb_stops_at_the_bound() -> None:
    assert code(raw(zstd.compress(bytes(frame.CONTENT_MAX + 1)))) == "frame_too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        raw(b"not zstd at all"),
        raw(zstd.compress(b"x"), length=9_999),
        raw(zstd.compress(b"x") + b"after"),
        frame.pack(b"x")[:-1] + b"\1",
        frame.pack(b"x") + b"\0",
    ],
)
def test_a_damaged_frame_is_refused(data: bytes) -> None:
    assert code(data) == "frame_malformed"


def test_a_cut_frame_is_refused() -> None:
    assert code(raw(zstd.compress(b"hello, counter")[:-3])) == "frame_malformed"
