"""The one handle on an open store: who is signed in, where, and the way to its tables."""

import datetime as dt
from collections import deque
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock as Turn
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from forms.engine import catalogue
from forms.engine.answers import Scene
from forms.engine.catalogue import Catalogue
from forms.engine.form import Form
from forms.engine.problem import Locked
from forms.engine.region import Office, Region
from sync.crypto.authorship import OperatorKeys
from sync.crypto.keys import DeviceKeys
from sync.protocol import wire
from sync.protocol.lock import Lock
from sync.protocol.looks import Look
from sync.store import doubt, scope, settings
from sync.store.doubt import Day
from sync.store.engine import Engine, explained, read_engine
from sync.store.fence import Fence
from sync.store.statements import Connection

T = TypeVar("T")
Clock = Callable[[], int]  # ms since 1970 UTC

FILE = "store.db"
SLOTS = "slots"
CHUNKS = "chunks"  # a folder: sealed chunks of attachments
UNNOTED_MAX = 1_000  # looks that a full disk did not take: more than a day of them
_NO_KEYS = DeviceKeys(b"", b"", b"")


class Operator(msgspec.Struct, frozen=True):
    """Who is signed in; `id` is their record of the internal service office/operator."""

    id: bytes
    name: str
    roles: tuple[str, ...]


class Session(msgspec.Struct):
    """What signing in yields, beside the file: the store's key, the operator, the clock.

    `fence` where the system has a keystore, `seed` that of the operator's own keys.
    """

    key: bytes
    operator: Operator
    now: Clock
    fence: Fence | None = None
    seed: bytes = b""


