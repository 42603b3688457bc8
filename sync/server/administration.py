"""What an administrator does to a server as a whole: makes it, signs in, sees how it stands."""

import os
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, insert, select

from forms.engine.problem import Locked, Problem, Refused
from forms.engine.region import Region
from sync.crypto import passphrase as phrases
from sync.crypto import wrap
from sync.crypto.keys import RegionKeys, fingerprint
from sync.protocol import wire
from sync.protocol.change import ID_BYTES
from sync.server import accounts, attachments, audit, lending, removals, schema, tables
from sync.server.city import (
    SECRET,
    SECRET_BYTES,
    SETTINGS,
    City,
    Clock,
    Settings,
    clock,
    settings_of,
    write_private,
)
from sync.server.database import Database, default_url
from sync.server.ring import KEYS_CONTEXT


class Initialised(msgspec.Struct, frozen=True):
    """A new server: its region's code, first epoch, and what codes vouch for."""

    region: str
    epoch: bytes
    fingerprint: str


class Status(msgspec.Struct, frozen=True):
    """How a server stands."""

    epoch: bytes
    records: int
    changes: int
    conflicts: int
    duplicates: int
    quarantined: int
    held: int
    removals: int  # of them, what an administrator has to allow
    awaited: int  # attachments that records name and nobody has brought yet
    devices: int


def init(
    folder: Path,
    region_file: Path,
    *,
    operator: str,
    passphrase: str,
    database: str = "",
    now: Clock = clock,
) -> Initialised:
    """Make keys, schema and first administrator in an empty folder.

    `database` is a URL, by default a SQLite file in the folder; where it names an owner of a
    PostgreSQL database, everything else is done by a role that is made for it.

    Refused(server_exists | region_exists | administrator_name), or what is wrong with region file,
    passphrase or URL; nothing of a server stays then.
    """
    if (folder / SETTINGS).exists() or (folder / SECRET).exists():
        raise Refused(Problem("server_exists", facts={"folder": str(folder)}))
    _check_administrator(operator, passphrase)
    region = Region.read(region_file)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = RegionKeys.make()
    with lending.ready(database or default_url(folder), region.code) as url:
        opened = Database(url, region.code)
        try:
            epoch = _make(folder, opened, region, keys, (operator, passphrase, now()))
        finally:
            opened.close()
    return Initialised(region.code, epoch, fingerprint(keys.public().sign))


def upgrade(folder: Path, database: str = "") -> str:
    """Bring a server's database to the newest schema, by its owner's URL; name that schema."""
    with lending.opened(database or settings_of(folder).database) as connection:
        schema.upgrade(connection)
        return schema.version(connection)


def sign_in(city: City, name: str, passphrase: str) -> str:
    """Return the administrator's name as it is kept; Locked for a wrong name or passphrase.

    Refused(right_missing) for an account of another role.
    """
    with city.database.read() as connection:
        found = accounts.find(connection, city.code, name.strip())
    if found is None or not phrases.matches(passphrase, found.hashed):
        raise Locked
    if found.role != accounts.ADMINISTRATOR:
        raise Refused(Problem("right_missing"))
    return found.name


def status(city: City) -> Status:
    """Count what the server holds; `conflicts` wait for a person, duplicates apart."""
    conflict, device, change = tables.conflict, tables.device, tables.change
    with city.database.read() as connection:
        return Status(
            epoch=city.epoch,
            records=_count(connection, city, tables.record),
            changes=_count(connection, city, change),
            conflicts=_count(
                connection, city, conflict, conflict.c.closed == 0, conflict.c.kind != "duplicate"
            ),
            duplicates=_count(
                connection, city, conflict, conflict.c.closed == 0, conflict.c.kind == "duplicate"
            ),
            quarantined=_count(connection, city, change, change.c.verdict == "quarantined"),
            held=_count(connection, city, tables.held),
            removals=removals.count(connection, city),
            awaited=attachments.awaited(connection, city.code),
            devices=_count(connection, city, device, device.c.revoked == 0),
        )


def export_keys(city: City) -> bytes:
    """Give the region's public keys and its devices' as JSON for `check`.

    {"regions": {code: {"name", "fingerprint", "sign", "former", "root", "devices": {id: signing
    key}}}}, keys and ids in hex.
    """
    table = tables.device
    with city.database.read() as connection:
        rows = connection.execute(
            select(table.c.id, table.c.sign).where(table.c.region == city.code)
        )
        devices = {row.id.hex(): row.sign.hex() for row in rows}
    region = {
        "name": city.region.name,
        "fingerprint": fingerprint(city.public.sign),
        "sign": city.public.sign.hex(),
        "former": [sign.hex() for sign in city.ring.signs[1:]],
        "root": city.public.root.hex(),
        "devices": devices,
    }
    return msgspec.json.encode({"regions": {city.code: region}}, order="deterministic")


def _make(
    folder: Path,
    opened: Database,
    region: Region,
    keys: RegionKeys,
    first: tuple[str, str, int],
) -> bytes:
    """Write all that makes a server, or nothing; return its first epoch."""
    operator, passphrase, now = first
    secret = os.urandom(SECRET_BYTES)
    made: list[Path] = []
    try:
        write_private(folder / SECRET, secret)
        made.append(folder / SECRET)
        with opened.write() as connection:
            wrapped = wrap.wrap(wire.encode(keys), secret, KEYS_CONTEXT)
            epoch = _begin(connection, region, wrapped, now)
            _add_administrator(connection, region.code, operator, passphrase, now)
            settings = Settings(region.code, opened.url)
            write_private(folder / SETTINGS, msgspec.json.encode(settings))
            made.append(folder / SETTINGS)
    except BaseException:
        for path in made:
            path.unlink()
        raise
    return epoch


def _check_administrator(name: str, passphrase: str) -> None:
    problems = []
    if not 0 < len(name.strip()) <= accounts.NAME_MAX:
        problems.append(Problem("administrator_name", facts={"max": accounts.NAME_MAX}))
    weak = phrases.check_rules(passphrase)
    if weak is not None:
        problems.append(weak)
    if problems:
        raise Refused(*problems)


def _begin(connection: Connection, region: Region, keys: bytes, now: int) -> bytes:
    """Write the region and its first epoch; Refused(region_exists)."""
    table = tables.region
    if connection.scalar(select(table.c.region).where(table.c.region == region.code)) is not None:
        raise Refused(Problem("region_exists", facts={"region": region.code}))
    epoch = os.urandom(ID_BYTES)
    connection.execute(
        insert(table).values(
            region=region.code,
            id=os.urandom(ID_BYTES),
            pack=wire.encode(region.pack()),
            keys=keys,
            policy=1,
            made=now,
        )
    )
    connection.execute(
        insert(tables.epoch).values(
            region=region.code,
            number=1,
            id=epoch,
            parent=b"",
            forks=wire.encode({}),
            seq=0,
            began=now,
        )
    )
    audit.append(connection, region.code, now, "", "server_made", facts={"epoch": epoch.hex()})
    return epoch


def _add_administrator(
    connection: Connection, region: str, name: str, passphrase: str, now: int
) -> None:
    who = (name.strip(), accounts.ADMINISTRATOR)
    accounts.write(connection, region, who, phrases.hash_text(passphrase), now)
    audit.append(connection, region, now, "", "administrator_added", facts={"name": name.strip()})


def _count(connection: Connection, city: City, table: Table, *conditions: Any) -> int:
    query = select(func.count()).select_from(table)
    return connection.scalar(query.where(table.c.region == city.code, *conditions)) or 0
