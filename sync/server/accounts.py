"""Who administers the region, in which role; one account a person, made by an administrator.

administrator    everything that the command line can
walikota         the city's head: sees the overview and the lists, changes nothing of them,
                 and gives dispositions
auditor          sees the overview, the lists, the audit and who looked at whom, takes all of
                 it along as signed files, and changes nothing
inspektorat      what the auditor may; begins findings at offices and judges their answers
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import passphrase as phrases
from sync.server import audit, tables, throttle
from sync.server import phrases as rules
from sync.server.account_tables import account, familiar, recovery_code, web_session
from sync.server.city import City

ADMINISTRATOR, HEAD, AUDITOR = "administrator", "walikota", "auditor"
INSPECTOR = "inspektorat"
ROLES = (ADMINISTRATOR, HEAD, AUDITOR, INSPECTOR)
NAME_MAX = 60
ACCOUNTS_MAX = 200  # people; a list that is read whole

# What each role may do on the pages: see the overview, see lists, act, give
# dispositions, read and export who did what and who looked at whom, begin and judge findings.
OVERVIEW, LISTS, ACTS, DIRECTS, AUDIT = "overview", "lists", "acts", "directs", "audit"
FINDS = "finds"
RIGHTS = {
    ADMINISTRATOR: frozenset({OVERVIEW, LISTS, ACTS, DIRECTS, AUDIT, FINDS}),
    HEAD: frozenset({OVERVIEW, LISTS, DIRECTS}),
    AUDITOR: frozenset({OVERVIEW, LISTS, AUDIT}),
    INSPECTOR: frozenset({OVERVIEW, LISTS, AUDIT, FINDS}),
}


class Account(msgspec.Struct, frozen=True):
    """One account; `factor` and `proposed` are wrapped secrets, empty for none."""

    name: str
    role: str
    hashed: str
    factor: bytes
    proposed: bytes
    step: int
    made: int
    entered: int

    @property
    def needs_factor(self) -> bool:
        """Whether nothing is open to it before it has a second factor."""
        return self.role != HEAD and not self.factor


class Listed(msgspec.Struct, frozen=True):
    """An account as others see it; `entered` is 0 for one that never came."""

    name: str
    role: str
    has_factor: bool
    codes: int
    made: int
    entered: int
    sessions: int


def find(connection: Connection, region: str, name: str) -> Account | None:
    """Find an account by its name."""
    row = connection.execute(_query(region).where(account.c.name == name)).one_or_none()
    return None if row is None else _account(row)


def known(connection: Connection, region: str, name: str) -> Account:
    """Find an account that must be; Refused(account_unknown)."""
    found = find(connection, region, name)
    if found is None:
        raise Refused(Problem("account_unknown", facts={"name": name[:NAME_MAX]}))
    return found


def listing(city: City) -> list[Listed]:
    """List every account by name."""
    with city.database.read() as connection:
        rows = connection.execute(_query(city.code).order_by(account.c.name)).all()
        codes = _counted(connection, city, recovery_code)
        sessions = _counted(connection, city, web_session)
    return [
        Listed(
            row.name,
            row.role,
            row.factor is not None,
            codes.get(row.name, 0),
            row.made,
            row.entered,
            sessions.get(row.name, 0),
        )
        for row in rows
    ]


def add(city: City, name: str, role: str, passphrase: str, by: str) -> str:
    """Make an account and return its name as it is kept.

    Refused(administrator_name | role_unknown | account_exists | accounts_too_many), or what is
    wrong with the passphrase, which stands alone until there is a second factor.
    """
    name = " ".join(name.split())
    problems = list(_wrong(name, role))
    weak = rules.weakness(city, passphrase, name, has_factor=False)
    problems += [weak] if weak is not None else []
    if problems:
        raise Refused(*problems)
    hashed = phrases.hash_text(passphrase)
    with city.database.write() as connection:
        if find(connection, city.code, name) is not None:
            raise Refused(Problem("account_exists", facts={"name": name}))
        if _count(connection, city.code) >= ACCOUNTS_MAX:
            raise Refused(Problem("accounts_too_many", facts={"max": ACCOUNTS_MAX}))
        write(connection, city.code, (name, role), hashed, city.now())
        audit.note(connection, city, by, "administrator_added", name=name, role=role)
    return name


def write(connection: Connection, region: str, who: tuple[str, str], hashed: str, now: int) -> None:
    """Write a new account: name and role, and the passphrase's hash."""
    name, role = who
    connection.execute(
        insert(tables.administrator).values(region=region, name=name, hashed=hashed, made=now)
    )
    connection.execute(
        insert(account).values(region=region, name=name, role=role, step=0, entered=0)
    )


