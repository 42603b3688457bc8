"""Which operators' keys an office has, as far as judging who did something asks for it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from sync.crypto import authorship
from sync.protocol import wire
from sync.protocol.authorship import DEVICE, OWNER, SERVICE
from sync.protocol.change import Change
from sync.protocol.view import Present
from sync.server import devices, tables
from sync.server.city import City


class _Key(NamedTuple):
    """Whose key it is, and from which laptop it came, both in hex."""

    owner: str
    device: str


class Authorship:
    """Implements sync.protocol.view.Signers for one transaction; an office's keys are few."""

    def __init__(
        self, connection: Connection, city: City, office: Callable[[Change], bytes]
    ) -> None:
        self._connection = connection
        self._city = city
        self._office = office
        self._told: dict[bytes, _Key] = {}  # as this transaction left them
        self._read: dict[bytes, dict[bytes, _Key]] = {}
        self._lines: dict[bytes, set[str]] = {}  # each device and whose copy it is, in hex

    def note(self, present: Present) -> None:
        """Let later changes see a key that this transaction has brought."""
        if present.service == SERVICE:
            self._told[present.id] = _key(present.answers)

    def signed(self, change: Change, public: bytes) -> bool:
        """Tell whether this key signed the change."""
        return authorship.holds(change, public)

    def keyed(self, change: Change) -> bool:
        """Tell whether a laptop, or one that it split off from, has brought a key before."""
        names = self._lines.get(change.device)
        if names is None:
            line = devices.ancestors(self._connection, self._city.code, change.device)
            names = self._lines[change.device] = {device.hex() for device in line}
        return any(key.device in names for key in self._keys(change).values())

    def first(self, change: Change) -> bool:
        """Tell whether a change brings the first key of its author."""
        owner = change.operator.hex()
        return all(key.owner != owner for key in self._keys(change).values())

    def _keys(self, change: Change) -> dict[bytes, _Key]:
        office = self._office(change)
        if office not in self._read:
            table = tables.record
            rows = self._connection.execute(
                select(table.c.id, table.c.answers).where(
                    table.c.region == self._city.code,
                    table.c.service == SERVICE,
                    table.c.office == office,
                )
            )
            found = {row.id: _key(wire.decode(row.answers, dict[str, object])) for row in rows}
            self._read[office] = found
        return self._read[office] | self._told


def _key(answers: Mapping[str, object]) -> _Key:
    return _Key(str(answers.get(OWNER, "")), str(answers.get(DEVICE, "")))
