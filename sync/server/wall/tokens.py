"""The tokens by which a screen on a wall sees the live room, and nothing else; made by command.

A token is 32 random bytes; the database holds its digest. It comes once in an address and is kept
by the screen as a cookie.
"""

import base64
import hashlib
import os

import msgspec
from sqlalchemy import Connection, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.server import audit
from sync.server.city import City
from sync.server.live_tables import live_token

TOKEN_BYTES = 32
NAME_MAX = 60
TOKENS_MAX = 200  # screens; a list that is read whole


class Listed(msgspec.Struct, frozen=True):
    """One token: for which screen it was made; times are ms, `revoked` is 0 while it holds."""

    name: str
    made: int
    revoked: int


def make(city: City, name: str, by: str) -> str:
    """Make a token for a screen; Refused(live_token_name | live_token_taken | live_tokens_many)."""
    name = name.strip()
    if not 0 < len(name) <= NAME_MAX:
        raise Refused(Problem("live_token_name", facts={"max": NAME_MAX}))
    token = base64.urlsafe_b64encode(os.urandom(TOKEN_BYTES)).decode().rstrip("=")
    here = listing(city)
    if any(one.name == name and not one.revoked for one in here):
        raise Refused(Problem("live_token_taken", facts={"name": name}))
    if len(here) >= TOKENS_MAX:
        raise Refused(Problem("live_tokens_many", facts={"max": TOKENS_MAX}))
    with city.database.write() as connection:
        connection.execute(
            insert(live_token).values(
                region=city.code, hashed=_digest(token), name=name, made=city.now(), revoked=0
            )
        )
        audit.note(connection, city, by, "live_token_made", name=name)
    return token


def listing(city: City) -> list[Listed]:
    """List every token that was ever made, oldest first."""
    table = live_token
    with city.database.read() as connection:
        rows = connection.execute(
            select(table).where(table.c.region == city.code).order_by(table.c.made, table.c.name)
        )
        return [Listed(row.name, row.made, row.revoked) for row in rows]


def revoke(city: City, name: str, by: str) -> None:
    """Let a screen in no more; Refused(live_token_unknown)."""
    table = live_token
    with city.database.write() as connection:
        done = connection.execute(
            update(table)
            .where(table.c.region == city.code, table.c.name == name, table.c.revoked == 0)
            .values(revoked=city.now())
        )
        if not done.rowcount:
            raise Refused(Problem("live_token_unknown", facts={"name": name[:NAME_MAX]}))
        audit.note(connection, city, by, "live_token_revoked", name=name)


def end_all(connection: Connection, city: City) -> None:
    """Let no screen in any more at a city that was put back: a backup knows of none revoked since.

    Names are kept, to tell which screens need a new token.
    """
    table = live_token
    here = (table.c.region == city.code) & (table.c.revoked == 0)
    connection.execute(update(table).where(here).values(revoked=city.now()))


def admits(city: City, token: str) -> bool:
    """Tell whether a token opens the live room."""
    table = live_token
    with city.database.read() as connection:
        found = connection.scalar(
            select(table.c.revoked).where(
                table.c.region == city.code, table.c.hashed == _digest(token)
            )
        )
    return found == 0


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
