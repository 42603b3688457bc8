"""Where a server is reached: an address that is its own before anybody is told of it."""

import socket
import sys
from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from sync.protocol.loopback import is_loopback

BACKLOG = 512
PATIENCE_S = 5.0  # for the workers of a server that was just killed: they end by themselves


class Address(msgspec.Struct, frozen=True):
    """Where to serve; with certificate and key (PEM files) also beyond this machine, by HTTPS."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        """How desks reach it."""
        return "https" if self.certificate else "http"


class Listener(socket.socket):
    """A listening socket that several processes accept from: none of them shortens its queue."""

    def listen(self, _backlog: int = BACKLOG, /) -> None:
        """Let so many wait as the server says, whatever who accepts takes at once."""
        super().listen(BACKLOG)


def listen(address: Address) -> Listener:
    """Bind first, so that the port is certain; a killed server's is free again at once.

    Refused(host_not_loopback | port_taken).
    """
    if address.certificate is None and not is_loopback(address.host):
        raise Refused(Problem("host_not_loopback", facts={"host": address.host}))
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = Listener(family, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there the option would let two servers share one port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise Refused(Problem("port_taken", facts={"port": address.port})) from error
    return listener


def url(address: Address, listener: socket.socket) -> str:
    """Name the server as desks reach it."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{address.scheme}://{host}:{listener.getsockname()[1]}"
