"""What a desk and its office's hub say to each other beside the exchange itself.

The hub answers POST /v1/exchange like the city, 200 with the city's own answer, where it reaches
it; else 202 with Kept: the exchange is on the hub's disk, and what came for this desk is beside it.
Kept says nothing of the city: what a desk brought stays pending until a receipt has come.
"""

import msgspec

from sync.protocol.batch import SEALED_MAX
from sync.protocol.exchange import BATCHES_MAX

KEPT = 202  # the status in HTTP
ENVELOPES_MAX = BATCHES_MAX + 2
BODY_MAX = 2 * SEALED_MAX  # a desk brings fewer batches where they are longer


class Kept(msgspec.Struct, frozen=True):
    """An exchange is kept; `answers` are earlier ones' that have come since, oldest first."""

    answers: list[bytes]
