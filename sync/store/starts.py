"""Where a stream begins here that came by a snapshot.

The rows up to there were never told one by one: they can't be given back, and going back behind
them is going back to the beginning.
"""

from sync.protocol.stream import Cursor
from sync.store import settings
from sync.store.statements import Connection

_KEY = "starts"


def read(conn: Connection) -> dict[str, Cursor]:
    """Map the streams that began by a snapshot to where it ended."""
    found = settings.read(conn, _KEY, list[Cursor]) or []
    return {start.stream: start for start in found}


def note(conn: Connection, begun: list[Cursor]) -> None:
    """Remember where streams begin from now on."""
    starts = read(conn) | {start.stream: start for start in begun}
    settings.write(conn, _KEY, list(starts.values()))


def forget(conn: Connection, stream: str, row: int) -> None:
    """Forget a start behind a row: the stream is told again from there."""
    starts = read(conn)
    if stream in starts and starts[stream].row > row:
        del starts[stream]
        settings.write(conn, _KEY, list(starts.values()))


def covers(conn: Connection, record: bytes) -> bool:
    """Tell whether a record began before a start: acts on which nothing hangs may be lacking."""
    starts = read(conn)
    if not starts:
        return False
    rows = conn.exec_driver_sql(
        "SELECT stream, min(row) AS row FROM change WHERE record = ? AND row > 0 GROUP BY stream",
        (record,),
    )
    return any(row.stream in starts and row.row <= starts[row.stream].row for row in rows)
