"""The server's signed answer to a batch.

How far it has come, what is safe, and a verdict per change.
"""

from typing import Literal

import msgspec

VerdictName = Literal[
    "applied", "no_effect", "conflict", "held", "refused", "quarantined", "erased"
]


class Verdict(msgspec.Struct, frozen=True, array_like=True):
    """What became of one change. `code` says why where it was not applied.

    `stream` and `row` name the place in the stream that shows the effect: the desk drops its
    pending change when its cursor has passed that place, not when the receipt arrives (sync-rules
    1g). Row 0: no effect to wait for. `incarnation` is the author's where it was not the batch's
    own: what an earlier life made and this one sealed again.
    """

    seq: int
    verdict: VerdictName
    code: str = ""
    stream: str = ""
    row: int = 0
    incarnation: bytes = b""


class Receipt(msgspec.Struct, frozen=True):
    """All batches of one incarnation up to and including `received` are with the server.

    `head` is the last one's id.

    A desk whose own batch `received` bears another id has been copied (sync-rules 4b). `durable` is
    the highest batch held by a verified backup, 0 where the city makes none. `time` is the server's
    clock in ms. `streams` are the durable rows of the device's streams, `generation` is
    the newest backup's number, 0 without one.
    """

    epoch: bytes
    device: bytes
    incarnation: bytes
    received: int
    head: bytes
    durable: int
    verdicts: list[Verdict]
    time: int
    streams: dict[str, int] = {}
    generation: int = 0
