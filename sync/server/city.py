"""One region's server, opened: its database, keys, forms and present epoch.

<server folder>/server.json     {"region", "database"}
<server folder>/secret          32 bytes that unwrap the region's private keys, for the owner alone
<server folder>/city.sqlite     unless another database was named
"""

import datetime as dt
import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select, update

from forms.engine import catalogue
from forms.engine.catalogue import Catalogue
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.crypto.keys import RegionKeys
from sync.protocol import policy, wire
from sync.protocol.change import Change
from sync.protocol.enrol import ServerKeys
from sync.protocol.series import of_kind
from sync.protocol.ties import served
from sync.server import bulk, ring, schema, tables
from sync.server.database import Database
from sync.server.sqlite import READERS_MAX

SETTINGS = "server.json"
SECRET = "secret"  # noqa: S105 - a file's name
SECRET_BYTES = 32
DECEMBER = 12
OPERATOR = "office/operator"
OFFICE_GROUP = "office"  # the stream of operators and grants

Clock = Callable[[], int]


class Settings(msgspec.Struct, frozen=True):
    """What the server's folder says: which region of which database this is."""

    region: str
    database: str


def settings_of(folder: Path) -> Settings:
    """Read what a server's folder says; Refused(server_missing)."""
    try:
        return msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
    except (OSError, msgspec.MsgspecError) as error:
        raise Refused(Problem("server_missing")) from error


def clock() -> int:
    """Return the time in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class City:
    """The one handle of everything the server does."""

    def __init__(
        self, folder: Path, settings: Settings, database: Database, now: Clock = clock
    ) -> None:
        self.folder = folder
        self.database = database
        self.code = settings.region
        self.now = now
        self.catalogue = _catalogue()
        with database.read() as connection:
            row = connection.execute(
                select(tables.region).where(tables.region.c.region == self.code)
            ).one_or_none()
            if row is None:
                raise Refused(Problem("server_missing"))
            self.id: bytes = row.id
            self.policy = 0
            self.know_region(connection)
            self.know_epoch(connection)
            self.ring = self.read_keys(connection)
        self._placed = 0

    @classmethod
    def open(
        cls,
        folder: Path,
        now: Clock = clock,
        *,
        readers: int = READERS_MAX,
        migrate: bool = True,
    ) -> "City":
        """Open a server's folder, bringing its schema up to date; Refused(server_missing).

        Without `migrate` others are at work on it: Refused(schema_newer | schema_older) where it
        is another one than this program's.
        """
        settings = settings_of(folder)
        database = Database(settings.database, settings.region, readers=readers)
        try:
            with database.write() as connection:
                (schema.upgrade if migrate else schema.check)(connection)
            return cls(folder, settings, database, now)
        except BaseException:
            database.close()
            raise

    @property
    def keys(self) -> RegionKeys:
        """The present private keys."""
        return self.ring.keys

    @property
    def public(self) -> ServerKeys:
        """Their public halves."""
        return self.ring.public

    def secret(self) -> bytes:
        """Read what unwraps the private keys."""
        return (self.folder / SECRET).read_bytes()

    def read_keys(self, connection: Connection) -> ring.Ring:
        """Read the keys as they are in this transaction."""
        wrapped = ring.wrapped_keys(connection, self.code)
        return ring.load(connection, self.code, wrapped, self.secret())

    def know_epoch(self, connection: Connection) -> None:
        """Read the present epoch anew: another process may have begun one."""
        found = bulk.highest(connection, tables.epoch, ("id",), {"region": self.code}, "number")
        if found is None:
            raise Refused(Problem("server_missing"))
        self.epoch = bytes(found.id)

    def know_region(self, connection: Connection) -> None:
        """Read the region's files where they, or an office, are others now."""
        place = {"region": self.code}
        number = bulk.found(connection, tables.region, ("policy",), place).scalar()
        if number is None:
            raise Refused(Problem("server_missing"))
        if number == self.policy:
            return
        content = bulk.found(connection, tables.region, ("pack",), place).scalar()
        pack = wire.decode(bytes(content), dict[str, bytes])
        self.region, self.pack_digest = Region.from_pack(pack), policy.digest(pack)
        self.policy = number

    def raise_policy(self, connection: Connection) -> int:
        """Number what region or office are now; who serves hears of it with the next exchange."""
        table = tables.region
        raising = (
            update(table)
            .where(table.c.region == self.code)
            .values(policy=table.c.policy + 1)
            .returning(table.c.policy)
        )
        return int(connection.execute(raising).scalar_one())

    def know_keys(self) -> None:
        """Read the keys anew."""
        with self.database.read() as connection:
            self.ring = self.read_keys(connection)

    def close(self) -> None:
        """Let the database go."""
        self.database.close()

    def day(self, moment: int) -> dt.date:
        """Give the region's calendar day of a moment."""
        zone = dt.timezone(dt.timedelta(minutes=self.region.offset_minutes))
        return dt.datetime.fromtimestamp(moment / 1000, zone).date()

    def author_day(self, moment: int) -> dt.date:
        """Give the day on an author's clock; today for a time that no laptop's clock says."""
        try:
            return self.day(moment)
        except (OverflowError, ValueError, OSError):
            return self.day(self.now())

    def day_of(self, change: Change) -> dt.date:
        """Give the day by which a change is judged: the service day, else that of the clock."""
        return served(change) or self.author_day(change.time)

    def place(self, moment: int, count: int) -> int:
        """Give the first of `count` places in the order of records: microseconds, always rising."""
        first = max(moment * 1000, self._placed + 1)
        self._placed = first + count - 1
        return first

    def years(self) -> tuple[int, ...]:
        """Give the years whose numbers may be leased now: this one, from December the next too."""
        today = self.day(self.now())
        return (today.year, today.year + 1) if today.month == DECEMBER else (today.year,)

    def form(self, service: str) -> Form | None:
        """Find the form of a service that this server knows and the region offers."""
        form = self.catalogue.forms.get(service)
        return form if form is not None and self.region.offers(service) else None

    def group(self, service: str) -> str:
        """Name a service's group, and with it its stream, also where the service is not known."""
        form = self.catalogue.forms.get(service)
        return form.group if form is not None else service.partition("/")[0][:40] or OFFICE_GROUP

    def series(self, kind: str) -> tuple[str, ...]:
        """List the series of numbers that an office of this kind takes from."""
        return of_kind(self.catalogue, self.region, kind)


@lru_cache
def _catalogue() -> Catalogue:
    """The forms don't change while the program runs; a server with a broken one doesn't start."""
    return catalogue.load()


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone may read, durably; refuses to replace one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
