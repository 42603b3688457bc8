"""Equal values are equal bytes, and bytes say one thing."""

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.protocol import wire


class Message(msgspec.Struct, frozen=True):
    """Any message of two fields."""

    place: int
    name: str = ""


def test_maps_of_equal_content_are_equal_bytes() -> None:
    assert wire.encode({"b": 1, "a": {"d": 1, "c": 2}}) == wire.encode(
        {"a": {"c": 2, "d": 1}, "b": 1}
    )


def test_a_later_versions_message_is_read_without_what_is_new() -> None:
    data = wire.encode({"place": 3, "name": "x", "zone": [1, {"deep": None}]})

    assert wire.decode_exactly(data, Message) == Message(3, "x")


def test_a_message_that_says_a_thing_twice_is_refused() -> None:
    twice = b"\x82" + 2 * (wire.encode("place") + wire.encode(3))

    with pytest.raises(Refused) as refused:
        wire.decode_exactly(twice, Message)

    assert refused.value.problems[0].code == "message_malformed"


@pytest.mark.parametrize(
    "data", [b"", b"\x91" * 100_000, b"\xdd\xff\xff\xff\xff", b"\xc1", b"\xa1\xff"]
)
def test_what_no_reader_could_read_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        wire.decode_exactly(data, Message)
