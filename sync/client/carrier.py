"""What a trip needs of a road: bring envelopes, bring back the answer."""

from typing import Literal, Protocol

from forms.engine.problem import Unreachable

Why = Literal["network", "portal", "clock", "server"]


class Barred(Unreachable):
    """What stands between, as far as it can be told from here.

    network   no name is found, no road leads anywhere
    portal    somebody else answered: the page of a Wi-Fi that wants a sign-in, a proxy
    clock     the certificate is not valid at what this computer takes for now
    server    there is a network, and the server does not answer
    """

    def __init__(self, why: Why, *told: object) -> None:
        super().__init__(*told)
        self.why = why


class Busy(Unreachable):
    """The other side is there, and wants to be left alone for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class AtHub(Unreachable):
    """The city wasn't reached, a hub keeps what was brought; `answers` came there for us before."""

    def __init__(self, answers: list[bytes]) -> None:
        super().__init__()
        self.answers = answers


class Carrier(Protocol):
    """A road to the city. The same bytes travel on every one of them."""

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and batches; return the answer's envelope.

        A road that carries little may bring only the first of the batches: the receipt says which.
        Unreachable when nothing certain came back: what was sent may or may not have arrived.
        """
        ...
