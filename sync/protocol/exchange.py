"""One exchange: an ask with any number of batches goes up, one answer comes down.

The same by any carrier.

Over HTTPS the body of POST /v1/exchange is the MessagePack array [ask, batch, batch, ...] of
envelopes, and the answer is one envelope. A trip repeats it until nothing is pending and every
cursor stands at its head.
"""

import msgspec

from sync.protocol.lease import Lease
from sync.protocol.stream import Cursor, Signed

BATCHES_MAX = 16  # envelopes of one exchange
ROWS_MAX = 20_000  # rows of all pages of one answer: a few hundred kB
PAGE_ROWS_MAX = 5_000
PATH_EXCHANGE = "/v1/exchange"
PATH_HELLO = "/v1/hello"
PATH_ENROL = "/v1/enrol"
CONTENT_TYPE = "application/teras+msgpack"  # a captive portal's page never has it


class Ask(msgspec.Struct, frozen=True):
    """What a desk wants: rows after its cursors, and a receipt. Unknown streams begin at row 0.

    `nonce` is random and comes back in the answer: an old answer can't be played again.
    `wanted` names the series whose lease is half used, with the year.
    """

    nonce: bytes
    device: bytes
    incarnation: bytes
    cursors: list[Cursor]
    wanted: list[tuple[str, int]]
    clock: int
    rows_max: int = ROWS_MAX


class Answer(msgspec.Struct, frozen=True):
    """What the server says to one ask.

    `receipt` and `pages` are signed by themselves and kept as they came.

    `head` is the receipt's and pages' common epoch; `more` is true while a further exchange would
    bring rows. `texts` are the templates and letterheads that letters of the pages cite.
    """

    nonce: bytes
    epoch: bytes
    receipt: Signed | None
    pages: list[Signed]
    texts: dict[str, str]
    leases: list[Lease]
    time: int
    more: bool
