"""The server's epochs: which one it is in, how it came there, and which others it was shown."""

import os
from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.change import ID_BYTES
from sync.protocol.epoch import LINEAGE_MAX, Epoch
from sync.protocol.stream import Signed
from sync.server import audit, backup_tables, bulk, ceilings, streams, tables
from sync.server.city import City

DOMAIN: signed.Domain = "epoch"
NOTHING_TOLD = ceilings.Told()


def lineage(connection: Connection, region: str) -> list[Epoch]:
    """List the server's epochs, oldest first, the present one last."""
    table, rival = tables.epoch, backup_tables.rival
    also: dict[bytes, list[bytes]] = {}
    for row in connection.execute(
        select(rival.c.id, rival.c.ended_in)
        .where(rival.c.region == region)
        .order_by(rival.c.number, rival.c.id)
    ):
        also.setdefault(row.ended_in, []).append(row.id)
    rows = connection.execute(
        select(table)
        .where(table.c.region == region)
        .order_by(table.c.number.desc())
        .limit(LINEAGE_MAX)
    ).all()
    return [
        Epoch(
            row.number,
            row.id,
            row.parent,
            also.get(row.id, []),
            wire.decode(row.forks, dict[str, int]),
            row.began,
        )
        for row in reversed(rows)
    ]


def statements(
    connection: Connection, city: City, office: bytes, known: bytes, *, own: bool = False
) -> list[Signed]:
    """Sign the epochs after a known one for an office; all of them where it is not among them.

    With `own` the known one is said too.
    """
    epochs = lineage(connection, city.code)
    ids = [epoch.id for epoch in epochs]
    start = ids.index(known) + (not own) if known in ids else 0
    home = streams.name(office, "")
    found = []
    for epoch in epochs[start:]:
        forks = {stream: row for stream, row in epoch.forks.items() if stream.startswith(home)}
        said = Epoch(epoch.number, epoch.id, epoch.parent, epoch.also, forks, epoch.began)
        found.append(signed.sign(wire.encode(said), city.keys.sign, DOMAIN))
    return found


def begin(
    connection: Connection,
    city: City,
    *,
    by: str,
    last: ceilings.Told = NOTHING_TOLD,
    after: Sequence[Epoch] = (),
) -> bytes:
    """Begin a new epoch from what the server holds now; `city.epoch` is set by the caller.

    `last` is what is known of the newest backup ever made. `after` are epochs of this lineage
    that the server has not: the new one comes after them too.
    """
    now = city.now()
    own = lineage(connection, city.code)
    present = own[-1]
    name = os.urandom(ID_BYTES)
    known = {epoch.id for epoch in own}
    for epoch in after:
        if epoch.id not in known:
            known.add(epoch.id)
            _note_rival(connection, city.code, epoch, name)
    rival = backup_tables.rival
    open_ones = (rival.c.region == city.code) & (rival.c.ended_in == b"")
    connection.execute(update(rival).where(open_ones).values(ended_in=name))
    ended = connection.scalar(
        select(func.max(rival.c.number)).where(
            rival.c.region == city.code, rival.c.ended_in == name
        )
    )
    number = max(present.number, ended or 0) + 1
    connection.execute(
        insert(tables.epoch).values(
            region=city.code,
            number=number,
            id=name,
            parent=present.id,
            forks=wire.encode(_heads(connection, city.code)),
            seq=0,
            began=now,
        )
    )
    ceilings.begin_above(connection, city, number, last)
    audit.note(connection, city, by, "epoch_begun", epoch=name.hex(), parent=present.id.hex())
    return name


def shown(connection: Connection, city: City, told: Sequence[Signed]) -> bytes:
    """Meet epochs that a desk has been told of; return the present epoch, which may be a new one.

    Where one of them goes on in our place that is noted, and `check_present` refuses from then on.
    Refused(signature_wrong).
    """
    own = {epoch.id: epoch for epoch in lineage(connection, city.code)}
    present = own[city.epoch]
    taken_over = {one for epoch in own.values() for one in epoch.also}
    foreign = []
    for statement in told[-LINEAGE_MAX:]:
        if not city.ring.counts(statement, DOMAIN):
            continue
        epoch = wire.decode(statement.plain, Epoch)
        if epoch.id not in own and epoch.id not in taken_over:
            foreign.append(epoch)
    if not foreign:
        return city.epoch
    later = [epoch for epoch in foreign if epoch.began >= present.began]
    if later:
        _note_rival(connection, city.code, later[-1], b"")
        return city.epoch
    return begin(connection, city, by="", after=foreign)


def check_present(connection: Connection, region: str) -> None:
    """Refused(epoch_superseded) once another server of this lineage goes on in our place."""
    rivals = bulk.found(
        connection, backup_tables.rival, ("id",), {"region": region, "ended_in": b""}
    )
    if rivals.first() is not None:
        raise Refused(Problem("epoch_superseded"))


def _note_rival(connection: Connection, region: str, epoch: Epoch, ended_in: bytes) -> None:
    table = backup_tables.rival
    key = (table.c.region == region) & (table.c.id == epoch.id)
    if connection.execute(select(table.c.id).where(key)).first() is not None:
        connection.execute(update(table).where(key).values(ended_in=ended_in))
        return
    connection.execute(
        insert(table).values(
            region=region,
            id=epoch.id,
            number=epoch.number,
            began=epoch.began,
            ended_in=ended_in,
        )
    )


def _heads(connection: Connection, region: str) -> dict[str, int]:
    table = tables.stream
    rows = connection.execute(
        select(table.c.office, table.c.service_group, table.c.head).where(table.c.region == region)
    )
    return {streams.name(office, group): head for office, group, head in rows}
