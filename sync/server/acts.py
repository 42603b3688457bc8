"""The server as an author: what administrators do to records is a change in its own chain.

Its device and operator are the region's id, its incarnation the epoch, its seq counts on from 1.
"""

import secrets
from typing import Any

from sqlalchemy import Connection, update

from forms.engine.form import Form
from sync.protocol.change import NOBODY, SALT_BYTES, Body, Change, named
from sync.server import tables
from sync.server.city import City


def made(
    connection: Connection,
    city: City,
    form: Form,
    act: str,
    body: Body,
    **parts: Any,
) -> Change:
    """Make the next change of the server's own; `parts` are those that are not empty."""
    plain: dict[str, Any] = {"record": NOBODY, "base": {}, "state": "", "extra": {}}
    return named(
        Change(
            device=city.id,
            incarnation=city.epoch,
            seq=_next_seq(connection, city),
            operator=city.id,
            time=city.now(),
            service=form.code,
            version=form.version,
            act=act,
            subject=NOBODY,
            number=None,
            salt=secrets.token_bytes(SALT_BYTES),
            body=body,
            **plain | parts,
        )
    )


def _next_seq(connection: Connection, city: City) -> int:
    table = tables.epoch
    taking = (
        update(table)
        .where(table.c.region == city.code, table.c.id == city.epoch)
        .values(seq=table.c.seq + 1)
    )
    return int(connection.execute(taking.returning(table.c.seq)).scalar_one())
