"""Deterministic MessagePack.

The one way any value of the protocol becomes bytes, and back within bounds.
"""

from typing import Any, TypeVar

import msgspec

from forms.engine.problem import Problem, Refused

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder(order="deterministic")


def encode(value: Any) -> bytes:
    """Encode in the canonical form.

    Map keys sorted, shortest integers, so equal values are equal bytes.
    """
    return _encoder.encode(value)


def decode(data: bytes, shape: type[T]) -> T:
    """Decode bytes of an untrusted sender into `shape`, or raise Refused(message_malformed)."""
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Problem("message_malformed", facts={"shape": shape.__name__})) from error


def decode_exactly(data: bytes, shape: type[T]) -> T:
    """Decode a message whose map names nothing twice, so that no two readers read two messages."""
    found = decode(data, shape)
    check_exact(decode(data, dict[str, msgspec.Raw]), data)
    return found


def check_exact(value: Any, data: bytes) -> None:
    """Check that what was decoded is all that was said, the order of names aside.

    Refused(message_malformed) for a name twice in one map, or what is written longer than need be.
    """
    if msgspec.msgpack.encode(value) != data:
        raise Refused(Problem("message_malformed"))
