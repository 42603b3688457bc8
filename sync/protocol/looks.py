"""Looks at people's records: who, whose, when and how; they go up beside an ask, sealed with it.

    Ask.looks      the oldest that nobody acknowledged, encoded by themselves: a server that does
                   not understand them takes the ask all the same, and acknowledges nothing
    Answer.looks   the number of the last one that the city has chained

Nothing here names anybody: ids are random, and the rest are words of this program.
"""

from typing import Annotated

import msgspec

from sync.protocol import wire
from sync.protocol.change import ID_BYTES

ASKED_MAX = 2_000  # looks of one ask: some 100 kB
NARROW_MAX = 100  # on a slow line: 5 kB beside the day's 20
SIZE_MAX = 512 * 1024  # of all of them, encoded

Id = Annotated[bytes, msgspec.Meta(max_length=ID_BYTES)]
How = Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,20}$")]
What = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_/]{0,80}$")]
Said = Annotated[bytes, msgspec.Meta(max_length=SIZE_MAX)]

# How somebody looked; a later version may say more.
RECORD, LETTER, FILE, LIST, REPORT = "record", "letter", "file", "list", "report"
FORGOTTEN = "forgotten"  # so many looks were dropped here before they were acknowledged


class Look(msgspec.Struct, frozen=True, array_like=True):
    """One look, at a time in ms by the desk's clock, by the record of an operator.

    `record` is empty where a list or report showed `count` people's records; `what` is its name, or
    the service of the record. `subject` is the person whom the record concerns, where it is
    another record.
    """

    at: wire.Count
    operator: Id
    record: Id
    how: How
    what: What = ""
    count: wire.Count = 1
    subject: Id = b""


class Looks(msgspec.Struct, frozen=True):
    """Some looks, the oldest first, and the number that their desk gave the last of them."""

    rows: Annotated[list[Look], msgspec.Meta(max_length=ASKED_MAX)]
    last: wire.Count


def encode(looks: Looks) -> bytes:
    """Encode what goes into an ask."""
    return wire.encode(looks)


def decode(said: bytes) -> Looks:
    """Read what stands in an ask; Refused(message_malformed)."""
    return wire.decode(said, Looks)
