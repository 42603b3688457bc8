"""An office in the middle of its week: residents, letters in every state, mail, a dispute.

People and places are invented and the clock stands still but for a second an act, so that two
pictures of one page show the same.
"""

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from desktop import acts
from forms.engine import example, prefill
from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.client.trip import trip
from sync.protocol.change import NOBODY
from sync.server import administration, codes, offices
from sync.server.city import City
from sync.server.wall import directives
from sync.store import drafts, letters, read, records
from sync.store import open as door
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.read import Record
from sync.store.workbook import import_file
from tests.desktop.office import OFFICE, OPERATOR, PASSPHRASE, PRACTICE, RESOURCES
from tests.sync.client.town import Road
from tests.sync.server.laptop import Laptop
from tests.tour import waiting

RESIDENT = "residents/resident"
INCOMING, DISPOSITION, EXPEDITION = "mail/incoming", "mail/disposition", "mail/expedition"
ADMINISTRATOR = "Administrator Contoh"
COLLEAGUE = "Bima Wardhana"
OPENED = dt.datetime(2026, 11, 19, 8, 2, tzinfo=dt.timezone(dt.timedelta(hours=8)))
_MORNING = OPENED + dt.timedelta(days=1, minutes=9)
_SECOND = 1_000
# Of the residents of the workbook, by their place in it: whoever is named on a picture.
FATHER, BUSINESSMAN, MOTHER = 5, 0, 1


class Clock:
    """Tells the office's time, a second later with every act; it is set, it never runs."""

    def __init__(self) -> None:
        self.time = 0
        self.set(OPENED)

    def set(self, moment: dt.datetime) -> None:
        """Let it be this moment."""
        self.time = int(moment.timestamp() * 1000)

    def __call__(self) -> int:
        """Tell the time in ms since 1970."""
        return self.time


def _letter(name: str) -> str:
    return f"letters/surat_{name}"


# Which letters were taken, for whom, how far they went, and how many minutes after the one before.
_WEEK = (
    ("keterangan_domisili", 9, "issue", 6),
    ("keterangan_usaha", BUSINESSMAN, "issue", 11),
    ("keterangan_tidak_mampu", 14, "void", 9),
    ("keterangan_belum_memiliki_rumah", 22, "issue", 14),
    ("pengantar_izin_keramaian", 31, "issue", 23),
    ("keterangan_domisili", 40, "issue", 17),
    ("keterangan_belum_menikah", 47, "hand_over", 12),
)  # fmt: skip
_TODAY = (
    ("keterangan_usaha", 53, "issue", 5),
    ("keterangan_tidak_mampu", FATHER, "issue", 9),
    ("pengantar_skck", 60, "issue", 13),
    ("keterangan_belum_menikah", 66, "return", 7),
    ("keterangan_bepergian", MOTHER, "receive", 8),
    ("keterangan_domisili", FATHER, "issue", 6),
)  # fmt: skip


