"""Bulk is only speed: a batch of many changes leaves what as many batches of one would leave."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from forms.engine.region import Office
from sync.protocol import settle
from sync.protocol.change import EDIT, SETTLE, Change
from sync.server import intake, live, offices, scope, tables, verify
from sync.server.city import SETTINGS, City, Settings
from sync.server.database import FILE
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import HEIRS, LETTER, Laptop

Enrol = Callable[..., Laptop]
ROUNDS = 8
PEOPLE = ("AHMAD", "BUDI", "RACUN", "CITRA")
NIKS = ("9971011505880001", "9971011505880002", "123")
PHONES = ("081200000001", "081200000002", "bukan nomor")
SEEDS = range(8)
KECAMATAN = Office(b"", "kec-a", "kecamatan", "Kecamatan A", "99.71.01")


class Story:
    """Two desks that meet seldom: stale bases, repeated ids, held parents, clashing numbers.

    The last laptop is the kecamatan's, which signs letters second, or sends them back.
    """

    def __init__(self, chance: random.Random, laptops: list[Laptop], city: City) -> None:
        self.chance = chance
        self.laptops = laptops
        self.forms = [city.catalogue.form(code) for code in (LETTER, HEIRS)]
        self.made: list[Change] = []
        self.issues: list[Change] = []
        self.kept_back: list[tuple[Laptop, Change]] = []

    def rounds(self) -> Iterator[tuple[Laptop, list[Change]]]:
        for _ in range(ROUNDS):
            laptop = self.chance.choice(self.laptops)
            changes = []
            for _ in range(self.chance.randint(1, 8)):
                changes += self._change(laptop)
            mine = [change for author, change in self.kept_back if author is laptop]
            self.kept_back = [kept for kept in self.kept_back if kept[0] is not laptop]
            yield laptop, changes + mine

    def _change(self, laptop: Laptop) -> list[Change]:
        chance = self.chance
        if laptop is self.laptops[-1]:
            return self._second(laptop)
        residents = [change for change in self.made if change.service != LETTER]
        kind = chance.choice(["new", "edit", "edit", "edit", "late", "again", "letter", "settle"])
        if kind == "letter":
            form = chance.choice(self.forms)
            made = laptop.letter({"nama": chance.choice(PEOPLE)}, form.code)
            issue = laptop.issue(made, form, chance.randint(1, 4))
            self.issues.append(issue)
            ready = laptop.move(made[0], "ready", "ready", issue)
            return [*made, issue, *chance.choice([[], [ready]])]
        edits = [change for change in residents if change.act == EDIT]
        if kind == "settle" and edits:
            return [self._choice(laptop, edits[-6:])]
        if kind == "new" or not residents:
            made = [laptop.resident(chance.choice(PEOPLE), nik=chance.choice(NIKS))]
        elif kind == "again":
            return [chance.choice(residents[-3:])]
        else:
            base = chance.choice(residents[-4:])
            made = [laptop.edit(base, base, telepon=chance.choice(PHONES))]
        self.made += made
        if kind == "late":  # its children may come first
            self.kept_back.append((laptop, made[0]))
            return []
        return made

    def _choice(self, laptop: Laptop, edits: list[Change]) -> Change:
        """Choose between any two edits, whether they are in dispute or not."""
        proposed, present = self.chance.choice(edits), self.chance.choice(edits)
        said = settle.Settlement(proposed.id, "telepon", present.id, proposed.id, "proposed")
        winner = proposed
        if self.chance.random() < 0.5:
            said, winner = msgspec.structs.replace(said, kept="present"), present
        return laptop.change(
            proposed.service,
            SETTLE,
            record=proposed.record,
            base={"telepon": present.id},
            answers=dict(winner.body.answers),
            extra=settle.deciding(said),
        )

    def _second(self, laptop: Laptop) -> list[Change]:
        if not self.issues:
            return []
        issue = self.chance.choice(self.issues[-4:])
        if self.chance.random() < 0.3:
            return [laptop.move(issue, "return", "issued", issue, reason="Kurang berkas")]
        return [laptop.countersign(issue, self.chance.randint(1, 4))]


def left(city: City) -> dict[str, Any]:
    """Everything the server keeps, but for the batches and the order within a millisecond."""
    found = {}
    while live.catch_up(city):
        pass
    with city.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            columns = [column for column in table.c if column.name != "added"]
            rows = connection.execute(select(*columns)).all()
            found[table.name] = sorted(rows, key=repr)
    del found["batch"], found["live_state"]  # which counts the runs
    return found


@pytest.fixture
def twin(folder: Path, city: City, time: Time, tmp_path: Path) -> Callable[[], City]:
    """Make a second server with the same keys, offices and devices as the first has now."""
    made: list[City] = []

    def copy() -> City:
        place = tmp_path / f"twin-{len(made)}"
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns(FILE + "*"))
        url = databases.keep(city.database.url, place / FILE)
        (place / SETTINGS).write_bytes(msgspec.json.encode(Settings(city.code, url)))
        made.append(City.open(place, time))
        return made[-1]

    return copy


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_of_many_leaves_what_batches_of_one_leave(
    city: City,
    enrol: Enrol,
    twin: Callable[[], City],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    real = scope.Doorkeeper._fault

    def poisoned(door: scope.Doorkeeper, change: Change) -> str:
        if change.body.answers.get("nama") == "RACUN":
            raise ZeroDivisionError
        return real(door, change)

    monkeypatch.setattr(scope.Doorkeeper, "_fault", poisoned)
    offices.add(city, KECAMATAN, ADMINISTRATOR)
    laptops = [enrol(), enrol(), enrol("kec-a")]
    single = twin()
    chains = {laptop.device: (0, bytes(32)) for laptop in laptops}
    chance = random.Random(seed)  # noqa: S311 - a story, not a secret
    for laptop, changes in Story(chance, laptops, city).rounds():
        intake.take(city, laptop.batch(*changes))
        bulk_chain = (laptop.batches, laptop.prev)
        laptop.batches, laptop.prev = chains[laptop.device]
        for change in changes:
            intake.take(single, laptop.batch(change))
        chains[laptop.device] = (laptop.batches, laptop.prev)
        laptop.batches, laptop.prev = bulk_chain

    assert left(city) == left(single)
    assert verify.verify(city) == ()
    single.close()
