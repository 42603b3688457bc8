"""A ticket as the desk and its pages know it; times are ms since 1970, 0 for what has not been."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

SERVICE = "queue/ticket"
SERIES = "tiket"  # its leases tell desks apart (sync.store.queue_desk)

State = Literal["waiting", "called", "serving", "done", "no_show", "moved", "cancelled"]
OPEN = ("waiting", "called", "serving")
AT_COUNTER = ("called", "serving")


class Ticket(msgspec.Struct, frozen=True):
    """One number of one group.

    `holder` is the device, in hex, that alone calls it; `entered` is when it came into its line,
    which a return or a move sets anew, `arrived` when its bearer took it. `place` orders those that
    entered at one moment. `subject` is whom it concerns, b"" where nobody asked.
    """

    record: bytes
    number: str
    group: str
    state: State
    holder: str
    place: int
    arrived: int
    entered: int
    priority: str = ""
    counter: str = ""
    called: int = 0
    started: int = 0
    finished: int = 0
    calls: int = 0
    missed: int = 0
    subject: bytes = b""


def ticket(
    record: bytes, state: str, answers: Mapping[str, Any], *, place: int, subject: bytes
) -> Ticket | None:
    """Read a ticket's answers; None where they are not those of one, as of an erased record."""
    try:
        return Ticket(
            record,
            str(answers["nomor"]),
            str(answers["kelompok"]),
            msgspec.convert(state, State),
            str(answers["meja"]),
            place,
            _moment(answers["datang"]),
            _moment(answers["masuk"]),
            priority=str(answers.get("prioritas") or ""),
            counter=str(answers.get("loket") or ""),
            called=_moment(answers.get("dipanggil")),
            started=_moment(answers.get("mulai")),
            finished=_moment(answers.get("selesai")),
            calls=int(answers.get("panggilan") or 0),
            missed=int(answers.get("tak_hadir") or 0),
            subject=subject,
        )
    except (KeyError, ValueError, msgspec.ValidationError):
        return None


def stamped(moment: int, zone: dt.timezone) -> str:
    """Write a moment as a ticket bears it: ISO 8601 to the second, with the region's offset."""
    return dt.datetime.fromtimestamp(moment / 1000, zone).isoformat(timespec="seconds")


def _moment(text: str | None) -> int:
    return round(dt.datetime.fromisoformat(text).timestamp() * 1000) if text else 0
