"""Whoever joins by a snapshot, at whatever moment, holds what one holds who was told every row."""

import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.server import offices
from sync.server import verify as city_verify
from sync.store import inbox, records
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.joining import acts, began, held, hits, listed, small
from tests.sync.client.quarter import A, B, C, Quarter, founded, names, register
from tests.sync.client.road import LETTER, RESIDENT, filled

OFFICE = "kel-a"
WHO = ("kel-a", "Kedua", "kel-b", "pkm")  # the first two are of one office
CATCHMENTS = ((A, B), (B,), ("99.71.01",))
ROUNDS, STEPS = 4, 30
WHAT = ["new", "edit", "edit", "edit", "move", "letter", "issue", "void", "settle", "cover"]


class Day:
    """A day of work that is drawn by chance: desks save, move, choose and travel."""

    def __init__(self, quarter: Quarter, chance: random.Random) -> None:
        self.quarter, self.chance, self.count = quarter, chance, 0

    def go(self, steps: int = STEPS) -> None:
        for _ in range(steps):
            self.count += 1
            who = self.chance.choice(WHO)
            if self.chance.random() < 0.3:
                self.quarter.go(who)
            else:
                what = self.chance.choice(WHAT)
                with suppress(Refused):  # not to be done now
                    self.act(self.quarter.desks[who], what)

    def act(self, store: Store, what: str) -> None:
        chance, place = self.chance, self.chance.choice((A, B, C))
        if what == "cover":
            offices.cover(self.quarter.city, "pkm", chance.choice(CATCHMENTS), "test")
        elif what == "new":
            register(store, place, nama=f"WARGA BARU {self.count}")
        elif what in {"letter", "issue"}:
            records.new(store, LETTER, filled(store, LETTER), issue=what == "issue")
        elif what == "settle":
            for entry in inbox.listing(store)[:1]:
                present = chance.random() < 0.5
                inbox.settle(store, entry.id, "present" if present else "proposed", reason="uji")
        elif what == "void":
            for letter in listed(store, LETTER)[-1:]:
                records.move(store, letter, "void", reason="salah cetak")
        else:
            given = {"telepon": f"0812{self.count:08}"} if what == "edit" else {"kelurahan": place}
            for record in chance.sample(sorted(names(store)), min(1, len(names(store)))):
                records.edit(store, record, given)


@contextmanager
def at_work(folder: Path, seed: int) -> Iterator[tuple[Quarter, Day]]:
    """Found a city where two desks of an office share their residents with others."""
    with founded(folder) as quarter:
        quarter.join(OFFICE, "Kedua")
        for number in range(12):
            register(quarter.desks[OFFICE], A, nama=f"WARGA {number}")
        quarter.go()
        yield quarter, Day(quarter, random.Random(seed))  # noqa: S311 - a day that can be had again


def joined(quarter: Quarter, name: str, *, offered: bool) -> Store:
    with small(offered=offered):
        store = quarter.join(OFFICE, name)
        quarter.go(name)
    assert began(store) == offered
    return store


def require_equal(one: Store, other: Store) -> None:
    told = held(other)
    for what, rows in held(one).items():
        assert rows == told[what], what
    assert listed(one, LETTER) == listed(other, LETTER)
    for text in ("WARGA", "BARU", "0812"):
        assert hits(one, text, RESIDENT) == hits(other, text, RESIDENT)
    assert acts(one) <= acts(other)
    assert verify(one) == verify(other) == []


@pytest.mark.parametrize("seed", range(2))
def test_a_desk_made_by_a_snapshot_holds_what_one_holds_that_was_told_every_row(
    tmp_path: Path, seed: int
) -> None:
    with at_work(tmp_path, seed) as (quarter, day):
        for count in range(ROUNDS):
            day.go()
            by_snapshot = joined(quarter, f"Cepat {count}", offered=True)
            by_pages = joined(quarter, f"Runut {count}", offered=False)
            quarter.go(f"Cepat {count}")
            require_equal(by_snapshot, by_pages)

            day.go(STEPS // 3)
            with suppress(Refused):
                day.act(by_snapshot, "edit")
            with suppress(Refused):
                day.act(by_snapshot, "void")
            for _ in range(2):
                quarter.go()
            require_equal(by_snapshot, by_pages)
            assert city_verify.verify(quarter.city) == ()
            quarter.desks.pop(f"Runut {count}").close()
