"""A city's working day as its desks would bring it, for the live room: through the server's intake.

    .venv/bin/python bench/city_day.py DIR [--region FILE] [--devices N] [--serve PORT]

Every kelurahan of the region has an office and a desk that takes and issues letters, today and on
the same day of four weeks before, as a day goes: most before noon, a few too slow, some returned,
some void. Further devices of the offices only speak; some have not for days. Chance is seeded.
With `--serve` the server then runs at that moment of that day, and prints the address of its wall.
"""

import argparse
import datetime as dt
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forms.engine.answers import Scene
from forms.engine.example import fill
from forms.engine.form import Form
from forms.engine.region import Office
from sync.protocol import columns
from sync.protocol.change import EDIT, NEW, STATE, Change, Number
from sync.server import administration, codes, live, offices, run
from sync.server.city import City
from sync.server.wall import directives, tokens
from sync.server.wall.directives import Directive
from tests.sync.server.laptop import RESIDENT, Laptop

ROOT = Path(__file__).resolve().parents[1]
REGION = ROOT / "resources" / "regions" / "kota_tangerang.toml"
MONDAY = dt.datetime(2026, 11, 23, 14, 10)  # noqa: DTZ001 - the region's zone is put in below
WEEKS = 4
KINDS = (
    ("letters/surat_keterangan_domisili", 5),
    ("letters/surat_keterangan_usaha", 6),
    ("letters/surat_keterangan_tidak_mampu", 9),
    ("letters/surat_keterangan_belum_menikah", 4),
    ("letters/surat_pengantar_skck", 4),
    ("letters/surat_keterangan_kelahiran", 2),
)
# How many of a hundred letters come in an hour of the day.
HOURS = {8: 16, 9: 21, 10: 20, 11: 15, 13: 17, 14: 11}
SILENT_SHARE = 0.035
MINUTE, DAY = 60_000, 86_400_000
WHO = "Administrator Contoh"
BATCH = 800
ASKED_EVERY = 7  # kelurahan: each of them has a disposition to answer
ANSWERED_SHARE = 0.4


class Clock:
    """The moment in which the server lives; once `started` it goes on by itself."""

    def __init__(self, ms: int) -> None:
        self.ms = ms
        self._since: float | None = None

    def __call__(self) -> int:
        """Give the time in ms."""
        if self._since is None:
            return self.ms
        return self.ms + int((time.monotonic() - self._since) * 1000)

    def start(self) -> None:
        """Go on from here."""
        self._since = time.monotonic()


class Counter:
    """One kelurahan's counter: its desk, and the numbers it has taken."""

    def __init__(self, city: City, chance: random.Random, office: str, area: str) -> None:
        self.laptop = Laptop(city, codes.make(city, office, "kepala", WHO)[0])
        self.rate = min(80.0, max(6.0, chance.lognormvariate(3.35, 0.45)))  # letters a day
        self._city, self._chance, self._area = city, chance, area
        self._taken: dict[str, int] = {}
        self._forms = [city.catalogue.form(name) for name, _ in KINDS]
        self._weights = [weight for _, weight in KINDS]
        self._niks = 0

    def day(self, midnight: int, until: int) -> list[Change]:
        """Do the work of one day up to a moment (ms)."""
        made: list[Change] = []
        for _ in range(round(self.rate * self._chance.uniform(0.8, 1.2))):
            made += self._letter(midnight, until)
        for _ in range(round(self.rate / 3)):
            made += self._resident(midnight, until)
        return sorted(made, key=lambda change: change.seq)

    def answer(self) -> None:
        """Say that what the city asked is done."""
        pages = self.laptop.pages(self.laptop.exchange())
        told = [one for page in pages for one in columns.decode(page.changes)]
        self.laptop.clock = self._city.now()
        for change in [one for one in told if one.service == directives.SERVICE]:
            self.laptop.send(self.laptop.move(change, "finish", "done", change, reason="Selesai"))

    def _letter(self, midnight: int, until: int) -> list[Change]:
        chance, laptop = self._chance, self.laptop
        [form] = chance.choices(self._forms, self._weights)
        begun = self._moment(midnight)
        if begun >= until:
            return []
        made = [
            self._act(
                begun, laptop.change, form.code, NEW, answers=self._answers(form), state="received"
            )
        ]
        took = min(300.0, chance.lognormvariate(2.9, 0.55))
        if chance.random() < 0.03:
            made.append(
                self._move(made, begun + 4 * MINUTE, "return", "returned", reason="Fotokopi KK")
            )
            return made
        steps = (
            ("submit", "drafted", 0.2),
            ("check", "checked", 0.6),
            ("approve", "approved", 0.9),
        )
        for act, state, share in steps:
            at = begun + int(took * share * MINUTE)
            if at >= until or chance.random() < 0.01:
                return made
            made.append(self._move(made, at, act, state))
        at = begun + int(took * MINUTE)
        if at < until:
            issue = self._issue(made, form, at)
            made.append(issue)
            if chance.random() < 0.012:
                void = self._move(
                    [made[0], issue], at + 10 * MINUTE, "void", "void", reason="Salah ketik"
                )
                made.append(void)
        return made

    def _issue(self, made: list[Change], form: Form, at: int) -> Change:
        letter, region, laptop = form.letter, self._city.region, self.laptop
        assert letter is not None, form.code
        series = region.series(form.code, letter.classification)
        lease = next(
            one for one in laptop.welcome.leases if one.series == series and one.year == 2026
        )
        position = self._taken.get(series, lease.low - 1) + 1
        self._taken[series] = position
        code = region.classification(form.code, letter.classification)
        text = region.number_text(position, 2026, 11, code, "KEL")
        base = dict.fromkeys(form.groups, made[0].id) | {STATE: made[-1].id}
        paper = laptop.paper(form, text, str(made[0].body.answers.get("nama", "")))
        number = Number(series, 2026, position, text)
        return self._act(
            at,
            laptop.change,
            form.code,
            "issue",
            record=made[0].target,
            base=base,
            state="issued",
            number=number,
            paper=paper,
        )

    def _resident(self, midnight: int, until: int) -> list[Change]:
        begun = self._moment(midnight)
        if begun >= until:
            return []
        self._niks += 1
        answers = {
            "nama": f"WARGA CONTOH {self._niks}",
            "alamat": "JL. MELATI NO. 1",
            "kelurahan": self._area,
        }
        made = [
            self._act(begun, self.laptop.change, RESIDENT, NEW, answers=answers, state="active")
        ]
        if self._chance.random() < 0.4:
            base = {"telepon": made[0].id}
            made.append(
                self._act(
                    begun + MINUTE,
                    self.laptop.change,
                    RESIDENT,
                    EDIT,
                    record=made[0].target,
                    base=base,
                    answers={"telepon": "081200000001"},
                )
            )
        return made

    def _answers(self, form: Form) -> dict[str, Any]:
        day = self._city.day(self._city.now())
        return fill(form.example, Scene(day, self._area, self._city.region.areas))

    def _moment(self, midnight: int) -> int:
        [hour] = self._chance.choices(list(HOURS), list(HOURS.values()))
        return midnight + (hour * 60 + self._chance.randrange(60)) * MINUTE

    def _move(self, made: list[Change], at: int, act: str, state: str, **parts: Any) -> Change:
        return self._act(at, self.laptop.move, made[0], act, state, made[-1], **parts)

    def _act(self, at: int, make: Any, *words: Any, **parts: Any) -> Change:
        self.laptop.clock = at - self.laptop.seq - 1
        made: Change = make(*words, **parts)
        return made


