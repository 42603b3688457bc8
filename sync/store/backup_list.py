"""Which backup files this desk made, and which of them still hold somebody who was erased since.

A file on a stick may be away when a person is erased: it is remembered until it was written anew
(sync.store.backup), was taken by something else, or made room for newer ones.
"""

import msgspec

from sync.store import settings
from sync.store.statements import Connection

FILES_MAX = 20  # the newest; a desk has one or two sticks
_KEY = "backups"


class Made(msgspec.Struct, frozen=True):
    """A file and when it was written, in ms; `holds` somebody who was erased here since."""

    path: str
    time: int
    holds: bool = False


def read(conn: Connection) -> list[Made]:
    """List the files that were made here, the newest last."""
    return settings.read(conn, _KEY, list[Made]) or []


def note(conn: Connection, path: str, time: int) -> None:
    """Note that a file was written, perhaps in the place of an older one."""
    others = [one for one in read(conn) if one.path != path]
    settings.write(conn, _KEY, [*others, Made(path, time)][-FILES_MAX:])


def drop(conn: Connection, path: str) -> None:
    """Forget a file: what stands there now is none of ours."""
    settings.write(conn, _KEY, [one for one in read(conn) if one.path != path])


def hold(conn: Connection) -> None:
    """Note that somebody was erased here whom every file made until now still holds."""
    found = read(conn)
    if found:
        settings.write(conn, _KEY, [msgspec.structs.replace(one, holds=True) for one in found])
