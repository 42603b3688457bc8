"""What holds of numbers in whatever order letters are issued, kept, inserted and declared void."""

import datetime as dt
import os
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.engine.problem import Refused
from forms.engine.region import Region
from sync.protocol.lease import Lease
from sync.store import leases, letters, numbers, records
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers import page as pages
from sync.store.registers.insertion import Insert
from sync.store.registers.table import Period
from sync.store.verify import verify
from tests.sync.store.laptop import LETTER, REGIONS, Desk

Answers = dict[str, Any]
HANDWRITTEN = "mail/handwritten"
WHY = "Perlu"
FEW = 4  # numbers of a series and year: leases end while a test runs
YEARS = Period(dt.date(2026, 1, 1), dt.date(2031, 12, 31))
HOME = "letters/surat_keterangan_domisili"
CODES = {LETTER: "500.3", HOME: "400.12.2.1"}
DAY_MS = 24 * 3_600_000

acts = st.one_of(
    st.tuples(st.sampled_from(["issue", "keep"]), st.sampled_from(list(CODES)), st.just(0)),
    st.tuples(
        st.sampled_from(["insert", "insert by hand"]),
        st.sampled_from(list(CODES)),
        st.integers(0, FEW + 1),
    ),
    st.tuples(st.just("void"), st.just(LETTER), st.integers(0, 40)),
    st.tuples(st.just("days"), st.just(LETTER), st.sampled_from([1, 20, 40])),
    st.tuples(st.just("lease"), st.sampled_from(list(CODES)), st.just(0)),
)


class Office:
    """A counter on which a test does one thing after another."""

    def __init__(self, desk: Desk, store: Store, samples: dict[str, Answers]) -> None:
        self.desk, self.store, self.samples = desk, store, samples

    @property
    def today(self) -> dt.date:
        return self.store.scene().today

    def series(self, service: str) -> str:
        return numbers.series_of(self.store.catalogue.form(service), self.store.region)

    def act(self, name: str, service: str, given: int) -> None:
        """Do one thing; what the desk refuses leaves everything as it was."""
        try:
            self._act(name, service, given)
        except Refused as refused:
            codes = {problem.code for problem in refused.problems}
            assert codes <= {"number_unused", "numbers_ended", "action_not_now", "too_small"}

    def _act(self, name: str, service: str, given: int) -> None:
        store = self.store
        match name:
            case "issue":
                records.new(store, service, self.samples[service], issue=True)
            case "insert":
                behind = Insert(given, self.today.year - given % 2)
                records.new(
                    store, service, self.samples[service], issue=True, reason=WHY, insert=behind
                )
            case "keep":
                records.new(store, HANDWRITTEN, self.by_hand(service))
            case "insert by hand":
                more = {"cara": "sisipan", "nomor_induk": given, "perihal": WHY}
                records.new(store, HANDWRITTEN, self.by_hand(service) | more)
            case "void":
                cases = self.cases()
                if cases:
                    records.move(store, cases[given % len(cases)].id, "void", reason=WHY)
            case "days":
                self.desk.clock.time += given * DAY_MS
            case "lease":
                self.lend(self.series(service))

    def by_hand(self, service: str) -> Answers:
        return {
            "cara": "berikut",
            "kode_klasifikasi": CODES[service],
            "tanggal_surat": self.today.isoformat(),
            "alasan": WHY,
        }

    def lend(self, series: str) -> None:
        """Lend a few more numbers of this year's series, now and then with a gap before them."""
        desk, year = self.store.desk, self.today.year
        highest = "SELECT max(high) FROM lease WHERE series = ? AND year = ?"
        with self.store.read() as conn:
            high = conn.exec_driver_sql(highest, (series, year)).scalar() or 0
        low = high + 1 + high % 3
        lease = Lease(
            os.urandom(16), desk.office.id, series, year, low, low + FEW - 1,
            desk.device, desk.incarnation,
        )  # fmt: skip
        with self.store.write() as conn:
            leases.put(conn, [lease])

    def cases(self) -> list[Case]:
        """Give all records with a number, in the order in which they came."""
        with self.store.read() as conn:
            rows = conn.exec_driver_sql("SELECT plain FROM record ORDER BY n").scalars().all()
        return [case for case in map(decode, rows) if case.number is not None]

    def day(self, case: Case) -> str:
        """Give the date that a paper bears."""
        if case.service == HANDWRITTEN:
            return str(case.answers["tanggal_surat"])
        with self.store.read() as conn:
            paper = letters._change(conn, case.paper).body.paper
        assert paper is not None
        return str(paper["data"]["iso_date"])


def judged(office: Office) -> None:
    """Assert all laws of the office's numbers."""
    store = office.store
    cases = office.cases()
    texts = Counter(case.number.text for case in cases if case.number)
    assert [text for text, count in texts.items() if count > 1] == []
    told: dict[bytes, str] = {}
    final = [case for case in cases if case.number and not case.number.provisional]
    places = {
        (case.number.series.partition("#")[0], case.number.year) for case in final if case.number
    }
    for series, year in sorted(places):
        explained = numbers.explain(store, series, year)
        assert [one.number for one in explained] == list(range(1, len(explained) + 1))
        inserted = numbers.inserted(store, series, year)
        for position, behind in inserted.items():
            assert explained[position - 1].record
            assert [one.number for one in behind] == list(range(1, len(behind) + 1))
            assert all(one.reason == WHY and one.text for one in behind)
        every = [*explained, *(one for behind in inserted.values() for one in behind)]
        told |= {one.record: one.state for one in every if one.record}
    assert told.keys() == {case.id for case in final}
    for case in final:
        assert case.number is not None
        assert (told[case.id] == "void") == (case.state == "void")
        assert office.day(case).startswith(f"{case.number.year}-")
    shown = pages.page(store, "register", YEARS, limit=10_000)
    assert {row.record for row in shown.rows} == {case.id for case in cases}
    assert verify(store) == []


@pytest.fixture
def office(desk: Desk, store: Store, samples: dict[str, Answers]) -> Office:
    return Office(desk, store, samples)


@pytest.mark.parametrize("series", ["one", "per_code"])
@given(done=st.lists(acts, min_size=5, max_size=25))
@settings(
    max_examples=12,  # each on top of what the ones before left: an office's years, not its days
    deadline=None,
)
def test_no_number_is_given_twice_and_every_one_is_explained(
    office: Office, series: str, done: list[tuple[str, str, int]]
) -> None:
    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    text = pack["region.toml"].replace(b'series = "one"', f'series = "{series}"'.encode())
    office.store.__dict__["region"] = Region.from_pack(pack | {"region.toml": text})

    for act in done:
        office.act(*act)

    judged(office)
