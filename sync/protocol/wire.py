"""Deterministic MessagePack.

The one way any value of the protocol becomes bytes, and back within bounds.
"""

from typing import Annotated, Any, TypeVar

import msgspec

from forms.engine.problem import Problem, Refused

T = TypeVar("T")

WHOLE_MAX = 2**53 - 1  # exact in every language; databases take a little more
Count = Annotated[int, msgspec.Meta(ge=0, le=WHOLE_MAX)]

# A message of a few kilobytes can promise millions of empty things; each costs memory before it is
# looked at. What is longer than that is refused by its length alone.
ENTRIES_MAX = 100_000
NAMES_MAX = 1_000  # of one message; the longest has twenty
Listed = Annotated[list[T], msgspec.Meta(max_length=ENTRIES_MAX)]
Texts = Annotated[dict[str, str], msgspec.Meta(max_length=ENTRIES_MAX)]
_Names = Annotated[dict[str, msgspec.Raw], msgspec.Meta(max_length=NAMES_MAX)]
_names = msgspec.msgpack.Decoder(_Names)

_encoder = msgspec.msgpack.Encoder(order="deterministic")


def encode(value: Any) -> bytes:
    """Encode in the canonical form.

    Map keys sorted, shortest integers, so equal values are equal bytes.
    """
    return _encoder.encode(value)


def decode(data: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Decode bytes of an untrusted sender into `shape`, or raise Refused(message_malformed)."""
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Problem("message_malformed", facts={"shape": _called(shape)})) from error


def decode_exactly(data: bytes, shape: type[T]) -> T:
    """Decode a message whose map names nothing twice, so that no two readers read two messages."""
    found = decode(data, shape)
    try:
        names = _names.decode(data)
    except msgspec.MsgspecError as error:
        raise Refused(Problem("message_malformed", facts={"shape": _called(shape)})) from error
    check_exact(names, data)
    return found


def check_exact(value: Any, data: bytes) -> None:
    """Check that what was decoded is all that was said, the order of names aside.

    Refused(message_malformed) for a name twice in one map, or what is written longer than need be.
    """
    if msgspec.msgpack.encode(value) != data:
        raise Refused(Problem("message_malformed"))


def _called(shape: Any) -> str:
    return str(getattr(shape, "__name__", shape))
