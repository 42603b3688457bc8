"""The server's log: one JSON object a line, bounded, and without what people wrote.

    at, level, logger, says    when (UTC), how bad, who, and which sentence of the program
    request                    the id under which the answer left as well (X-Request-Id)
    fault                      of an exception the sort and the places in the program

An exception's own text is never written, nor what a library would put into its sentence: a
database error quotes the row, a decoding error the bytes. What our own code says goes by FIELDS.
"""

import datetime as dt
import json
import logging
import sys
import threading
import traceback
from contextvars import ContextVar
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sync.server.seat import Seat

LOG, SEATS = "server", "logs"
BYTES_MAX = 5_000_000
FILES = 4  # beside the one being written: 25 MB of each process
FRAMES_MAX = 30
CAUSES_MAX = 5
SENTENCE_MAX = 120
OURS = "sync."
FIELDS = (
    "method", "route", "status", "ms", "received", "sent", "network", "refused", "device", "reason",
    "problems", "fault",
)  # fmt: skip
_EMPTY: dict[str, Any] = {}
_about: ContextVar[dict[str, Any]] = ContextVar("teras_about", default=_EMPTY)


class Lines(logging.Formatter):
    """Writes a record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write what may be written of a record."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        is_ours = record.name.startswith(OURS)
        line: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "says": record.getMessage() if is_ours else _first_line(str(record.msg)),
        }
        if "request" in (about := _about.get()):
            line["request"] = about["request"]
        for name in FIELDS:
            if is_ours and (value := record.__dict__.get(name)) is not None:
                line[name] = value
        if record.exc_info and record.exc_info[1] is not None:  # a library's
            line["fault"] = fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def fault(error: BaseException) -> list[dict[str, Any]]:
    """Tell of an exception and its causes the sorts and places, never what they say."""
    told: list[dict[str, Any]] = []
    cause: BaseException | None = error
    while cause is not None and len(told) < CAUSES_MAX:
        told.append({"sort": _sort(type(cause)), "places": _places(cause.__traceback__)})
        cause = cause.__cause__ or cause.__context__
    return told


def trouble(log: logging.Logger, says: str, error: BaseException, **facts: object) -> None:
    """Log an error by what it is and where, for whoever listens; never what it says."""
    log.error(says, extra={"fault": fault(error), **facts})


class Log:
    """The log of this process: stderr, and a file in the server's folder."""

    def __init__(self, folder: Path) -> None:
        self._seat = Seat.take(folder / SEATS)
        number = self._seat.number
        name = f"{LOG}-{number}.log" if number else f"{LOG}.log"
        file = RotatingFileHandler(
            folder / name, maxBytes=BYTES_MAX, backupCount=FILES, encoding="ascii"
        )
        self._handlers = (file, logging.StreamHandler(sys.stderr))
        root = logging.getLogger()
        for handler in self._handlers:
            handler.setFormatter(Lines())
            root.addHandler(handler)
        root.setLevel(logging.INFO)
        self._hook, threading.excepthook = threading.excepthook, _ended

    def __enter__(self) -> Self:
        """Log there until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Log nothing there any more."""
        threading.excepthook = self._hook
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
        self._handlers[0].close()
        self._seat.leave()


def enter(request: str) -> dict[str, Any]:
    """Begin a request: what is logged from here on bears its id; give what is told of it."""
    about = {"request": request}
    _about.set(about)
    return about


def tell(**facts: object) -> None:
    """Note facts of the present request for its line; of FIELDS, and no person's."""
    about = _about.get()
    if about is not _EMPTY:
        about.update(facts)


def _first_line(text: str) -> str:
    """Cut a library's sentence before what it quotes: asyncio writes the exception below."""
    return text.partition("\n")[0][:SENTENCE_MAX]


def _ended(ended: threading.ExceptHookArgs) -> None:
    """Log a thread that ended by an exception, as everything else is logged."""
    if ended.exc_value is not None:
        trouble(logging.getLogger(__name__), "a thread ended", ended.exc_value)


def _sort(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES_MAX:]
    return [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
