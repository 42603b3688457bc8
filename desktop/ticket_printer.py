"""The seam to a thermal printer: ESC/POS bytes go to an address in the network, or to a device.

    192.168.1.50:9100        a printer in the network; a name and its port do as well
    /dev/usb/lp0, COM3       a printer by cable, by the name of its device
    any other path           a file, to which tickets are added

No driver is needed. A printer that is away, or says that its paper has ended, is an OSError within
seconds: the ticket exists all the same.
"""

import os
import select
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from forms.paper.slip import Slip

if TYPE_CHECKING:
    from escpos.printer import Dummy

WAIT_S = 3.0  # for a printer to answer or to take a ticket; it prints one in less than a second
PORT_MAX = 65_535
_WIDE = 80
_ASKS_PAPER = b"\x10\x04\x04"  # DLE EOT 4: a byte that says how much paper is left
_PAPER_ENDED = 0x60  # the two bits of the sensor at the roll's end
_SHORT = 8  # signs of a number that fit on 58 mm in the largest type


class PaperEnded(OSError):  # noqa: N818 - it says what happened
    """The printer says that it has no paper."""


class TicketPrinter(Protocol):
    """Takes a ticket to where this desk prints them."""

    def put(self, where: str, data: bytes) -> None:
        """Print; an OSError where the printer does not take it, PaperEnded where it says why."""
        ...


class SystemTicketPrinter:
    """Printers of this computer and of its network."""

    def put(self, where: str, data: bytes) -> None:
        """Print at an address or on a device."""
        address = network(where)
        if address is not None:
            _over_network(address, data)
        else:
            _to_device(where, data)


def network(where: str) -> tuple[str, int] | None:
    """Read HOST:PORT; None for everything else."""
    host, colon, port = where.rpartition(":")
    fits = bool(host) and colon == ":" and port.isdecimal() and 0 < int(port) <= PORT_MAX
    return (host, int(port)) if fits and not set(host) & set("/\\") else None


def escpos(slip: Slip, width: int) -> bytes:
    """Write a ticket in the printer's own language, for a roll of so many millimetres."""
    from escpos.printer import Dummy  # what its tables cost is paid by the first ticket

    made = Dummy()
    made.hw("INIT")
    _mark(made, slip.mark)
    made.set(align="center", bold=True, normal_textsize=True)
    made.textln(slip.office)
    made.set(align="center", bold=False)
    made.textln(slip.group)
    made.ln()
    largest = (6 if width >= _WIDE else 4) if len(slip.number) <= _SHORT else 2
    made.set(align="center", bold=True, custom_size=True, width=largest, height=largest)
    made.textln(slip.number)
    made.set(align="center", bold=True, normal_textsize=True)
    if slip.priority:
        made.textln(slip.priority)
    made.set(align="center", bold=False)
    made.ln()
    for said in (slip.time, slip.before, slip.foot):
        made.textln(said)
    _mark(made, slip.mark)
    made.cut()
    output: bytes = made.output
    return output


def _mark(made: "Dummy", mark: str) -> None:
    """Write, white on black and twice as large, that the ticket counts for nothing."""
    if mark:
        made.set(align="center", bold=True, double_width=True, double_height=True, invert=True)
        made.textln(f" {mark} ")
        made.set(invert=False, normal_textsize=True)


def _over_network(address: tuple[str, int], data: bytes) -> None:
    with socket.create_connection(address, WAIT_S) as line:
        line.settimeout(WAIT_S)
        line.sendall(_ASKS_PAPER)
        try:
            said = line.recv(1)
        except TimeoutError:
            said = b""  # many printers never answer; they print all the same
        if said and said[0] & _PAPER_ENDED:
            raise PaperEnded(str(address))
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)


def _to_device(path: str, data: bytes) -> None:
    """Write without ever waiting longer than WAIT_S: a device without paper takes nothing."""
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    creates = 0 if path.startswith("/dev/") else os.O_CREAT
    device = os.open(path, flags | creates, 0o600)
    try:
        _write(device, data, time.monotonic)
    finally:
        os.close(device)


def _write(device: int, data: bytes, now: Callable[[], float]) -> None:
    until = now() + WAIT_S
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(device, rest) :]
        except BlockingIOError:
            left = until - now()
            if left <= 0:
                raise PaperEnded(str(device)) from None
            select.select([], [device], [], left)
