"""The road to the office's hub: one request, and the city's answer or that the hub keeps it.

Its address is https://HOST:PORT#FINGERPRINT, the certificate's SHA-256 in hex: the hub has made it
itself, and no other certificate is spoken to. Without it what is sent would be as safe, sealed and
signed as it is, but anybody in the office's network could keep it and say that he is the hub.
"""

import re
from urllib.parse import urlsplit

from forms.engine.problem import Problem, Refused, Unreachable
from sync.client.carrier import AtHub
from sync.client.line import Line
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.exchange import PATH_EXCHANGE
from sync.protocol.hub import KEPT, Kept


class HubRoad:
    """One hub, reached by its address."""

    def __init__(self, address: str) -> None:
        url, pin = read(address)
        self._line = Line(url, pin)

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and the first batches; the city's answer, or AtHub."""
        fitting, size = 1, len(envelopes[0])
        while fitting < len(envelopes) and size + len(envelopes[fitting]) <= SEALED_MAX:
            size += len(envelopes[fitting])
            fitting += 1
        fitting = max(fitting, min(len(envelopes), 2))  # one batch goes however long it is
        status, answer = self._line.told(PATH_EXCHANGE, wire.encode(envelopes[:fitting]))
        if status != KEPT:
            return answer
        try:
            kept = wire.decode(answer, Kept)
        except Refused as refused:
            raise Unreachable("answer_malformed") from refused
        raise AtHub(kept.answers)

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()


def read(address: str) -> tuple[str, str]:
    """Take an address apart: the URL, and the fingerprint; Refused(hub_address)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Refused(Problem("hub_address")) from error
    pin = parts.fragment.lower()
    if parts.scheme != "https" or not parts.hostname or not re.fullmatch(r"[0-9a-f]{64}", pin):
        raise Refused(Problem("hub_address"))
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}:{port or 443}", pin
