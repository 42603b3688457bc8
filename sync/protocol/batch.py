"""A batch: the changes of one incarnation since its last batch, for the server alone."""

import msgspec

from sync.protocol import wire
from sync.protocol.stream import Cursor

CHANGES_MAX = (
    1_000  # One transaction at the server; 10,000 records make ten batches of about 50 kB.
)
TEXTS_MAX = 200  # letter templates and letterheads of one batch
TEXT_BYTES_MAX = 256 * 1024
SEALED_MAX = 8 * 1024 * 1024  # a full batch of the longest letters stays far below


class Batch(msgspec.Struct, frozen=True):
    """What is inside the seal.

    Device, incarnation and seq stand here again and must equal the header's.

    `changes` is the table of sync.protocol.columns. `texts` are the templates and letterheads that
    letters of this batch cite, by SHA-256 in hex; one that the server has already may be left out.
    `cursors` say what the author knew when the oldest change was made, `policy` now; `highest` is,
    per lease id, the highest position used; `clock` is the desk's clock in ms.
    """

    device: bytes
    incarnation: bytes
    seq: int
    changes: bytes
    texts: wire.Texts
    cursors: wire.Listed[Cursor]
    policy: int
    highest: wire.Listed[tuple[bytes, int]]
    clock: int
