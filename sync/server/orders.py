"""What is said between the process that runs workers and a worker: one line each way."""

from pathlib import Path
from typing import Any

import msgspec

from forms.engine.problem import Problem
from sync.server.address import Address


class Order(msgspec.Struct, frozen=True):
    """What a worker is to serve, one of how many, and the socket that it inherited."""

    folder: Path
    address: Address
    listener: int
    workers: int
    migrate: bool  # the schema may be brought up to date


class Report(msgspec.Struct, frozen=True):
    """Whether a worker serves; else what it was refused, or the name of what it can't reach."""

    serves: bool = False
    problems: tuple[Problem, ...] = ()
    unreachable: str = ""


def line(said: Order | Report) -> bytes:
    """Write it as one line."""
    return msgspec.json.encode(said, enc_hook=str) + b"\n"


def order(said: bytes) -> Order:
    """Read a line."""
    return msgspec.json.decode(said, type=Order, dec_hook=_path)


def report(said: bytes) -> Report:
    """Read a line."""
    return msgspec.json.decode(said, type=Report)


def _path(kind: type, text: Any) -> Any:
    return kind(text)
