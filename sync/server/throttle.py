"""How long somebody waits who failed to sign in, by account and by address; it outlives a restart.

    an account      5 failures are free, then 30 s, doubled up to an hour; from 100 on a day
    an address      30 are free, since an office shares one; then 30 s, doubled up to a quarter hour
    a browser       that has signed in to the account before is counted by itself, so that
    known there     nobody can keep an account's owner out by failing in the owner's name

A try made while one waits is not even looked at, and does not make the wait longer. Failures are
forgotten after three days without one. Names and addresses fall into PLACES by a keyed digest, so
that strangers can neither fill the table nor choose whose place they share.
"""

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from sync.server.account_tables import throttle
from sync.server.city import City

PLACES = 1 << 16
FIRST_MS = 30_000
DAY_MS = 86_400_000
FORGOTTEN_MS = 3 * DAY_MS
TRIES_MAX = 100  # in a row, by NIST SP 800-63B-4 3.2.2; then one a day


class Rule(msgspec.Struct, frozen=True):
    """How many failures are free, and the longest wait in ms that doubling comes to."""

    free: int
    most: int


ACCOUNT, ADDRESS, BROWSER = "account", "address", "browser"
RULES = {
    ACCOUNT: Rule(5, 3_600_000),
    ADDRESS: Rule(30, 900_000),
    BROWSER: Rule(5, 3_600_000),
}


def begin(connection: Connection, city: City, kind: str, name: str) -> int:
    """Count a try as failed, before it is looked at; or return the ms that it has to wait.

    Counted first, so that many at once are as many as one after another.
    """
    row = _row(connection, city, kind, name)
    now = city.now()
    if row is not None and now - row.last >= FORGOTTEN_MS:
        forget(connection, city, kind, name)
        row = None
    if row is None:
        connection.execute(
            insert(throttle).values(**_place(city, kind, name), failures=1, last=now)
        )
        return 0
    # A clock that was put back makes nobody wait longer than the rule does.
    wait = wait_of(kind, row.failures)
    left = wait - max(0, now - row.last)
    if wait and left > 0:
        return int(left)
    connection.execute(
        update(throttle)
        .where(_at(city, kind, name))
        .values(failures=throttle.c.failures + 1, last=now)
    )
    return 0


def succeed(connection: Connection, city: City, kind: str, name: str) -> None:
    """Take back the one try that succeeded; with it an account's and a browser's failures end."""
    if kind == ADDRESS:
        connection.execute(
            update(throttle)
            .where(_at(city, kind, name), throttle.c.failures > 0)
            .values(failures=throttle.c.failures - 1)
        )
        return
    forget(connection, city, kind, name)


def forget(connection: Connection, city: City, kind: str, name: str) -> None:
    """Let a name's failures be forgotten."""
    connection.execute(delete(throttle).where(_at(city, kind, name)))


def failures(connection: Connection, city: City, kind: str, name: str) -> int:
    """Count the failures in a row that are remembered."""
    row = _row(connection, city, kind, name)
    return 0 if row is None else int(row.failures)


def wait_of(kind: str, failed: int) -> int:
    """Give the wait in ms after so many failures in a row."""
    rule = RULES[kind]
    if failed < rule.free:
        return 0
    if failed >= TRIES_MAX and kind != ADDRESS:
        return DAY_MS
    doubled: int = FIRST_MS << min(failed - rule.free, 20)
    return min(rule.most, doubled)


def _row(connection: Connection, city: City, kind: str, name: str) -> Any:
    query = select(throttle.c.failures, throttle.c.last).where(_at(city, kind, name))
    return connection.execute(query.with_for_update()).one_or_none()


def _at(city: City, kind: str, name: str) -> Any:
    place = _place(city, kind, name)
    return (
        (throttle.c.region == place["region"])
        & (throttle.c.kind == kind)
        & (throttle.c.place == place["place"])
    )


def _place(city: City, kind: str, name: str) -> dict[str, Any]:
    digest = hashlib.blake2b(name.encode(), key=city.secret(), person=b"teras/throttle")
    return {
        "region": city.code,
        "kind": kind,
        "place": int.from_bytes(digest.digest()[:2]),
    }
