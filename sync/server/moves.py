"""Moves of records that an administrator causes: a new office, another catchment."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from forms.engine.form import Form
from forms.engine.region import Office
from sync.protocol.view import Present
from sync.server import audience, bulk, reading, streams, tables
from sync.server.city import City
from sync.server.holding import HOME, Shift, covers
from sync.server.statements import chunks
from sync.server.streams import Entry

KEY = ("region", "id")


def admit(connection: Connection, city: City, office: Office) -> None:
    """Give a new office the records of its area and catchment; who had them keeps them."""
    for form, present, place in _placed(connection, city, office.kind):
        settles = office.kind == HOME and office.area == place
        if not settles and not covers(office.catchment, place):
            continue
        had = (present.office, *present.guests)
        holders = (office.id, *had) if settles else (*had, office.id)
        _hand_over(connection, city, form, present, Shift(holders, (office.id,)))


def cover(
    connection: Connection, city: City, office: Office, catchment: Sequence[str]
) -> tuple[int, int]:
    """Give an office what another catchment adds, take what it ends; count what came and went."""
    came = went = 0
    for form, present, place in _placed(connection, city, office.kind):
        had = (present.office, *present.guests)
        inside = covers(catchment, place)
        if inside and office.id not in had:
            shift = Shift((*had, office.id), (office.id,))
            came += 1
        elif not inside and office.id in present.guests and covers(office.catchment, place):
            shift = Shift(tuple(one for one in had if one != office.id), (), (office.id,))
            went += 1
        else:
            continue
        _hand_over(connection, city, form, present, shift)
    return came, went


def _placed(connection: Connection, city: City, kind: str) -> Iterator[tuple[Form, Present, str]]:
    """Read the records that have a place, of every service that offices of a kind hold."""
    table = tables.record
    for form in city.catalogue.forms.values():
        if not form.place or kind not in form.office_kinds:
            continue
        names = connection.scalars(
            select(table.c.id)
            .where(table.c.region == city.code, table.c.service == form.code)
            .order_by(table.c.added, table.c.id)
        ).all()
        for some in chunks(list(names)):
            found = reading.records(connection, city.code, some)
            for name in some:
                place = found[name].answers.get(form.place)
                if isinstance(place, str) and place:
                    yield form, found[name], place


def _hand_over(
    connection: Connection, city: City, form: Form, present: Present, shift: Shift
) -> None:
    """Write who holds a record now, at an administrator's word."""
    office, *guests = shift.holders
    row = {
        "region": city.code,
        "id": present.id,
        "office": office,
        "guests": b"".join(guests) or None,
    }
    bulk.change(connection, tables.record, KEY, [row])
    began = present.heads[""]
    entries = [
        Entry(one, form.group, began, left=present.id, announced=True) for one in shift.losses
    ]
    if shift.gains:
        story = audience.history(connection, city.code, [present.id])[present.id]
        entries += [one.entry(office, form.group) for office in shift.gains for one in story]
    streams.append(connection, city.code, entries)
