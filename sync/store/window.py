"""How long the files of closed records stay on this laptop, as their forms say.

Once a day the files that a verified backup of the city holds are compared with the records that
name them: one goes when every such record of a form with a window is closed and unchanged for
longer than that. The record stays as it is, with the file's preview; whoever opens the file has it
again by the next trip.
"""

from sync.protocol import attachment
from sync.store import attachments, mirror, settings
from sync.store.case import decode
from sync.store.handle import Store
from sync.store.statements import Connection

DAY_MS = 24 * 3_600_000
KEY = "window"


def let_go(store: Store) -> int:
    """Let go of what its form no longer keeps here, once a day; give how many files went."""
    now = store.now()
    windows = {
        form.code: form.retention.desk_days * DAY_MS
        for form in store.catalogue.forms.values()
        if form.retention.desk_days
    }
    if not windows:
        return 0
    if store.setting(KEY, int) == now // DAY_MS:
        return 0
    with store.read() as conn:
        spare = {digest for digest, _ in attachments.spare(conn, now - min(windows.values()))}
        going = spare & _past(store, conn, windows, now) if spare else set()
    with store.write() as conn:
        settings.write(conn, KEY, now // DAY_MS)
    return attachments.let_go(store, sorted(going))


def _past(store: Store, conn: Connection, windows: dict[str, int], now: int) -> set[bytes]:
    """Name the files of closed records past their window that no other of these records needs."""
    past, needed = set[bytes](), set[bytes]()
    query = f"SELECT plain FROM record WHERE service IN ({mirror.marks(windows)})"  # noqa: S608 - question marks only
    for (plain,) in conn.exec_driver_sql(query, tuple(windows)):
        case = decode(plain)
        form = store.form(case.service)
        files = set(attachment.cited(case.answers))
        closed = form is not None and case.state in form.machine.closed
        over = closed and case.updated < now - windows[case.service]
        (past if over else needed).update(files)
    return past - needed