def remove(city: City, name: str, by: str) -> None:
    """Take an account away, with all of it; Refused(account_unknown | account_last)."""
    with city.database.write() as connection:
        found = known(connection, city.code, name)
        _keep_one(connection, city.code, found)
        end_sessions(connection, city.code, name)
        for table in (recovery_code, familiar, account, tables.administrator):
            connection.execute(
                delete(table).where(table.c.region == city.code, table.c.name == name)
            )
        audit.note(connection, city, by, "administrator_removed", name=name)


def set_role(city: City, name: str, role: str, by: str) -> None:
    """Give an account another role; its sessions end.

    Refused(account_unknown | role_unknown | account_last).
    """
    problems = list(_wrong(name, role))
    if problems:
        raise Refused(*problems)
    with city.database.write() as connection:
        found = known(connection, city.code, name)
        if found.role == role:
            return
        _keep_one(connection, city.code, found)
        change(connection, city.code, name, role=role)
        end_sessions(connection, city.code, name)
        audit.note(connection, city, by, "administrator_role", name=name, role=role)


def reset(city: City, name: str, passphrase: str, by: str) -> None:
    """Give an account a new passphrase and no second factor; its sessions and browsers end.

    Refused(account_unknown), or what is wrong with the passphrase.
    """
    weak = rules.weakness(city, passphrase, name, has_factor=False)
    if weak is not None:
        raise Refused(weak)
    hashed = phrases.hash_text(passphrase)
    with city.database.write() as connection:
        known(connection, city.code, name)
        set_hash(connection, city.code, name, hashed)
        change(connection, city.code, name, factor=None, proposed=None, step=0)
        end_sessions(connection, city.code, name)
        for table in (recovery_code, familiar):
            connection.execute(
                delete(table).where(table.c.region == city.code, table.c.name == name)
            )
        throttle.forget(connection, city, throttle.ACCOUNT, name)
        audit.note(connection, city, by, "administrator_reset", name=name)


def change_passphrase(city: City, name: str, passphrase: str) -> None:
    """Set an account's own new passphrase; its sessions end. Refused with what is wrong with it."""
    with city.database.read() as connection:
        found = known(connection, city.code, name)
    weak = rules.weakness(city, passphrase, name, has_factor=bool(found.factor))
    if weak is not None:
        raise Refused(weak)
    hashed = phrases.hash_text(passphrase)
    with city.database.write() as connection:
        set_hash(connection, city.code, name, hashed)
        end_sessions(connection, city.code, name)
        audit.note(connection, city, name, "passphrase_changed", name=name)


def unlock(city: City, name: str, by: str) -> None:
    """Let an account's failed sign-ins be forgotten; Refused(account_unknown)."""
    with city.database.write() as connection:
        known(connection, city.code, name)
        throttle.forget(connection, city, throttle.ACCOUNT, name)
        audit.note(connection, city, by, "administrator_unlocked", name=name)


def set_hash(connection: Connection, region: str, name: str, hashed: str) -> None:
    """Write the hash of a passphrase."""
    table = tables.administrator
    connection.execute(
        update(table).where(table.c.region == region, table.c.name == name).values(hashed=hashed)
    )


def change(connection: Connection, region: str, name: str, **values: Any) -> None:
    """Write parts of an account."""
    connection.execute(
        update(account).where(account.c.region == region, account.c.name == name).values(**values)
    )


def end_sessions(connection: Connection, region: str, name: str) -> None:
    """End every session of an account."""
    table = web_session
    connection.execute(delete(table).where(table.c.region == region, table.c.name == name))


def _query(region: str) -> Any:
    table = tables.administrator
    return (
        select(account, table.c.hashed, table.c.made)
        .join(table, (table.c.region == account.c.region) & (table.c.name == account.c.name))
        .where(account.c.region == region)
    )


def _account(row: Row[Any]) -> Account:
    return Account(
        row.name,
        row.role,
        row.hashed,
        row.factor or b"",
        row.proposed or b"",
        row.step,
        row.made,
        row.entered,
    )


def _wrong(name: str, role: str) -> list[Problem]:
    problems = []
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        problems.append(Problem("administrator_name", facts={"max": NAME_MAX}))
    if role not in ROLES:
        problems.append(Problem("role_unknown", facts={"role": role[:NAME_MAX]}))
    return problems


def _keep_one(connection: Connection, region: str, found: Account) -> None:
    """Refuse to let the last administrator go."""
    if found.role == ADMINISTRATOR and _count(connection, region, ADMINISTRATOR) == 1:
        raise Refused(Problem("account_last"))


def _count(connection: Connection, region: str, role: str = "") -> int:
    query = select(func.count()).select_from(account).where(account.c.region == region)
    if role:
        query = query.where(account.c.role == role)
    return int(connection.scalar(query) or 0)


def _counted(connection: Connection, city: City, table: Any) -> dict[str, int]:
    query = select(table.c.name, func.count()).where(table.c.region == city.code)
    rows = connection.execute(query.group_by(table.c.name))
    return {row[0]: row[1] for row in rows}
