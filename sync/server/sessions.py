"""Who is signed in at the pages: a random cookie here, its digest in the database.

A session ends 15 minutes after its last page (NIST SP 800-63B-4 2.3.3 asks for that at its highest
level), 12 hours after its sign-in, when the account's role or passphrase changes, or by its owner.
"""

import base64
import hashlib
import os
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from sync.server import accounts
from sync.server.account_tables import familiar, web_session
from sync.server.accounts import Account
from sync.server.city import City

KEY_BYTES = 32
IDLE_MS = 15 * 60_000
WHOLE_MS = 12 * 3_600_000
PROVED_MS = 5 * 60_000  # what is dangerous needs passphrase and code within them
SEEN_EVERY_MS = 20_000  # pages that follow each other do not write each time
SESSIONS_MAX = 10  # of one account; the oldest ends
BROWSERS_MAX = 20  # that one account is known by
BROWSER_MS = 180 * 86_400_000
WHOLE, ENROLLING = "whole", "enrolling"


class Session(msgspec.Struct, frozen=True):
    """A session that lives; `stage` is "enrolling" while a second factor has to be set up."""

    hashed: bytes
    name: str
    role: str
    stage: str
    token: str
    made: int
    proved: int

    def may(self, right: str) -> bool:
        """Tell whether the account's role has a right."""
        return right in accounts.RIGHTS[self.role]


def begin(connection: Connection, city: City, name: str, stage: str, since: int = 0) -> str:
    """Begin a session and return what its cookie holds; `since` is when it began under another."""
    key, now = new_key(), city.now()
    table = web_session
    _sweep(connection, city, name)
    connection.execute(
        insert(table).values(
            region=city.code,
            hashed=digest(key),
            name=name,
            stage=stage,
            token=os.urandom(KEY_BYTES),
            made=since or now,
            seen=now,
            proved=now,
        )
    )
    return key


def find(city: City, key: str, *, used: bool = True) -> Session | None:
    """Find the session of a cookie, and note that it is `used`; None for one that has ended.

    A screen that asks by itself does not use it.
    """
    now = city.now()
    with city.database.read() as connection:
        row = _row(connection, city, key)
        found = accounts.find(connection, city.code, row.name) if row is not None else None
    if row is None or found is None or _is_over(row, now):
        return None
    if used and now - row.seen >= SEEN_EVERY_MS:
        with city.database.write() as connection:
            table = web_session
            connection.execute(
                update(table)
                .where(table.c.region == city.code, table.c.hashed == row.hashed)
                .values(seen=now)
            )
    return _session(row, found)


def renew(connection: Connection, city: City, session: Session, stage: str) -> str:
    """Go on under another cookie, proved just now; the one before ends."""
    end(connection, city, session)
    return begin(connection, city, session.name, stage, session.made)


def end(connection: Connection, city: City, session: Session) -> None:
    """End one session."""
    table = web_session
    connection.execute(
        delete(table).where(table.c.region == city.code, table.c.hashed == session.hashed)
    )


def end_key(connection: Connection, city: City, key: str) -> None:
    """End the session of a cookie, if there is one."""
    table = web_session
    connection.execute(
        delete(table).where(table.c.region == city.code, table.c.hashed == digest(key))
    )


def end_all(connection: Connection, city: City) -> None:
    """End every session of a city that was put back: a backup knows nothing of who has left."""
    connection.execute(delete(web_session).where(web_session.c.region == city.code))


def is_proved(city: City, session: Session) -> bool:
    """Tell whether passphrase and code were shown lately."""
    return 0 <= city.now() - session.proved < PROVED_MS


def remember(connection: Connection, city: City, name: str) -> str:
    """Remember the browser of an account that has just signed in; return its cookie."""
    key, now, table = new_key(), city.now(), familiar
    mine = (table.c.region == city.code) & (table.c.name == name)
    connection.execute(delete(table).where(mine, table.c.made < now - BROWSER_MS))
    _keep(connection, table, mine, BROWSERS_MAX - 1)
    connection.execute(
        insert(table).values(region=city.code, hashed=digest(key), name=name, made=now)
    )
    return key


def is_familiar(connection: Connection, city: City, name: str, key: str) -> bool:
    """Tell whether a browser has signed in to this account before."""
    table = familiar
    query = select(table.c.made).where(
        table.c.region == city.code, table.c.hashed == digest(key), table.c.name == name
    )
    made = connection.scalar(query)
    return made is not None and city.now() - made < BROWSER_MS


def new_key() -> str:
    """Make 256 random bits, as a cookie holds them."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def digest(key: str) -> bytes:
    """Give what is kept of a cookie; 256 random bits need no slow hash."""
    return hashlib.sha256(b"teras/web session/1" + key.encode()).digest()


def _row(connection: Connection, city: City, key: str) -> Any:
    table = web_session
    query = select(table).where(table.c.region == city.code, table.c.hashed == digest(key))
    return connection.execute(query).one_or_none()


def _is_over(row: Any, now: int) -> bool:
    """Tell whether a session's time is up; one from the future is of a clock that was wrong."""
    idle, whole = now - row.seen, now - row.made
    return not (-SEEN_EVERY_MS <= idle < IDLE_MS and -SEEN_EVERY_MS <= whole < WHOLE_MS)


def _session(row: Any, found: Account) -> Session:
    return Session(
        row.hashed, row.name, found.role, row.stage, row.token.hex(), row.made, row.proved
    )


def _sweep(connection: Connection, city: City, name: str) -> None:
    """Delete what has ended, and the oldest of an account that has too many."""
    table, now = web_session, city.now()
    over = (table.c.seen < now - IDLE_MS) | (table.c.made < now - WHOLE_MS)
    connection.execute(delete(table).where(table.c.region == city.code, over))
    mine = (table.c.region == city.code) & (table.c.name == name)
    _keep(connection, table, mine, SESSIONS_MAX - 1)


def _keep(connection: Connection, table: Any, mine: Any, most: int) -> None:
    """Keep the newest rows of somebody; `most` is at most 20, so the rest is few."""
    rows = connection.execute(select(table.c.hashed).where(mine).order_by(table.c.made.desc()))
    for hashed in rows.scalars().all()[most:]:
        connection.execute(delete(table).where(mine, table.c.hashed == hashed))
