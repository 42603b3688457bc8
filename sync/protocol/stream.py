"""The stream: the gapless, numbered feed of one office and service group that devices pull.

A row is a change with its verdict, a grant of numbers, or the leave of a record that belongs to
other offices now; a record that comes to an office is told there from its beginning. A page is
signed by the server over its plain bytes, so that any desk can later prove to a restored server
what that server once said (sync-rules 2a, 2b). The chain value runs over all rows: chain(n) =
SHA256(chain(n-1) | SHA256(row n)), chain(0) = 32 zero bytes.
"""

import hashlib

import msgspec

from sync.protocol import wire
from sync.protocol.lease import Lease
from sync.protocol.receipt import VerdictName

CHAIN_START = bytes(32)


class Fate(msgspec.Struct, frozen=True, array_like=True):
    """What the server decided about the change of one row, beside the change itself."""

    number: int  # the row's number in its stream
    change: bytes
    verdict: VerdictName
    code: str
    office: bytes  # of the author
    received: int  # ms, the server's clock


class Leave(msgspec.Struct, frozen=True, array_like=True):
    """From here on the office of the stream does not hold this record any more."""

    number: int  # the row's number in its stream
    record: bytes


class Page(msgspec.Struct, frozen=True):
    """Rows `first` to `last` of one stream, both included and none missing.

    `changes` are the changes of `fates` in the same order, by column (sync.protocol.columns);
    `grants` are lease grants, each with the number of its row, `leaves` records that left. `chain`
    is the value after row `last`.
    """

    epoch: bytes
    stream: str
    first: int
    last: int
    head: int  # the stream's newest row when the page was made: more is to come while last < head
    chain: bytes
    changes: bytes
    fates: list[Fate]
    grants: list[tuple[int, Lease]]
    leaves: list[Leave] = []


class Signed(msgspec.Struct, frozen=True, array_like=True):
    """The plain bytes of a page, receipt or policy with the server's signature over them.

    Kept as they came.
    """

    plain: bytes
    signature: bytes


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a desk has read one stream, and the chain value there.

    A restored server can't match it by accident.
    """

    stream: str
    row: int
    chain: bytes


Said = Fate | Lease | Leave  # what the chain covers of a row


def chained(before: bytes, row: Said) -> bytes:
    """Return the chain value after one more row; change ids in it cover the changes' content."""
    return hashlib.sha256(before + hashlib.sha256(wire.encode(row)).digest()).digest()
