"""Tickets in the printer's own language, and printers that are away or have no paper."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pypdfium2
import pytest

from desktop.ticket_printer import PaperEnded, SystemTicketPrinter, escpos, network
from forms.paper import slip
from forms.paper.slip import Slip

SLIP = Slip(
    "Kelurahan Satu",
    "Surat keterangan",
    "A-007",
    "21 November 2026, pukul 08.10",
    "3 orang menunggu sebelum Anda",
    "Tunggu nomor ini dipanggil.",
    "Lanjut usia",
)
LARGE = b"\x1d!"  # GS !: how many times as wide and high the signs are


@contextmanager
def answering(*said: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """A printer in the network that answers like this when it is asked for its paper."""
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(3)
                for answer in said:
                    line.sendall(answer)
                while part := line.recv(4096):
                    got.extend(part)

        served = threading.Thread(target=serve)
        served.start()

        def taken() -> bytes:
            served.join()
            return bytes(got)

        yield f"127.0.0.1:{server.getsockname()[1]}", taken
        served.join()


def test_a_ticket_that_counts_for_nothing_says_so_above_and_below_in_white_on_black() -> None:
    inverted = b"\x1dB\x01"

    data = escpos(msgspec.structs.replace(SLIP, mark="LATIHAN"), 58)

    head, tail = data.split(b"A-007\n")
    assert [part.count(b" LATIHAN \n") for part in (head, tail)] == [1, 1]
    assert [part.count(inverted) for part in (head, tail)] == [1, 1]
    assert head.index(b" LATIHAN \n") < head.index(b"Kelurahan Satu\n")
    assert tail.index(b"Tunggu nomor") < tail.index(b" LATIHAN \n")
    assert inverted not in escpos(SLIP, 58)


@pytest.mark.parametrize(("width", "times"), [(58, b"\x33"), (80, b"\x55")])
def test_the_number_stands_large_and_the_paper_is_cut(width: int, times: bytes) -> None:
    data = escpos(SLIP, width)

    assert LARGE + times in data
    assert data.index(b"A-007\n") < data.index(b"Lanjut usia\n") < data.index(b"3 orang")
    assert data.endswith(b"\x1dV\x00")


def test_a_long_number_is_smaller_so_that_it_stands_on_one_line() -> None:
    long = Slip(*[*(getattr(SLIP, key) for key in ("office", "group")), "A7F3A1C-007", "", "", ""])

    assert LARGE + b"\x11" in escpos(long, 58)


def test_a_ticket_on_any_printer_is_a_strip_as_wide_as_its_roll() -> None:
    assert slip.pdf(SLIP, 58).startswith(b"%PDF")
    narrow, wide = (slip.picture(SLIP, width, 72) for width in (58, 80))
    assert int.from_bytes(narrow[16:20], "big") == 164  # 58 mm at 72 points an inch
    assert int.from_bytes(wide[16:20], "big") == 227


@pytest.mark.parametrize("mark", ["", "LATIHAN"])
@pytest.mark.parametrize("width", slip.WIDTHS)
def test_all_words_of_a_ticket_stand_on_its_one_strip(width: int, mark: str) -> None:
    made = msgspec.structs.replace(SLIP, mark=mark)
    with pypdfium2.PdfDocument(slip.pdf(made, width)) as strip:  # type: ignore[no-untyped-call] # has no types
        (page,) = strip
        said = page.get_textpage().get_text_range()

    assert [text for text in msgspec.structs.astuple(made) if text not in said] == []
    assert said.count("LATIHAN") == (2 if mark else 0)


def test_a_printer_that_has_paper_takes_the_ticket() -> None:
    with answering(b"\x12") as (where, taken):
        SystemTicketPrinter().put(where, b"nomor")

        assert taken() == b"nomor"


def test_a_printer_without_paper_says_so_and_takes_nothing() -> None:
    with answering(b"\x72") as (where, taken):
        with pytest.raises(PaperEnded):
            SystemTicketPrinter().put(where, b"nomor")

        assert taken() == b""


def test_a_printer_that_is_away_is_an_error_of_the_system(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        gone = f"127.0.0.1:{server.getsockname()[1]}"
    for where in (gone, str(tmp_path / "none" / "lp0")):
        with pytest.raises(OSError, match=r".") as caught:
            SystemTicketPrinter().put(where, b"nomor")
        assert not isinstance(caught.value, PaperEnded)


def test_tickets_on_a_device_follow_each_other(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    for data in (b"satu", b"dua"):
        SystemTicketPrinter().put(str(device), data)

    assert device.read_bytes() == b"satudua"


@pytest.mark.parametrize(
    ("where", "read"),
    [
        ("192.168.1.50:9100", ("192.168.1.50", 9100)),
        ("printer-loket:9100", ("printer-loket", 9100)),
        ("/dev/usb/lp0", None),
        ("COM3", None),
        ("C:\\nomor:1", None),
        (":9100", None),
        ("printer:0", None),
        ("printer:99999", None),
    ],
)
def test_an_address_is_told_from_a_device(where: str, read: tuple[str, int] | None) -> None:
    assert network(where) == read
