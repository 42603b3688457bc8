"""One request over a real socket."""

from collections.abc import Mapping
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from sync.protocol.exchange import CONTENT_TYPE
from sync.server.run import Running


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def call(
    running: Running, method: str, path: str, body: bytes | None = None, **headers: str
) -> Reply:
    """Send one request; in the names of headers _ stands for -."""
    place = urlsplit(running.url)
    line = HTTPConnection(place.hostname or "", place.port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    stated = {"Content-Type": CONTENT_TYPE, **given}
    try:
        line.request(method, path, body, stated)
        reply = line.getresponse()
        return Reply(reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read())
    finally:
        line.close()
