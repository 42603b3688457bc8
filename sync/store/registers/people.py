"""The residents of this desk, counted in one pass over their records, and what came and went.

A person belongs to a period from being recorded until leaving: by then it is told who was there
before, who came, who left and who is there after, and the four always agree. A newborn is somebody
recorded within the days in which a birth is to be reported; everybody else who is new came from
elsewhere or had not been written down before. Entries that should not have been made never count.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import attrgetter

import msgspec
from msgspec import Raw

from sync.store.handle import Store
from sync.store.lanes import DECEASED
from sync.store.progress import Progress, unheard
from sync.store.registers import course
from sync.store.registers.table import Period
from sync.store.statements import Connection

SERVICE = "residents/resident"
MOVED = "moved"
UNMARRIED = "1"
REPORTED = dt.timedelta(days=60)  # in which a birth is to be reported: UU 24/2013, article 27
# What people are counted by, in the order of the report.
KINDS = (
    "agama", "pendidikan", "pekerjaan", "status_kawin", "shdk", "kewarganegaraan", "golongan_darah",
    "cacat", "status_ktp", "status_penduduk",
)  # fmt: skip
DIGITS = 3  # of an RT and an RW, as the form keeps them
PART = 1_000  # records at once: bounds memory, and how long a person waits who calls it off

Pair = tuple[str, str]


class _Answers(msgspec.Struct):
    """What is counted of a person; the rest is not even read."""

    nama: str = ""
    nomor_kk: str = ""
    tanggal_lahir: str = ""
    jenis_kelamin: str = ""
    kelurahan: str = ""
    rt: str = ""
    rw: str = ""
    agama: str = ""
    pendidikan: str = ""
    pekerjaan: str = ""
    status_kawin: str = ""
    shdk: str = ""
    kewarganegaraan: str = ""
    golongan_darah: str = ""
    cacat: str = ""
    status_ktp: str = ""
    status_penduduk: str = ""


class _Person(msgspec.Struct, array_like=True):
    """The beginning of a Case as it is kept, what isn't counted left as bytes."""

    id: bytes
    service: Raw
    version: Raw
    subject: Raw
    office: Raw
    state: str
    answers: _Answers
    heads: Raw
    number: Raw
    paper: Raw
    began: int
    updated: int


class Place(msgspec.Struct, frozen=True):
    """A neighbourhood; "" stands for every RW, or every RT of it."""

    rw: str = ""
    rt: str = ""

    def holds(self, rw: str, rt: str) -> bool:
        """Tell whether an address lies in it."""
        return self.rw in {"", rw} and self.rt in {"", rt}


EVERYWHERE = Place()


def place(rw: str, rt: str = "") -> Place:
    """Make a place of what is typed: "2" and "002" are one RW."""
    return Place(*(text.strip().zfill(DIGITS) if text.strip() else "" for text in (rw, rt)))


class People(msgspec.Struct):
    """Counts of those who live here at the end of a period; of `flow`, in it.

    Keys begin with the sex ("L", "P", or "" where it isn't known), those of `places` and `homes`
    with the area. `flow` is by what happened, citizenship and sex; `married`, of those who are or
    were, by status and birth.
    """

    day: dt.date
    births: Counter[Pair] = msgspec.field(default_factory=Counter)
    married: Counter[Pair] = msgspec.field(default_factory=Counter)
    kinds: dict[str, Counter[Pair]] = msgspec.field(
        default_factory=lambda: {key: Counter() for key in KINDS}
    )
    places: Counter[tuple[str, str, str, str]] = msgspec.field(default_factory=Counter)
    homes: set[tuple[str, str, str, str]] = msgspec.field(default_factory=set)
    flow: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)

    @property
    def sexes(self) -> Counter[str]:
        """Count them by sex."""
        found: Counter[str] = Counter()
        for (sex, _), count in self.births.items():
            found[sex] += count
        return found


_decoder = msgspec.msgpack.Decoder(_Person)
_SEX = attrgetter("jenis_kelamin")
_OF_KIND = {key: attrgetter(key) for key in KINDS}
_PLACE = attrgetter("kelurahan", "rw", "rt", "jenis_kelamin")
_HOME = attrgetter("kelurahan", "rw", "rt", "nomor_kk")