def make(folder: Path, region: Path, devices: int) -> Clock:
    """Make the city in an empty folder; return the clock that stands at its moment."""
    chance = random.Random(20261123)
    administration.init(folder, region, operator=WHO, passphrase=os.urandom(12).hex())
    clock = Clock(0)
    city = City.open(folder, clock)
    offset = city.region.offset_minutes * MINUTE
    moment = int(MONDAY.replace(tzinfo=dt.UTC).timestamp() * 1000) - offset
    clock.ms = moment - (7 * WEEKS + 1) * DAY
    counters = []
    for area in city.region.areas:
        if area.level != "kelurahan":
            continue
        office = Office(b"", area.code, "kelurahan", f"Kelurahan {area.name}", area.code)
        offices.add(city, office, WHO)
        counters.append((area.code, Counter(city, chance, area.code, area.code)))
    others = [
        Laptop(
            city,
            codes.make(city, counters[place % len(counters)][0], "petugas", WHO)[0],
            f"Petugas {place}",
        )
        for place in range(devices - len(counters))
    ]
    for week in range(WEEKS, -1, -1):
        clock.ms = moment - 7 * week * DAY
        midnight = clock.ms - (MONDAY.hour * 60 + MONDAY.minute) * MINUTE
        for _, counter in counters:
            if not week and chance.random() < SILENT_SHARE:
                continue  # it stands somewhere without a line
            work = counter.day(midnight, clock.ms if not week else midnight + DAY)
            for at in range(0, len(work), BATCH):
                verdicts = counter.laptop.send(*work[at : at + BATCH])
                wrong = {(one.verdict, one.code) for one in verdicts if one.verdict != "applied"}
                assert not wrong, wrong
    for laptop in others:
        if chance.random() > SILENT_SHARE:
            laptop.exchange()
    clock.ms = moment - 2 * 60 * MINUTE
    due = city.day(clock.ms) + dt.timedelta(days=2)
    for code, counter in counters[::ASKED_EVERY]:
        asked = Directive(code, "Wali Kota", "Surat menunggu lewat", "Mohon diselesaikan.", due)
        directives.give(city, asked, WHO)
        if chance.random() < ANSWERED_SHARE:
            counter.answer()
    clock.ms = moment
    while live.catch_up(city):
        pass
    city.close()
    return clock


def main() -> None:
    """Make the day and, if asked, show it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("dir", type=Path)
    parser.add_argument("--region", type=Path, default=REGION)
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--serve", type=int, default=0)
    given = parser.parse_args()
    begun = time.perf_counter()
    clock = make(given.dir, given.region, given.devices)
    print(f"{time.perf_counter() - begun:.0f} s")
    if given.serve:
        clock.start()
        city = City.open(given.dir, clock)
        token = tokens.make(city, f"bench-{os.getpid()}", WHO)
        city.close()
        running = run.start(given.dir, run.Address(port=given.serve), clock)
        print(f"{running.url}/live?token={token}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
