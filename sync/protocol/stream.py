"""The stream: the gapless, numbered feed of one office and service group that devices pull.

A row is a change with its verdict, a grant of numbers, or the leave of a record that belongs to
other offices now; a record that comes to an office is told there from its beginning. A page is
signed by the server over its plain bytes, so that any desk can later prove to a restored server
what that server once said (sync-rules 2a, 2b). The chain value runs over all rows: chain(n) =
SHA256(chain(n-1) | SHA256(row n)), chain(0) = 32 zero bytes. Row n is the bytes that stand in the
page, never what a reader would write of them: what a later server says more in a row is covered as
it came, and a desk that does not know it reads on.
"""

import hashlib

import msgspec

from forms.engine.problem import Refused
from sync.protocol import wire
from sync.protocol.lease import Lease
from sync.protocol.receipt import VerdictName

CHAIN_START = bytes(32)

Raw = msgspec.Raw
Row = bytes | Raw  # a Fate, Lease or Leave, encoded


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


_RAW = {"fate_rows": "fates", "grant_rows": "grants", "leave_rows": "leaves"}


class Page(msgspec.Struct, frozen=True, rename=_RAW):
    """Rows `first` to `last` of one stream, both included and none missing.

    `changes` are the changes of `fates` in the same order, by column (sync.protocol.columns);
    `grants` are lease grants, each with the number of its row, `leaves` records that left. The rows
    are kept as they came; each look at `fates`, `grants` or `leaves` decodes them. `announced`
    numbers the leaves that an administrator caused or released (sync.protocol.guard). `chain` is
    the value after row `last`.
    """

    epoch: bytes
    stream: str
    first: int
    last: int
    head: int  # the stream's newest row when the page was made: more is to come while last < head
    chain: bytes
    changes: bytes
    fate_rows: list[Raw]
    grant_rows: list[tuple[int, Raw]]
    leave_rows: list[Raw] = []
    announced: list[int] = []

    @property
    def fates(self) -> list[Fate]:
        """What became of each change; Refused(message_malformed)."""
        return [wire.decode(row, Fate) for row in self.fate_rows]

    @property
    def grants(self) -> list[tuple[int, Lease]]:
        """Leases, each with the number of its row; Refused(message_malformed)."""
        return [(number, wire.decode(row, Lease)) for number, row in self.grant_rows]

    @property
    def leaves(self) -> list[Leave]:
        """Records that left; Refused(message_malformed)."""
        return [wire.decode(row, Leave) for row in self.leave_rows]


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
    row: wire.Count
    chain: bytes


def vouched(plain: bytes) -> bytes:
    """Return what the signature covers of a page: all but `changes`, whose ids the fates have.

    So a person can be erased from a page that proves what the city said of everybody else. What is
    no map is covered whole.
    """
    try:
        parts = wire.decode(plain, dict[str, Raw])
    except Refused:
        return plain
    parts.pop("changes", None)
    return wire.encode(parts)


def chained(before: bytes, row: Row) -> bytes:
    """Return the chain value after one more row; change ids in it cover the changes' content."""
    return hashlib.sha256(before + hashlib.sha256(row).digest()).digest()
