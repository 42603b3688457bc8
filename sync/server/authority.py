"""Which roles an author had as far as their own desk could know (sync-rules 10).

An operator's roles are rows of their office's stream like everything else, and a batch says how far
its author had read it. Who lost a role that the desk had not read of yet worked in good faith, for
weeks maybe: what they did counts, and is listed for the head of the office. What a desk did after
it had read so is refused.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from sync.protocol import wire
from sync.protocol.change import NEW, STATE, Change
from sync.protocol.merge import applied_groups
from sync.protocol.view import Present
from sync.server import streams, tables
from sync.server.city import OPERATOR, City
from sync.server.reach import Reach

ACTIVE = "active"  # an operator's state while working here
ROLES = "peran"


class _Held(NamedTuple):
    """Roles as they are from one row of the stream on."""

    row: int
    roles: frozenset[str]


def held(operator: Present | None) -> frozenset[str]:
    """List the roles of somebody by their record; none for who has left, or is no operator."""
    if operator is None or operator.service != OPERATOR or operator.state != ACTIVE:
        return frozenset()
    return _listed(operator.answers.get(ROLES))


class Authority:
    """What is known of the roles that operators had, for one transaction."""

    def __init__(self, connection: Connection, city: City, reach: Reach) -> None:
        self._connection = connection
        self._city = city
        self._reach = reach
        self._held: dict[tuple[bytes, bytes], list[_Held]] = {}

    def roles(self, office: bytes, change: Change) -> Collection[str]:
        """List the roles of a change's author as their desk knew them.

        Of a change that was held, all that they ever had here.
        """
        place = (office, change.operator)
        if place not in self._held:
            self._held[place] = self._read_roles(*place)
        held = self._held[place]
        stream = streams.name(office, self._city.catalogue.form(OPERATOR).group)
        read = self._reach.row(change, stream)
        if read is None:
            return frozenset().union(*(one.roles for one in held))
        known = [one for one in held if one.row <= read]
        return known[-1].roles if known else frozenset()

    def _read_roles(self, office: bytes, operator: bytes) -> list[_Held]:
        """Follow an operator's record through the stream of its office, row by row."""
        form = self._city.catalogue.form(OPERATOR)
        row, change = tables.stream_row, tables.change
        told = self._connection.execute(
            select(row.c.number, change.c.id, change.c.verdict, change.c.code, change.c.content)
            .join_from(
                row, change, (change.c.region == row.c.region) & (change.c.id == row.c.change)
            )
            .where(
                change.c.region == self._city.code,
                change.c.record == operator,
                row.c.office == office,
                row.c.service_group == form.group,
                row.c.left.is_(None),
            )
            .order_by(row.c.number)
        )
        found, roles, state = list[_Held](), frozenset[str](), ""
        for one in told:
            said = wire.decode(one.content, Change)
            groups = applied_groups(form, said, one.verdict, one.code or "")
            if said.act == NEW and one.verdict == "applied":
                state = said.state or form.machine.start
            elif STATE in groups:
                state = said.state
            if form.group_of(ROLES) in groups and ROLES in said.body.answers:
                roles = _listed(said.body.answers[ROLES])
            found.append(_Held(one.number, roles if state == ACTIVE else frozenset()))
        return found


def _listed(roles: object) -> frozenset[str]:
    return frozenset(map(str, roles)) if isinstance(roles, list) else frozenset()
