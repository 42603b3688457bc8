"""F17: whoever finds a stick learns random ids, counters and sizes; nothing is lost with it."""

import re
from collections.abc import Callable
from pathlib import Path

from forms.engine import example
from sync.server.city import City
from sync.store import records
from sync.store.handle import Store
from tests.sync.faults.carrying import LETTER, RESIDENT, back, files, out, visit

Enrol = Callable[..., Store]
PERSON = "ZULAIKHA CANARIASARI"
NIK = "9971016505900777"


def test_no_name_number_service_office_or_region_is_on_a_stick(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk("Rahayu Canaria"), tmp_path / "stick"
    records.new(store, RESIDENT, {"nama": PERSON, "nik": NIK}, reason="uji")
    form = store.catalogue.form(LETTER)
    filled = dict(example.fill(form.example, store.scene())) | {"nama": PERSON}
    records.new(store, LETTER, filled, issue=True)
    other = desk("Budi")
    out(store, place)
    out(other, place)
    visit(city, place)
    back(other, place)  # which now holds a receipt for the first
    out(other, place)
    office = store.desk.office
    said = [
        PERSON, "CANARIA", NIK, "Rahayu", "Budi", RESIDENT, LETTER, "residents", "letters",
        "surat", "office", office.name, office.code, office.area, store.region.name,
        store.region.code,
    ]  # fmt: skip
    secret = {
        clue.encode(code)
        for name in said
        for clue in (name, name.upper(), name.lower())
        for code in ("utf-8", "utf-16-le")
    } | {office.id, office.id.hex().encode(), store.operator.id}

    told = [path.name.encode() + b"\n" + path.read_bytes() for path in files(place)]

    assert len(told) > 5
    assert [clue for clue in secret for content in told if clue in content] == []
    assert all(re.fullmatch(r"[0-9a-f]{32}\.tr[sm]", path.name) for path in files(place))


def test_a_lost_stick_costs_nothing_since_the_next_one_brings_all_of_it(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store = desk()
    for number in range(3):
        records.new(store, RESIDENT, {"nama": f"WARGA {'ABC'[number]}"})
        out(store, tmp_path / f"stick{number}")

    told = visit(city, tmp_path / "stick2")

    assert told.taken == 3
    assert back(store, tmp_path / "stick2").pending == 0


def test_a_receipt_comes_home_in_anothers_pocket(desk: Enrol, city: City, tmp_path: Path) -> None:
    first, second = desk("Rina"), desk("Budi")
    records.new(first, RESIDENT, {"nama": "WARGA SATU"})
    out(first, tmp_path / "up")
    visit(city, tmp_path / "up")

    assert back(second, tmp_path / "up").sent == 0
    out(second, tmp_path / "over")
    done = back(first, tmp_path / "over")

    assert (done.sent, done.pending, done.carried) == (1, 0, 0)
