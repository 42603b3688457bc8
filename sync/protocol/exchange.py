"""One exchange: an ask with any number of batches goes up, one answer comes down.

The same by any carrier.

Over HTTPS the body of POST /v1/exchange is the MessagePack array [ask, batch, batch, ...] of
envelopes, and the answer is one envelope. A trip repeats it until nothing is pending and every
cursor stands at its head.
"""

from typing import Annotated

import msgspec

from sync.protocol import wire
from sync.protocol.attachment import Chunk, Files, Stand
from sync.protocol.lease import Lease
from sync.protocol.looks import Said
from sync.protocol.rekey import Life
from sync.protocol.snapshot import Portion, Want
from sync.protocol.standing import Standing
from sync.protocol.stream import Cursor, Signed

FORMER_MAX = 64  # incarnations of its past that an ask names
BATCHES_MAX = 16  # envelopes of one exchange
MARKS_MAX = 1_024  # of all streams together: each costs the server a look
ROWS_MAX = 20_000  # rows of all pages of one answer: a few hundred kB
PAGE_ROWS_MAX = 5_000
PATH_EXCHANGE = "/v1/exchange"
PATH_HELLO = "/v1/hello"
PATH_ENROL = "/v1/enrol"
CONTENT_TYPE = "application/teras+msgpack"  # a captive portal's page never has it


class Ask(msgspec.Struct, frozen=True):
    """What a desk wants: rows after its cursors, and a receipt. Unknown streams begin at row 0.

    `nonce` is random and comes back in the answer: an old answer can't be played again.
    `wanted` names the series whose lease is half used, with the year. `received` is the highest
    batch that the desk has a receipt for: the next one brings all verdicts after it, whatever road
    the batches came by. `marks` are page ends of streams that the server lost, `lineage` and
    `receipt` what it once signed and seems to have forgotten, `generation` the number of the newest
    backup that it told of (sync.protocol.epoch). `former` are incarnations of this desk's own past,
    the latest last; `rekey` asks for a device id of its own (sync.protocol.rekey). `files` speaks
    of attachments (sync.protocol.attachment). `keys` numbers the list of the city's keys that the
    desk has (sync.protocol.trust), 0 for none. `erased` says which erasures the desk has carried
    out, `erasures` are some that the city seems to have forgotten (sync.protocol.erase). `snapshot`
    is the one that the desk takes, or would (sync.protocol.snapshot). `standing` is for the
    administrators' eyes (sync.protocol.standing). `policy` names what the desk knows of region and
    office (sync.protocol.policy). `looks` are looks at people's records (sync.protocol.looks).
    """

    nonce: bytes
    device: bytes
    incarnation: bytes
    cursors: wire.Listed[Cursor]
    wanted: wire.Listed[tuple[str, int]]
    clock: int
    rows_max: int = ROWS_MAX
    received: wire.Count = 0
    marks: Annotated[list[Cursor], msgspec.Meta(max_length=MARKS_MAX)] = []
    lineage: wire.Listed[Signed] = []
    receipt: Signed | None = None
    generation: wire.Count = 0
    former: wire.Listed[bytes] = []
    rekey: Signed | None = None
    files: Files | None = None
    keys: int = 0
    erased: Signed | None = None
    erasures: list[Signed] = []
    snapshot: Want | None = None
    standing: Standing | None = None
    policy: bytes = b""
    looks: Said = b""


class Answer(msgspec.Struct, frozen=True):
    """What the server says to one ask.

    `receipt` and `pages` are signed by themselves and kept as they came.

    `head` is the receipt's and pages' common epoch; `more` is true while a further exchange would
    bring rows. `texts` are the templates and letterheads that letters of the pages cite. `lineage`,
    `lost`, `forks` and `returned` are of a server that was restored (sync.protocol.epoch): epochs
    after the ask's own, streams whose cursor is not ours, the last row that a lost one shares with
    ours, and the names of returned pages that are here now. `split` names the incarnation that
    asked if a later one of its device has begun; with a `life`, leases for it come and nothing else
    (sync.protocol.rekey). `stands` and `chunks` answer what the ask says of files.
    `keys` is the newest list of the city's keys, where the desk has an older one. `erasures` are
    entries of the list of erased persons; the city `forgot` what the ask says of it
    (sync.protocol.erase).
    `snapshot` brings parts of one, and then there are no pages. `policy` says what region and
    office are now, where the ask names something else.
    `looks` is the number of the ask's last look, once the city has it; 0 where it has none or can't
    read them.
    """

    nonce: bytes
    epoch: bytes
    receipt: Signed | None
    pages: list[Signed]
    texts: dict[str, str]
    leases: list[Lease]
    time: int
    more: bool
    lineage: list[Signed] = []
    lost: list[str] = []
    forks: dict[str, int] = {}
    returned: list[bytes] = []
    split: bytes = b""
    life: Life | None = None
    stands: list[Stand] = []
    chunks: list[Chunk] = []
    keys: Signed | None = None
    erasures: list[Signed] = []
    forgot: bool = False
    snapshot: Portion | None = None
    policy: Signed | None = None
    looks: wire.Count = 0
