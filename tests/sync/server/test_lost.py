"""Whose data lies on a lost laptop: all that its office was told while it spoke, nobody else's."""

import csv
import io
import json
from collections.abc import Callable

import pytest

from forms.engine.problem import Refused
from forms.engine.words import say
from sync.protocol.change import NEW
from sync.protocol.standing import Standing
from sync.server import device_details, erasure, lost, lost_sheet, revocation, trail
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import LETTER, RESIDENT, Laptop

Enrol = Callable[..., Laptop]
A, B = "99.71.01.1001", "99.71.01.1002"
NIK = "9971010101900001"
HOUR_MS = 3_600_000
HOSTILE = '=HYPERLINK("x")'


@pytest.fixture
def laptop(enrol: Enrol, time: Time) -> Laptop:
    laptop = enrol()
    time.ms += HOUR_MS
    return laptop


def ask(laptop: Laptop) -> lost.Lost:
    return lost.report(laptop.city, laptop.device, ADMINISTRATOR)


def names(laptop: Laptop) -> list[str]:
    return [one.name for one in ask(laptop).persons]


def test_everybody_told_to_the_office_while_it_spoke_and_nobody_after(
    laptop: Laptop, enrol: Enrol, time: Time
) -> None:
    other, elsewhere = enrol(), enrol("kel-b")
    other.send(other.resident("SITI", kelurahan=A, nik=NIK, alamat="Jl. Melati", rt="001"))
    elsewhere.send(elsewhere.resident("DARI B", kelurahan=B))
    laptop.exchange()
    since = time.ms
    time.ms += SEEN_EVERY_MS + 1
    other.send(other.resident("SESUDAHNYA", kelurahan=A))

    found = ask(laptop)

    [siti] = found.persons
    assert (siti.name, siti.nik, siti.address, siti.records, siti.since, siti.left) == (
        "SITI", "997101••••••0001", "Jl. Melati 001", 1, since, 0,
    )  # fmt: skip
    assert names(other) == ["SESUDAHNYA", "SITI"]
    assert names(elsewhere) == ["DARI B"]


def test_a_letter_counts_for_the_person_whom_it_concerns(laptop: Laptop) -> None:
    siti = laptop.resident("SITI", kelurahan=A)
    stranger = {"nama": "BUKAN WARGA", "nik": NIK}
    laptop.send(
        siti,
        laptop.change(LETTER, NEW, subject=siti.id, state="received", answers={"nama": "SITI"}),
        laptop.change(LETTER, NEW, state="received", answers=stranger),
    )

    found = ask(laptop)

    assert [(one.name, one.records) for one in found.persons] == [("BUKAN WARGA", 1), ("SITI", 2)]
    assert found.services == {LETTER: 2, RESIDENT: 1}


def test_who_moved_away_is_told_with_the_time_and_who_is_erased_without_a_name(
    laptop: Laptop, time: Time
) -> None:
    gone, siti = laptop.resident("PINDAH", kelurahan=A), laptop.resident("SITI", kelurahan=A)
    laptop.send(gone, siti)
    time.ms += HOUR_MS
    answers = {"alamat": None, "rt": None, "rw": None, "kelurahan": B}
    base = {"alamat_lengkap": gone.id}
    laptop.send(laptop.change(RESIDENT, "edit", record=gone.id, base=base, answers=answers))
    erasure.erase(laptop.city, erasure.Asked(siti.id, "permintaan", "pasal 8"), ADMINISTRATOR)

    found = {one.id: one for one in ask(laptop).persons}

    assert (found[gone.id].name, found[gone.id].left) == ("PINDAH", time.ms)
    assert (found[siti.id].name, found[siti.id].left) == ("", 0)
    assert lost_sheet.cells(laptop.city, found[siti.id])[0] == say("lost.erased")


def test_how_it_stood_what_it_may_do_and_that_it_is_revoked(laptop: Laptop, time: Time) -> None:
    time.ms += 2 * SEEN_EVERY_MS
    laptop.exchange(standing=Standing(3, HOUR_MS, "2026.11", "Linux 6.1", True, "sealed"))
    revocation.revoke(laptop.city, laptop.device, ADMINISTRATOR)

    found = ask(laptop)
    said = dict(lost_sheet.facts(laptop.city, found))

    assert found.until == found.device.revoked == time.ms
    assert said[say("lost.unsent")] == "3"
    assert said[say("lost.disk")] == say("lost.disk_sealed")
    assert [one.name for one in found.operators] == ["Siti Rahma"]
    assert sum(one.left for one in found.leases) > 0
    assert device_details.leases(laptop.city, laptop.device) == []
    event = trail.look(laptop.city, trail.Asked(act="device_lost_report"), 1, "x").events[0]
    assert (event.by, event.facts) == (
        ADMINISTRATOR, {"device": laptop.device.hex(), "records": "0"},
    )  # fmt: skip


def test_each_file_has_everybody_and_no_cell_is_a_formula(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.send(*(laptop.resident(name, kelurahan=A) for name in ("SITI", HOSTILE)))
    city, found = laptop.city, ask(laptop)

    rows = list(csv.reader(io.StringIO(lost_sheet.as_csv(city, found).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'" + HOSTILE, "SITI"]
    told = json.loads(lost_sheet.as_json(city, found))
    assert [one["name"] for one in told["persons"]] == [HOSTILE, "SITI"]
    assert told["device"]["id"] == laptop.device.hex()
    assert lost_sheet.as_pdf(city, found, ADMINISTRATOR).startswith(b"%PDF")
    monkeypatch.setattr(lost_sheet, "LISTED_MAX", 1)
    assert len(lost_sheet.as_pdf(city, found, ADMINISTRATOR)) > 1_000


def test_a_laptop_that_is_none_is_refused(city: City) -> None:
    with pytest.raises(Refused):
        lost.report(city, b"x" * 16, ADMINISTRATOR)
