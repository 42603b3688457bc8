"""Which offices hold a record that has a place, and what a move does (design.md, Scopes).

Where a form names a `place`, the area in that field decides:

    home      the kelurahan office of the area; without one, whoever has the record keeps it
    others    the offices of the form's kinds whose catchment has the area
    besides   the office that registered it, until the record moves to another area

All of them may change it. A move is one transaction: the change goes to all who held the record,
then a `leave` to those who hold it no more; whoever gains it is told all of it from its beginning,
so values, heads, tips and open conflicts are the same everywhere.

What an office did before it had read of the leave (the cursor in its batch) is judged as if it held
the record still; what it does later is not_in_scope.
"""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, select

from forms.engine.form import Form
from sync.protocol.change import Change
from sync.protocol.view import Present
from sync.server import streams, tables
from sync.server.city import City
from sync.server.guests import Guests
from sync.server.reach import Reach

HOME = "kelurahan"
STILL_UNREAD = 2**63 - 1  # a leave of this very transaction: nobody has read its row


class _Office(msgspec.Struct, frozen=True):
    id: bytes
    kind: str
    area: str
    catchment: tuple[str, ...]


class Shift(msgspec.Struct, frozen=True):
    """What a change does to who holds its record; `anew`: who gains it is told everything again.

    `holders` are all afterwards, the record's own office first.
    """

    holders: tuple[bytes, ...]
    gains: tuple[bytes, ...]
    losses: tuple[bytes, ...] = ()
    anew: bool = True


class Map:
    """The offices of one region by area, read when first asked for; for one transaction."""

    def __init__(self, connection: Connection, city: City) -> None:
        self._connection = connection
        self._city = city
        self._offices: list[_Office] | None = None
        self._found: dict[tuple[tuple[str, ...], str], tuple[bytes, ...]] = {}
        self._homes: dict[str, bytes] = {}

    def shift(self, form: Form, before: Present | None, after: Present) -> Shift | None:
        """Say what becomes of who holds a record; None where nothing changes.

        `after` has its office and guests still from before, of a new record its author's.
        """
        place = after.answers.get(form.place)
        same = before is not None and before.answers.get(form.place) == place
        if same or not isinstance(place, str) or not place:
            return None
        had = (after.office, *after.guests)
        home = self._home(place) or after.office
        holders = _once((home, *self._around(form, place), *(() if before else had)))
        if holders == had:
            return None
        known = had if before is not None else (after.office,)
        gains = tuple(office for office in holders if office not in known)
        return Shift(holders, gains, tuple(one for one in known if one not in holders))

    def _home(self, place: str) -> bytes:
        if place not in self._homes:
            found = (one.id for one in self._all() if one.kind == HOME and one.area == place)
            self._homes[place] = next(found, b"")
        return self._homes[place]

    def _around(self, form: Form, place: str) -> tuple[bytes, ...]:
        key = (form.office_kinds, place)
        if key not in self._found:
            self._found[key] = tuple(
                one.id
                for one in self._all()
                if one.kind in form.office_kinds and covers(one.catchment, place)
            )
        return self._found[key]

    def _all(self) -> list[_Office]:
        """List every office in the order of their codes."""
        if self._offices is None:
            table = tables.office
            rows = self._connection.execute(
                select(table.c.id, table.c.kind, table.c.area, table.c.catchment)
                .where(table.c.region == self._city.code)
                .order_by(table.c.code)
            )
            self._offices = [
                _Office(row.id, row.kind, row.area, areas(row.catchment)) for row in rows
            ]
        return self._offices


def areas(catchment: str) -> tuple[str, ...]:
    """Read the area codes of a catchment as the table has them."""
    return tuple(filter(None, catchment.split(",")))


def covers(catchment: Collection[str], place: str) -> bool:
    """Tell whether an area is one of these or lies in one."""
    return any(place == code or place.startswith(f"{code}.") for code in catchment)


class Holding:
    """Who holds the records of one transaction; read when it is asked for.

    `shifts` is what changes did to it, `late` are changes of offices that did not know that they
    had lost the record, `released` those that an administrator lets take it away.
    """

    def __init__(self, connection: Connection, city: City, reach: Reach) -> None:
        self.shifts: dict[bytes, Shift] = {}
        self.late: set[bytes] = set()
        self.released: frozenset[bytes] = frozenset()
        self._connection = connection
        self._city = city
        self._reach = reach
        self._guests = Guests(connection, city)
        self._map = Map(connection, city)
        self._left: dict[tuple[bytes, bytes], int] = {}

    def place(
        self, office: bytes, change: Change, form: Form | None, present: Present
    ) -> str | None:
        """Say where an author's office stands to a record: "" at home, else its kind, or None."""
        if office == present.office:
            return ""
        if form is None or not form.place:
            return self._guests.kind(office) if office in present.guests else None
        inside = office in present.guests or self._is_late(office, change, form, present)
        return "" if inside else None

    def note(self, office: bytes, change: Change, form: Form | None, before: Present) -> None:
        """Note whether the author's office has lost the record that it changed."""
        if form is None or not form.place or office in {before.office, *before.guests}:
            return
        if self._is_late(office, change, form, before):
            self.late.add(change.id)

    def moved(
        self, change: Change, form: Form | None, before: Present | None, after: Present
    ) -> Present:
        """Note which offices a record is put before, or who holds it from now on."""
        if form is None:
            return after
        if form.place:
            shift = self._map.shift(form, before, after)
        else:
            called = self._guests.called(form, after, self._city.day_of(change))
            holders = (after.office, *after.guests, *called)
            shift = Shift(holders, called, anew=False) if called else None
        if shift is None:
            return after
        self.shifts[change.id] = shift
        for office in shift.losses:
            self._left[office, after.id] = STILL_UNREAD
        home, *guests = shift.holders
        return msgspec.structs.replace(after, office=home, guests=tuple(guests))

    def would_lose(self, form: Form, before: Present, after: Present) -> bool:
        """Tell whether an office that has a record loses it by what it says afterwards."""
        shift = self._map.shift(form, before, after)
        return shift is not None and bool(shift.losses)

    def _is_late(self, office: bytes, change: Change, form: Form, present: Present) -> bool:
        """Tell whether an office held the record, and could not know that it left."""
        place = (office, present.id)
        if place not in self._left:
            self._left[place] = self._read_leave(office, form.group, present.id)
        row = self._left[place]
        read = self._reach.row(change, streams.name(office, form.group)) if row else 0
        return bool(row) and (read is None or read < row)

    def _read_leave(self, office: bytes, group: str, record: bytes) -> int:
        """Read the row by which a record last left an office's stream; 0 if it never did."""
        table = tables.stream_row
        found = self._connection.scalar(
            select(table.c.number)
            .where(
                table.c.region == self._city.code,
                table.c.office == office,
                table.c.service_group == group,
                table.c.left == record,
            )
            .order_by(table.c.number.desc())
            .limit(1)
        )
        return int(found or 0)


def _once(names: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(names))
