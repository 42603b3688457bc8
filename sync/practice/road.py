"""The only road of a practice desk: to the city in the same folder, by a call and no network."""

from sync.protocol import wire
from sync.server import enrolment, exchange
from sync.server.city import City


class Indoors:
    """Brings the same bytes as any road, to a city that is open in this very program."""

    def __init__(self, city: City) -> None:
        self._city = city

    def hello(self) -> bytes:
        """Ask who the city is."""
        return wire.encode(enrolment.hello(self._city))

    def enrol(self, join: bytes) -> bytes:
        """Bring a Join, get a Welcome."""
        return enrolment.enrol(self._city, join)

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and batches, get the answer."""
        return exchange.exchange(self._city, envelopes)
