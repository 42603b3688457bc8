"""Receipts: what the server signs about a device's batches, and how verdicts are kept."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select

from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.packing import pack as pack_column
from sync.protocol.packing import unpack as unpack_column
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Signed
from sync.server import ceilings, durable, tables
from sync.server.city import City
from sync.server.statements import Statement

CHAIN_NONE = bytes(32)  # the id "before the first batch"
COVERED_MAX = 64  # batches whose verdicts one receipt brings; a trip asks again while more are left


_BATCH = tables.batch
_OF_LIFE = (
    (_BATCH.c.region == bindparam("region"))
    & (_BATCH.c.device == bindparam("device"))
    & (_BATCH.c.incarnation == bindparam("incarnation"))
)
_HEAD = Statement(
    select(_BATCH.c.seq, _BATCH.c.id).where(_OF_LIFE).order_by(_BATCH.c.seq.desc()).limit(1)
)
_COVERED = Statement(
    select(_BATCH.c.seq, _BATCH.c.id, _BATCH.c.verdicts)
    .where(_OF_LIFE, _BATCH.c.seq > bindparam("after"))
    .order_by(_BATCH.c.seq)
    .limit(COVERED_MAX)
)


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
    life = {"region": region, "device": device, "incarnation": incarnation}
    row = _HEAD.run(connection, **life).first()
    return (0, CHAIN_NONE) if row is None else (row.seq, row.id)


def sign(
    connection: Connection, city: City, device: bytes, incarnation: bytes, after: int
) -> Signed:
    """Sign how far an incarnation's batches have come, with all verdicts after batch `after`.

    It covers no batch without its verdicts, so at most COVERED_MAX further ones. `durable`,
    `streams` and `generation` are what the newest verified backup says.
    """
    life = {"region": city.code, "device": device, "incarnation": incarnation}
    covered = _COVERED.run(connection, **life, after=after)
    if covered:
        received, head = covered[-1].seq, covered[-1].id
    else:
        received, head = chain_head(connection, city.code, device, incarnation)
    receipt = Receipt(
        epoch=city.epoch,
        device=device,
        incarnation=incarnation,
        received=received,
        head=head,
        durable=durable.batch(connection, city.code, device, incarnation),
        verdicts=[verdict for row in covered for verdict in unpack(row.verdicts)],
        time=city.now(),
        streams=durable.rows(connection, city.code, device),
        generation=ceilings.generation(connection, city.code),
    )
    return signed.sign(wire.encode(receipt), city.keys.sign, "receipt")


def _cells(verdict: Verdict) -> tuple[Any, ...]:
    return msgspec.structs.astuple(verdict)
