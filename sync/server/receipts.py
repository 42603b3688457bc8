"""Receipts: what the server signs about a device's batches, and how verdicts are kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.packing import pack as pack_column
from sync.protocol.packing import unpack as unpack_column
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Signed
from sync.server import tables
from sync.server.city import City

CHAIN_NONE = bytes(32)  # the id "before the first batch"


def pack(verdicts: Sequence[Verdict]) -> bytes:
    """Pack the verdicts of one batch by column; a plain batch of 1,000 takes about 3 kB."""
    columns = [list(column) for column in zip(*map(_cells, verdicts), strict=True)]
    return wire.encode([len(verdicts), [pack_column(column) for column in columns]])


def unpack(data: bytes) -> list[Verdict]:
    """Undo `pack`."""
    rows, columns = wire.decode(data, tuple[int, list[Any]])
    if rows == 0:
        return []
    return [
        Verdict(*cells)
        for cells in zip(*(unpack_column(column, rows) for column in columns), strict=True)
    ]


def chain_head(
    connection: Connection, region: str, device: bytes, incarnation: bytes
) -> tuple[int, bytes]:
    """Return number and id of the last batch of an incarnation; 0 and zeros before the first."""
    table = tables.batch
    row = connection.execute(
        select(table.c.seq, table.c.id)
        .where(
            table.c.region == region,
            table.c.device == device,
            table.c.incarnation == incarnation,
        )
        .order_by(table.c.seq.desc())
        .limit(1)
    ).first()
    return (0, CHAIN_NONE) if row is None else (row.seq, row.id)


def sign(
    connection: Connection,
    city: City,
    device: bytes,
    incarnation: bytes,
    verdicts: Sequence[Verdict] = (),
) -> Signed:
    """Sign how far an incarnation's batches have come, with the verdicts that are asked for.

    `durable` is 0 until a verified backup has set it.
    """
    received, head = chain_head(connection, city.code, device, incarnation)
    receipt = Receipt(
        epoch=city.epoch,
        device=device,
        incarnation=incarnation,
        received=received,
        head=head,
        durable=0,
        verdicts=list(verdicts),
        time=city.now(),
    )
    return signed.sign(wire.encode(receipt), city.keys.sign, "receipt")


def _cells(verdict: Verdict) -> tuple[int, str, str, str, int]:
    return verdict.seq, verdict.verdict, verdict.code, verdict.stream, verdict.row
