"""What goes to another system of one record: a JSON object of our own format, read when it goes.

    {"format": "teras/laporan/1", "key", "region", "office": {"code", "name"}, "service",
     "answers": {key: value}, "made": ISO 8601}

`answers` are those that the form's edge names, as cli.md writes answers. Nothing goes of a record
that is no more where the act brought it, or whose answers were erased.
"""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.form import Form
from forms.engine.spec import EdgeSpec
from sync.protocol.view import Present
from sync.server import reading, tables
from sync.server.city import City
from sync.server.edge_queue import Item

FORMAT = "teras/laporan/1"
BODY_MAX = 262_144  # what goes is text of bounded fields; more is a form file's mistake


class Matter(msgspec.Struct, frozen=True):
    """A record with the edge by which an item of it goes."""

    form: Form
    edge: EdgeSpec
    present: Present


def matter(connection: Connection, city: City, item: Item) -> Matter | None:
    """Read what an item is about; None where nothing is to go any more."""
    present = reading.records(connection, city.code, [item.record]).get(item.record)
    form = city.form(present.service) if present is not None else None
    if present is None or form is None or not present.answers:
        return None
    for edge in form.edges.values():
        targets = {row.target for row in form.machine.actions if row.action == edge.act}
        if edge.to == item.destination and present.state in targets:
            return Matter(form, edge, present)
    return None


def body(connection: Connection, city: City, item: Item, found: Matter) -> bytes | None:
    """Write it as bytes; None where it is longer than BODY_MAX."""
    given = found.present.answers
    told: dict[str, Any] = {
        "format": FORMAT,
        "key": item.change.hex(),
        "region": city.code,
        "office": _office(connection, city, found.present.office),
        "service": found.form.code,
        "answers": {key: given[key] for key in found.edge.fields if given.get(key) is not None},
        "made": dt.datetime.fromtimestamp(item.added / 1000, dt.UTC).isoformat(timespec="seconds"),
    }
    written = msgspec.json.encode(told)
    return written if len(written) <= BODY_MAX else None


def _office(connection: Connection, city: City, office: bytes) -> dict[str, str]:
    table = tables.office
    row = connection.execute(
        select(table.c.code, table.c.name).where(table.c.region == city.code, table.c.id == office)
    ).one_or_none()
    return {} if row is None else {"code": row.code, "name": row.name}
