"""How far this laptop's numbers were used, kept in the system's keystore beside the secret.

A store that was put back on the same laptop knows less than the keystore does:

    same incarnation, the store has used as many or more    nothing
    same incarnation, the store has used fewer              a new incarnation begins
    the store's own past                                    nothing: it was cut short in between
    an incarnation that the store never was                 a new incarnation begins

It is looked at before anything is issued, and written after each transaction that took a number:
a cut in between leaves the store ahead, which is no harm. Where there is no keystore, the city or a
colleague's desk finds out (sync.store.incarnation).
"""

import logging

import msgspec

from forms.engine.problem import Refused
from sync.protocol import wire
from sync.store import settings
from sync.store.keystore import Keystore
from sync.store.statements import Connection

_log = logging.getLogger(__name__)


class Mark(msgspec.Struct, frozen=True):
    """Numbers that one incarnation has used of all its leases together."""

    incarnation: bytes
    used: int


class Fence:
    """The mark of one device in the keystore; copies of one laptop that parted have two."""

    def __init__(self, keystore: Keystore, name: str) -> None:
        self._keystore = keystore
        self._name = name
        self._noted: Mark | None = None

    def agrees(self, conn: Connection, former: frozenset[bytes]) -> bool:
        """Tell whether the store knows all that the keystore does."""
        mark, here = self._read(conn), of(conn)
        if mark is None or mark.incarnation in former:
            return True
        return mark.incarnation == here.incarnation and mark.used <= here.used

    def note(self, conn: Connection) -> None:
        """Write the mark where it is news; a keystore that fails holds nobody up."""
        here = of(conn)
        if here == self._noted:
            return
        self._noted = here
        try:
            self._keystore.put(self._place(conn), wire.encode(here))
        except Exception as error:  # noqa: BLE001 - each system's keystore fails in its own way
            _log.warning("the keystore took no mark: %s", type(error).__name__)

    def _read(self, conn: Connection) -> Mark | None:
        kept = self._keystore.get(self._place(conn))
        try:
            return None if kept is None else wire.decode(kept, Mark)
        except Refused:
            return None

    def _place(self, conn: Connection) -> str:
        return f"{self._name}-{settings.desk(conn).device.hex()}"


def of(conn: Connection) -> Mark:
    """Read how far the store has come."""
    desk = settings.desk(conn)
    used = conn.exec_driver_sql(
        "SELECT coalesce(sum(next - low), 0) FROM lease WHERE device = ? AND incarnation = ?",
        (desk.device, desk.incarnation),
    ).scalar_one()
    return Mark(desk.incarnation, used)
