"""What a trip needs of a road: bring envelopes, bring back the answer."""

from typing import Protocol


class Carrier(Protocol):
    """A road to the city. The same bytes travel on every one of them."""

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and batches; return the answer's envelope.

        Unreachable when nothing certain came back: what was sent may or may not have arrived.
        """
        ...
