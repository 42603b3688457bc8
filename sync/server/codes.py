"""Enrolment codes: made by an administrator, good for one device within a week."""

import hashlib
from typing import Any

from sqlalchemy import Connection, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import code
from sync.protocol.change import NOBODY
from sync.server import audit, offices, tables
from sync.server.city import City

CODE_DAYS = 7  # long enough for a letter to an outlying office, short enough to be forgotten
CODE_MS = CODE_DAYS * 24 * 3600 * 1000
ROLES = ("petugas", "verifikator", "penandatangan", "perawat", "admin", "auditor", "kepala")


def make(city: City, office_code: str, role: str, by: str) -> tuple[str, int]:
    """Make a one-time code for a device and its first operator; return it and when it expires (ms).

    Refused(office_unknown | role_unknown).
    """
    if role not in ROLES:
        raise Refused(Problem("role_unknown", facts={"role": role[:40]}))
    text, secret = code.make(city.public.sign)
    now = city.now()
    with city.database.write() as connection:
        office = offices.by_code(connection, city.code, office_code)
        connection.execute(
            insert(tables.enrol_code).values(
                region=city.code,
                hashed=_hashed(secret),
                office=office,
                role=role,
                made=now,
                expires=now + CODE_MS,
                used=0,
                device=NOBODY,
            )
        )
        audit.note(connection, city, by, "enrol_code", office, role=role)
    return text, now + CODE_MS


def withdraw(city: City, hashed: bytes, by: str) -> None:
    """Let a code that nobody has used expire now; Refused(code_unknown | code_used)."""
    table = tables.enrol_code
    here = (table.c.region == city.code) & (table.c.hashed == hashed)
    with city.database.write() as connection:
        row = connection.execute(select(table.c.office, table.c.used).where(here)).one_or_none()
        if row is None:
            raise Refused(Problem("code_unknown"))
        if row.used:
            raise Refused(Problem("code_used"))
        connection.execute(update(table).where(here).values(expires=city.now() - 1))
        audit.note(connection, city, by, "enrol_code_withdrawn", row.office)


def find(connection: Connection, city: City, secret: bytes) -> Any:
    """Find the row of a code, used or not; Refused(code_unknown | code_expired)."""
    table = tables.enrol_code
    row = connection.execute(
        select(table).where(table.c.region == city.code, table.c.hashed == _hashed(secret))
    ).one_or_none()
    if row is None:
        raise Refused(Problem("code_unknown"))
    if not row.used and row.expires < city.now():
        raise Refused(Problem("code_expired"))
    return row


def use(connection: Connection, city: City, hashed: bytes, device: bytes) -> None:
    """Use a code up for a device."""
    table = tables.enrol_code
    connection.execute(
        update(table)
        .where(table.c.region == city.code, table.c.hashed == hashed)
        .values(used=city.now(), device=device)
    )


def _hashed(secret: bytes) -> bytes:
    """Return what is kept of a secret; 80 random bits need no slow hash."""
    return hashlib.sha256(b"teras/enrol code/1" + secret).digest()
