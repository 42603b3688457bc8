"""How far this desk had read the streams, now and when what is not sealed yet was done.

A batch says what its author knew, and the city judges by it: whose record it was (sync-rules 5a),
who had which role (10). What was done before something was read is not to count as done after it,
though it is sealed later; so the cursors are noted before they move.
"""

import msgspec

from sync.protocol.stream import Cursor
from sync.store import settings
from sync.store.statements import Connection

_KEY = "knew"
_UNSEALED = "FROM change INDEXED BY ix_change_unsealed WHERE batch IS NULL AND seq IS NOT NULL"
_ENDS = f"SELECT (SELECT min(n) {_UNSEALED}), (SELECT max(n) {_UNSEALED})"


class Knew(msgspec.Struct, frozen=True):
    """The cursors as they stood when the change of row `last`, and those before it, were done."""

    last: int
    cursors: list[Cursor]


def every(conn: Connection) -> list[Cursor]:
    """Tell how far every stream was read."""
    rows = conn.exec_driver_sql("SELECT name, row, chain FROM stream ORDER BY name")
    return [Cursor(*row) for row in rows]


def note(conn: Connection) -> None:
    """Keep how the cursors stand, before one of them moves; the oldest note counts."""
    first, last = conn.exec_driver_sql(_ENDS).one()
    if last is None:
        return
    known = settings.read(conn, _KEY, Knew)
    if known is None or known.last < first:
        settings.write(conn, _KEY, Knew(last, every(conn)))


def known(conn: Connection, oldest: int) -> list[Cursor]:
    """Tell how far the streams were read when the change of this row was done."""
    noted = settings.read(conn, _KEY, Knew)
    return every(conn) if noted is None or noted.last < oldest else noted.cursors
