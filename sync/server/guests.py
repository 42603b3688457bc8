"""Which other offices a record is put before: those to whose kind its machine gives an action.

A letter that the camat signs too waits, once it is issued, for the kecamatan in whose area its
kelurahan lies: for each kind of office the nearest one around, by the region's areas. A letter goes
there only if its form's `camat` says so of its answers. A form may let an answer name the office by
its code (`routes`).
"""

import datetime as dt

from sqlalchemy import Connection, func, select

from forms.engine.form import Form
from sync.protocol.view import Present
from sync.server import tables
from sync.server.city import City


class Guests:
    """The offices of one region, read when they are asked for and kept for one transaction."""

    def __init__(self, connection: Connection, city: City) -> None:
        self._connection = connection
        self._city = city
        self._shapes: dict[bytes, tuple[str, str]] = {}
        self._around: dict[tuple[bytes, frozenset[str]], tuple[bytes, ...]] = {}
        self._kinds: dict[tuple[str, str], frozenset[str]] = {}

    def kind(self, office: bytes) -> str:
        """Name the kind of an office; "" for one that is not known."""
        return self._shape(office)[0]

    def called(self, form: Form, present: Present, day: dt.date) -> tuple[bytes, ...]:
        """List the offices that a record as it now is has to be put before, and was not yet.

        `day` is the author's: a letter's rules are those of its own day.
        """
        place = (form.code, present.state)
        if place not in self._kinds:
            self._kinds[place] = wanted(form, present.state)
        kinds = self._kinds[place]
        if not kinds:
            return ()
        letter = form.letter
        if letter is not None and not letter.shows_camat(present.answers, day.isoformat()):
            return ()
        named = self._named(present.answers.get(form.routes), kinds) if form.routes else ()
        around = named or self._nearest(present.office, kinds)
        return tuple(office for office in around if office not in present.guests)

    def _named(self, code: object, kinds: frozenset[str]) -> tuple[bytes, ...]:
        """Find the office of one of these kinds that an answer names by its code."""
        if not isinstance(code, str) or not code:
            return ()
        table = tables.office
        rows = self._connection.execute(
            select(table.c.id).where(
                table.c.region == self._city.code,
                table.c.kind.in_(sorted(kinds)),
                func.lower(table.c.code) == code.strip().lower(),
            )
        )
        return tuple(row.id for row in rows)

    def _nearest(self, office: bytes, kinds: frozenset[str]) -> tuple[bytes, ...]:
        if (office, kinds) not in self._around:
            self._around[office, kinds] = self._read_nearest(office, kinds)
        return self._around[office, kinds]

    def _read_nearest(self, office: bytes, kinds: frozenset[str]) -> tuple[bytes, ...]:
        areas = [area.code for area in self._city.region.areas.parents(self._shape(office)[1])]
        table = tables.office
        rows = self._connection.execute(
            select(table.c.id, table.c.kind, table.c.area, table.c.code).where(
                table.c.region == self._city.code,
                table.c.kind.in_(sorted(kinds)),
                table.c.area.in_(areas),
            )
        ).all()
        nearest: dict[str, bytes] = {}
        for row in sorted(rows, key=lambda row: (-len(row.area), row.code)):
            nearest.setdefault(row.kind, row.id)
        return tuple(nearest[kind] for kind in sorted(nearest))

    def _shape(self, office: bytes) -> tuple[str, str]:
        if office not in self._shapes:
            table = tables.office
            row = self._connection.execute(
                select(table.c.kind, table.c.area).where(
                    table.c.region == self._city.code, table.c.id == office
                )
            ).one_or_none()
            self._shapes[office] = ("", "") if row is None else (row.kind, row.area)
        return self._shapes[office]


def wanted(form: Form, state: str) -> frozenset[str]:
    """List the kinds of other offices that may act on a record in this state."""
    return frozenset(
        kind for row in form.machine.actions if row.source == state for kind in row.office
    )
