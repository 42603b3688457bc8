"""A change as it is kept in the store: an array without names, its id beside it."""

from typing import Any

import msgspec

from sync.protocol import wire
from sync.protocol.change import Body, Change, Number


class _Kept(msgspec.Struct, array_like=True):
    """A change's fields in the order of a list; new ones may only come at the end."""

    device: bytes
    incarnation: bytes
    seq: int
    operator: bytes
    time: int
    service: str
    version: int
    act: str
    record: bytes
    subject: bytes
    base: dict[str, bytes]
    state: str
    number: Number | None
    salt: bytes
    answers: dict[str, Any]
    reason: str
    paper: dict[str, Any] | None
    erased: bytes
    extra: dict[str, Any]


class Glance(msgspec.Struct, array_like=True):
    """The head of a kept change: what is asked of many without unpacking them."""

    device: bytes
    incarnation: bytes
    seq: int
    operator: bytes
    time: int
    service: str
    version: int
    act: str
    record: bytes
    subject: bytes
    base: dict[str, bytes]
    state: str
    number: Number | None


def glance(plain: bytes) -> Glance:
    """Read the head of a kept change."""
    return wire.decode(plain, Glance)


def pack(change: Change) -> bytes:
    """Pack a change; its id is not in it."""
    body = change.body
    return wire.encode(
        _Kept(
            change.device,
            change.incarnation,
            change.seq,
            change.operator,
            change.time,
            change.service,
            change.version,
            change.act,
            change.record,
            change.subject,
            change.base,
            change.state,
            change.number,
            change.salt,
            body.answers,
            body.reason,
            body.paper,
            change.erased,
            change.extra,
        )
    )


def unpack(plain: bytes, name: bytes) -> Change:
    """Undo `pack`; `name` is the change's id."""
    kept = wire.decode(plain, _Kept)
    return Change(
        device=kept.device,
        incarnation=kept.incarnation,
        seq=kept.seq,
        operator=kept.operator,
        time=kept.time,
        service=kept.service,
        version=kept.version,
        act=kept.act,
        record=kept.record,
        subject=kept.subject,
        base=kept.base,
        state=kept.state,
        number=kept.number,
        salt=kept.salt,
        body=Body(kept.answers, kept.reason, kept.paper),
        id=name,
        erased=kept.erased,
        extra=kept.extra,
    )
