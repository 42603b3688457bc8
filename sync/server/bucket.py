"""A bucket of tokens for each address: how often one address may ask what everybody may ask."""

import ipaddress
from collections import OrderedDict

ADDRESSES_MAX = 10_000  # about 2 MB; whoever asked longest ago is forgotten first
V6_NETWORK = 64  # bits that one subscriber is given


class Buckets:
    """Lets each address ask `burst` times at once, and `per_s` times a second in the long run.

    Many phones share one address of their network's, so neither may be small.
    """

    def __init__(self, burst: int, per_s: float) -> None:
        self._burst = float(burst)
        self._per_ms = per_s / 1000
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, address: str, now: int) -> float:
        """Take a token at a time in ms; 0 if there was one, else the seconds until there will be.

        A clock that is put back gives nothing and takes nothing.
        """
        name = _subscriber(address)
        left, since = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + max(0, now - since) * self._per_ms)
        wait = 0.0 if left >= 1 else (1 - left) / self._per_ms / 1000
        self._buckets[name] = (left - 1 if left >= 1 else left, now)
        while len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return wait


def _subscriber(address: str) -> str:
    """Name whom an address belongs to; what is no address is a name of its own."""
    try:
        place = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is None:
        return str(ipaddress.ip_network((place, V6_NETWORK), strict=False))
    return str(place)