class Store:
    """An open store; connections come from `write()` and `read()` only, in any thread."""

    def __init__(self, folder: Path, lock: Lock, session: Session, writer: Engine) -> None:
        self.folder = folder
        self.operator = session.operator
        self.now = session.now
        self.key = session.key
        self.own = OperatorKeys.of(session.seed) if session.seed else None
        self.spent = False  # whether a number was taken, or a life begun, since the fence heard
        self.unnoted = deque[Look](maxlen=UNNOTED_MAX)
        self._fence = session.fence
        self._lock = lock
        self._turn = Turn()
        self._engines: tuple[Engine, Engine] | None = (
            writer,
            read_engine(folder / FILE, session.key),
        )
        with self.write() as conn:
            conn.settled = writer.settled = settings.settled(conn)
            self.know(conn)
            self.habits = settings.habits(conn)
            self.languages = settings.read(conn, "languages", dict[str, str]) or {}

    @property
    def has_keystore(self) -> bool:
        """Whether a part of the store's key lies in the system's keystore."""
        return self._fence is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self) -> "_Writing":
        """Give the writing connection for one transaction, durable at its end, or nothing.

        Refused(disk_full | disk_failed | store_damaged), then nothing was done. Never call it
        within itself.
        """
        return _Writing(self)

    def read(self) -> "_Reading":
        """Give a connection that sees one unchanging state and never waits for a writer."""
        return _Reading(self)

    def setting(self, key: str, shape: type[T]) -> T | None:
        """Read one setting as it stands now; None where it was never written."""
        writer = self._open(0)
        is_known, plain = writer.settled.latest(key) if writer.settled else (False, None)
        if is_known:
            return None if plain is None else wire.decode(plain, shape)
        with self.read() as conn:
            return settings.read(conn, key, shape)

    def know(self, conn: Connection) -> None:
        """Read who this desk is."""
        self.desk = settings.desk(conn)
        self.known = doubt.read(conn)
        self.spent = True
        self.keys = settings.keys(conn)

    def adopt(self, habits: settings.Habits) -> None:
        """Do work at this desk like this from now on."""
        with self.write() as conn:
            settings.write(conn, "habits", habits)
        self.habits = habits

    def speak(self, language: str) -> None:
        """Speak a language to this operator from the next sign-in on."""
        spoken = {**self.languages, self.operator.id.hex(): language}
        with self.write() as conn:
            settings.write(conn, "languages", spoken)
        self.languages = spoken

    @property
    def language(self) -> str:
        """The language that this operator chose; "" where none was chosen."""
        return self.languages.get(self.operator.id.hex(), "")

    def know_region(self) -> None:
        """Read the region anew when it is asked for next."""
        self.__dict__.pop("region", None)

    @cached_property
    def region(self) -> Region:
        """The region whose laptop this is."""
        with self.read() as conn:
            return Region.from_pack(settings.read(conn, "pack", dict[str, bytes]) or {})

    @property
    def office(self) -> Office:
        """The office whose laptop this is."""
        shape = self.desk.office
        return Office(
            shape.id,
            shape.code,
            shape.kind,
            shape.name,
            shape.area,
            tuple(shape.catchment),
            shape.address,
            shape.phone,
            shape.email,
            shape.postcode,
        )

    @property
    def catalogue(self) -> Catalogue:
        """Every form there is."""
        return _catalogue()

    def form(self, service: str) -> Form | None:
        """Find a form; None for a service that only a later version knows."""
        return self.catalogue.forms.get(service)

    def takes(self, form: Form) -> bool:
        """Tell whether this operator may begin records of a service here."""
        return scope.takes(form, self.desk.office.kind, self.region, self.operator.roles)

    def sees(self, form: Form) -> bool:
        """Tell whether this operator may look at a service's records here."""
        return scope.sees(form, self.desk.office.kind, self.region, self.operator.roles)

    def minds(self, form: Form) -> bool:
        """Tell whether a service's records are this operator's to see, or to keep people by."""
        people = form.internal and form.machine.may_create(self.operator.roles)
        return people or self.sees(form)

    def stands(self, office: bytes) -> str:
        """Say as what we meet a record of an office: "" as its own, else as our kind of office."""
        return "" if office == self.desk.office.id else self.desk.office.kind

    def date(self, time: int) -> dt.date:
        """Tell the region's date at a time."""
        zone = dt.timezone(dt.timedelta(minutes=self.region.offset_minutes))
        return dt.datetime.fromtimestamp(time / 1000, zone).date()

    def day(self) -> Day:
        """Tell the service day, and whether somebody has to confirm it before a letter bears it."""
        return doubt.judge(self.known, self.now(), self.desk.clock_offset, self.date)

    def scene(self) -> Scene:
        """Say where and when a form is filled in now."""
        return Scene(self.day().date, self.desk.office.area, self.region.areas)

    def close(self) -> None:
        """Close the file, forget the keys, give the folder back; a second call does nothing."""
        with self._turn:
            engines, self._engines = self._engines, None
        if engines is not None:
            for engine in engines:
                engine.dispose()
            self.key = b""
            self.own = None
            self.keys = _NO_KEYS
            self._lock.release()

    def _open(self, which: int) -> Engine:
        """Give the connections that writes (0) or reads (1); Locked after `close`."""
        if self._engines is None:
            raise Locked
        return self._engines[which]


class _Reading:
    """A reading transaction for the length of a block."""

    __slots__ = ("_store", "_transaction")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Connection:
        with explained():
            self._transaction = self._store._open(1).begin()  # noqa: SLF001 - a part of the handle
            return self._transaction.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with explained():
            self._transaction.__exit__(kind, error, trace)
        explained().__exit__(kind, error, trace)


class _Writing:
    """The writing transaction for the length of a block, one at a time."""

    __slots__ = ("_store", "_transaction")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> Connection:
        self._store._turn.acquire()  # noqa: SLF001 - a part of the handle
        try:
            with explained():
                self._transaction = self._store._open(0).begin()  # noqa: SLF001 - as above
                return self._transaction.__enter__()
        except BaseException:
            self._store._turn.release()  # noqa: SLF001 - as above
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        store = self._store
        try:
            with explained():
                self._transaction.__exit__(kind, error, trace)
        finally:
            store._turn.release()  # noqa: SLF001 - as above
        explained().__exit__(kind, error, trace)
        if kind is None and store.spent and store._fence is not None:  # noqa: SLF001 - as above
            store.spent = False
            with store.read() as conn:
                store._fence.note(conn)  # noqa: SLF001 - as above


@lru_cache
def _catalogue() -> Catalogue:
    """The forms don't change while the program runs; a broken one is left out, never the desk."""
    return catalogue.usable()