def count(
    store: Store,
    conn: Connection,
    period: Period,
    within: Place = EVERYWHERE,
    progress: Progress = unheard,
) -> People:
    """Count the residents at the end of a period, and what happened in it."""
    counted = _Counted(store, conn, period)
    query = "SELECT count(*) FROM record WHERE service = ?"
    whole = int(conn.exec_driver_sql(query, (SERVICE,)).scalar_one())
    query = "SELECT plain FROM record WHERE service = ? ORDER BY n"
    done = 0
    for part in conn.exec_driver_sql(query, (SERVICE,)).partitions(PART):
        progress(done, whole)
        found = (_decoder.decode(row.plain) for row in part)
        counted.take([one for one in found if _counts(one, within)])
        done += len(part)
    progress(whole, whole)
    return counted.people


def _counts(one: _Person, within: Place) -> bool:
    """Tell whether it is a person, and one of the place; an erased one is nobody any more."""
    answers = one.answers
    return bool(answers.nama) and within.holds(answers.rw, answers.rt)


class _Counted:
    """One count under way."""

    def __init__(self, store: Store, conn: Connection, period: Period) -> None:
        self.people = People(min(period.last, store.day().date))
        self._store, self._conn = store, conn
        self._start = _midnight(store, period.first)
        self._end = _midnight(store, period.last + dt.timedelta(days=1))
        self._gone = store.catalogue.form(SERVICE).machine.gone

    def take(self, part: Sequence[_Person]) -> None:
        """Count some more people."""
        stays = [one for one in part if one.state not in self._gone and one.began < self._end]
        left = [one for one in part if one.state in self._gone]
        still = [one for one, when in self._leavers(left) if when >= self._end]
        self._count([one.answers for one in (*stays, *still) if one.began < self._end])
        before = [one for one in stays if one.began < self._start]
        self._note("before", before)
        self._note_new(one for one in stays if one.began >= self._start)

    def _leavers(self, left: Sequence[_Person]) -> Iterator[tuple[_Person, int]]:
        """Note those who left; give each with the time, unless it lies before the period."""
        late = {
            one.id: one
            for one in left
            if one.state in (DECEASED, MOVED) and max(one.updated, one.began) >= self._start
        }
        for name, steps in course.steps(self._conn, list(late)):
            one = late[name]
            times = [step.time for step in steps if step.state == one.state]
            when = max(times[-1] if times else one.updated, one.began)
            if when < self._start or one.began >= self._end:
                continue
            if one.began < self._start:
                self._note("before", [one])
            else:
                self._note_new([one])
            if when < self._end:
                self._note(one.state, [one])
            yield one, when

    def _note_new(self, people: Iterable[_Person]) -> None:
        for one in people:
            newborn = one.answers.tanggal_lahir >= self._reported(one.began)
            self._note("born" if newborn else "came", [one])

    def _reported(self, began: int) -> str:
        return (self._store.date(began) - REPORTED).isoformat()

    def _note(self, what: str, people: Sequence[_Person]) -> None:
        held = [one.answers for one in people]
        nations, sexes = (one.kewarganegaraan for one in held), map(_SEX, held)
        self.people.flow.update(zip(repeat(what), nations, sexes, strict=False))

    def _count(self, held: Sequence[_Answers]) -> None:
        people, sexes = self.people, list(map(_SEX, held))
        people.births.update(zip(sexes, (one.tanggal_lahir for one in held), strict=True))
        for key, read in _OF_KIND.items():
            people.kinds[key].update(zip(sexes, map(read, held), strict=True))
        people.places.update(map(_PLACE, held))
        people.homes.update(map(_HOME, (one for one in held if one.nomor_kk)))
        people.married.update(
            (one.status_kawin, one.tanggal_lahir)
            for one in held
            if one.status_kawin not in ("", UNMARRIED)
        )


def _midnight(store: Store, day: dt.date) -> int:
    """Give the time, in ms, at which a day begins at the office."""
    zone = dt.timezone(dt.timedelta(minutes=store.region.offset_minutes))
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp() * 1000)