class Town:
    """A city with one kelurahan of two desks; `desk` is the one whose window is looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        region = RESOURCES / "regions" / "kota_contoh.toml"
        administration.init(
            folder / "city", region, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=self.clock
        )
        self.city = City.open(folder / "city", self.clock)
        area = self.city.region.areas.first(self.city.region.code, "kelurahan")
        place = Office(
            b"", OFFICE, "kelurahan", "Kelurahan Sukamaju", area, (area,),
            "Jalan Cempaka No. 1", "(000) 555 0101", "sukamaju@contoh.invalid", "00000",
        )  # fmt: skip
        offices.add(self.city, place, ADMINISTRATOR)
        self.desk = self._join(OPERATOR, "kepala", "desk")
        self.other = self._join(COLLEAGUE, "petugas", "other")
        import_file(self.desk, PRACTICE)
        self.people = read.listing(self.desk, RESIDENT)
        self._work()

    def meet(self) -> None:
        """Let both desks and the city tell each other what they have."""
        for store in (self.desk, self.other, self.desk):
            trip(store, Road(self.city))

    def close(self) -> None:
        """Close both desks and the city."""
        for store in (self.desk, self.other):
            store.close()
        self.city.close()

    def _join(self, operator: str, role: str, name: str) -> Store:
        text, _ = codes.make(self.city, OFFICE, role, ADMINISTRATOR)
        joined = Laptop(self.city, text, operator)
        return door.create(
            self.folder / name, joined.welcome, joined.keys, joined.incarnation,
            operator, PASSPHRASE, keystore=NoKeystore(), now=self.clock,
        )  # fmt: skip

    def _work(self) -> None:
        for service, place, way, minutes in _WEEK:
            self._take(service, place, way, minutes)
        self._mail()
        self._ask_from_city()
        self.meet()
        self._differ()
        self.clock.set(_MORNING)
        self.meet()
        for service, place, way, minutes in _TODAY:
            self._take(service, place, way, minutes)
        self._begin("keterangan_usaha", self.people[75], {"nama_usaha": "Kios Berkah Pagi"})
        self._begin("pengantar_nikah", self.people[80], {})
        self._pass(4)
        waiting.fill(self.desk, self.people[BUSINESSMAN].id, self._pass)

    def _take(self, service: str, place: int, way: str, minutes: int) -> None:
        self._pass(minutes)
        taken = self._given(_letter(service), place, issue=way not in _HALF)
        if way not in _HALF:
            letters.pdf(self.desk, taken)
        for action, reason in _AFTER.get(way, ()):
            self._pass(2)
            records.move(self.desk, taken, action, reason=reason)

    def _given(self, service: str, place: int, *, issue: bool) -> bytes:
        """Take a letter in for the first, from a place on, who may have it."""
        form = self.desk.catalogue.form(service)
        asked = example.fill(form.example, self.desk.scene())
        for whom in self.people[place:]:
            answers = asked | prefill.from_subject(form, whom.answers)
            with suppress(Refused):
                return records.new(self.desk, service, answers, subject=whom.id, issue=issue).record
        raise LookupError(service)

    def _mail(self) -> None:
        for sender, about in (
            ("Dinas Sosial Kota Contoh", "Pemutakhiran data penerima bantuan"),
            ("Distrik Teladan", "Undangan rapat persiapan musyawarah kelurahan"),
            ("Puskesmas Teladan", "Jadwal imunisasi anak di posyandu"),
        ):
            self._pass(15)
            taken = self._enter(INCOMING, pengirim=sender, perihal=about)
        self._enter(DISPOSITION, taken)

    def _enter(self, service: str, subject: bytes = NOBODY, **answers: Any) -> bytes:
        asked = example.fill(self.desk.catalogue.form(service).example, self.desk.scene())
        return records.new(self.desk, service, asked | answers, subject=subject).record

    def _ask_from_city(self) -> None:
        due = self.city.day(self.city.now()) + dt.timedelta(days=3)
        asked = directives.Directive(
            OFFICE, "Wali Kota", "Surat menunggu lewat: 2", "Mohon diselesaikan hari ini.", due
        )
        directives.give(self.city, asked, "Wali Kota")

    def _differ(self) -> None:
        """Let both desks change one telephone number before either has heard of the other."""
        whom = self.people[BUSINESSMAN].id
        self._pass(31)
        records.edit(self.desk, whom, {"telepon": "081298760001"})
        self._pass(12)
        records.edit(self.other, whom, {"telepon": "081298760010"})

    def _begin(self, service: str, whom: Record, answers: dict[str, Any]) -> None:
        self._pass(3)
        form = self.desk.catalogue.form(_letter(service))
        known = prefill.from_subject(form, whom.answers)
        name = acts.draft_key(form.code, whom.id)
        drafts.put(self.desk, name, form.code, known | answers, subject=whom.id)

    def _pass(self, minutes: int) -> None:
        self.clock.time += minutes * 60 * _SECOND


_HALF = ("return", "receive")
_AFTER = {
    "return": (("return", "Pengantar RT belum ada; Salinan KK belum ada"),),
    "void": (("void", "Nama ayah keliru"),),
    "hand_over": (("ready", ""), ("hand_over", "Diambil oleh anaknya")),
}  # fmt: skip


@contextmanager
def opened(pattern: Path, folder: Path, clock: Clock) -> Iterator[Store]:
    """Open a copy of a closed desk."""
    shutil.copytree(pattern, folder)
    store = door.unlock(folder, OPERATOR, PASSPHRASE, keystore=NoKeystore(), now=clock)
    yield store
    store.close()
