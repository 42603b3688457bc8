"""A change: one saved act on a record; append-only, with its author, device, time, base and reason.

The id of a change is computed, never sent:

    digest = SHA256("teras/body/1" | salt | canonical(body))
    id     = SHA256("teras/change/1" | canonical(act))[:16]

where `act` is the map of every field below but `body`, `salt` and `id`, with the digest, empty
values left out. So both ends verify the content by computing the name, a batch saves 16
incompressible bytes a change, a field that only a later version knows (`extra`) is covered like the
others, and erasing a person replaces `body` and `salt` by the digest without breaking any id or
chain. A body with nothing in it needs no salt. A change that begins a record carries an empty
`record`: the record's id is then the change's own id.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from sync.protocol import wire

SALT_BYTES = 12  # 96 bits: an erased body cannot be found again by guessing it
ID_BYTES = 16
NOBODY = b""  # an absent id: no subject, no record of its own yet

# The reserved group of a record's state; forms may not declare a field of this name.
STATE = "state"

# Acts that are not actions of a form's state machine.
NEW = "new"
EDIT = "edit"
SETTLE = "settle"  # a choice in a dispute on the record (sync.protocol.settle)
NUMBERING = "number"  # the final number for a paper that was printed with a provisional one


class Number(msgspec.Struct, frozen=True, array_like=True):
    """A number taken from a lease in the transaction that issued.

    Series, year and position, and how it is printed.

    `position` 0 with a `text` is a provisional number: the lease had ended, the citizen was not
    sent away.
    """

    series: str
    year: int
    position: int
    text: str

    @property
    def provisional(self) -> bool:
        """Whether the final number is still to be given."""
        return self.position == 0


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be erased of a change: the person's data.

    `answers` carries whole groups; None empties a key.
    """

    answers: dict[str, Any] = {}
    reason: str = ""
    paper: dict[str, Any] | None = None  # forms.paper.letter.Paper as plain values, on `issue` only


class Change(msgspec.Struct, frozen=True):
    """One saved act. `seq` counts the acts of one incarnation from 1 without a gap.

    `time` is ms since 1970 UTC.
    """

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
    body: Body
    id: bytes = b""
    erased: bytes = b""  # the digest, once body and salt are gone
    extra: dict[str, Any] = {}  # what a later version says beside; kept and sent on unchanged

    @property
    def target(self) -> bytes:
        """The record this change is about: the named one, or the one it begins."""
        return self.record or self.id


def digest(salt: bytes, body: Body) -> bytes:
    """Return what stands for the body in the change's id."""
    return hashlib.sha256(b"teras/body/1" + salt + wire.encode(body)).digest()


def change_id(change: Change) -> bytes:
    """Compute the id; equal to `change.id` unless somebody altered the change."""
    return said(change, change.extra)[:ID_BYTES]


def said(change: Change, extra: Mapping[str, Any]) -> bytes:
    """Digest the act with this `extra`; the change's id is the start of it with all of its own."""
    act: dict[str, Any] = {
        "device": change.device,
        "incarnation": change.incarnation,
        "seq": change.seq,
        "operator": change.operator,
        "time": change.time,
        "service": change.service,
        "version": change.version,
        "act": change.act,
        "digest": change.erased or digest(change.salt, change.body),
    }
    for name in ("record", "subject", "base", "state", "number"):
        value = getattr(change, name)
        if value:
            act[name] = value
    act.update(extra)
    return hashlib.sha256(b"teras/change/1" + wire.encode(act)).digest()


def named(change: Change) -> Change:
    """Return the change with its id computed."""
    return msgspec.structs.replace(change, id=change_id(change))
