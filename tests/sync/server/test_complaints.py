"""A complaint goes from the counter to the dinas that it concerns, and the answer comes back."""

from typing import Any

import pytest
from sqlalchemy import select

from forms.engine.region import Office
from sync.protocol.change import NEW, Change
from sync.server import live, offices, reading
from sync.server.city import City
from sync.server.live_tables import NEVER, live_cell
from tests.sync.server.conftest import ADMINISTRATOR, Enrol
from tests.sync.server.laptop import Laptop

COMPLAINT = "aspirations/complaint"
ANSWERS: dict[str, Any] = {
    "jenis": "pengaduan",
    "tanggal": "2026-11-21",
    "kategori": "sampah",
    "judul": "Sampah menumpuk",
    "isi": "Di ujung jalan, sejak seminggu.",
    "anonim": True,
    "batas_terusan": "2026-11-25",
    "batas_jawaban": "2026-12-02",
    "batas_tutup": "2026-12-16",
}


@pytest.fixture
def dinas(city: City) -> list[bytes]:
    """Two dinas of the city; the first by its code is where what names none goes."""
    return [
        offices.add(city, Office(b"", code, "dinas", name, "99.71"), ADMINISTRATOR)
        for code, name in (("DKI", "Dinas Komunikasi"), ("DLH", "Dinas Lingkungan Hidup"))
    ]


@pytest.fixture
def counter(enrol: Enrol) -> Laptop:
    return enrol("kel-a", "petugas")


def complain(counter: Laptop, **answers: Any) -> list[Change]:
    made = counter.change(COMPLAINT, NEW, answers=ANSWERS | answers, state="received")
    return [made, counter.move(made, "forward", "forwarded", made)]


def sees(laptop: Laptop) -> set[bytes]:
    """The complaints that an office's desk is told of."""
    return {
        fate.change
        for page in laptop.pages(laptop.exchange())
        if page.stream.endswith("/aspirations")
        for fate in page.fates
    }


def verdicts(laptop: Laptop, *changes: Change) -> list[str]:
    return [one.code or one.verdict for one in laptop.send(*changes)]


def act(laptop: Laptop, made: Change, name: str, state: str, reason: str = "") -> str:
    """Do an act on a complaint as it is now."""
    with laptop.city.database.read() as connection:
        [present] = reading.records(connection, laptop.city.code, [made.id]).values()
    change = laptop.change(
        COMPLAINT, name, record=made.id, base={"state": present.head("state")},
        state=state, reason=reason,
    )  # fmt: skip
    return verdicts(laptop, change)[0]


def test_the_dinas_that_is_named_gets_it_and_its_answer_comes_back(
    city: City, dinas: list[bytes], counter: Laptop, enrol: Enrol
) -> None:
    first, named = enrol("DKI", "petugas"), enrol("DLH", "petugas")
    made, forwarded = complain(counter, kode_tujuan="dlh")
    assert verdicts(counter, made, forwarded) == ["applied", "applied"]

    assert sees(named) == {made.id, forwarded.id}
    assert sees(first) == set()
    assert act(named, made, "take_up", "in_hand") == "applied"
    assert act(named, made, "reply", "replied", "Sudah diangkut.") == "applied"
    assert len(sees(counter)) == 4
    assert act(counter, made, "tell", "told") == "applied"


@pytest.mark.parametrize("code", [None, "XYZ", "kel-b"])
def test_what_names_no_dinas_goes_to_the_first_which_sends_it_back(
    city: City, dinas: list[bytes], counter: Laptop, enrol: Enrol, code: str | None
) -> None:
    first = enrol("DKI", "petugas")
    made, forwarded = complain(counter, kode_tujuan=code)
    counter.send(made, forwarded)
    assert sees(first) == {made.id, forwarded.id}

    assert act(first, made, "hand_back", "received", "Bukan urusan kami: DLH.") == "applied"
    mended = counter.change(
        COMPLAINT, "edit", record=made.id, base={"tujuan": made.id}, answers={"kode_tujuan": "DLH"}
    )
    assert verdicts(counter, mended) == ["applied"]
    assert act(counter, made, "forward", "forwarded") == "applied"

    assert made.id in sees(enrol("DLH", "petugas"))


def test_another_office_neither_sees_nor_answers_it(
    city: City, dinas: list[bytes], counter: Laptop, enrol: Enrol
) -> None:
    made, forwarded = complain(counter, kode_tujuan="DLH")
    counter.send(made, forwarded)
    stranger = enrol("kel-b")

    assert sees(stranger) == set()
    assert act(stranger, made, "reply", "replied", "Kami jawab.") == "not_in_scope"
    assert act(counter, made, "reply", "replied", "Kami sendiri.") == "action_elsewhere"


def test_nobody_says_that_lapor_answered_but_the_city(
    city: City, counter: Laptop, enrol: Enrol
) -> None:
    made = counter.change(COMPLAINT, NEW, answers=ANSWERS, state="received")
    sent = counter.move(made, "send_lapor", "at_lapor", made)
    counter.send(made, sent)

    assert act(enrol(), made, "lapor_replied", "replied", "Sudah.") == "role_missing"


def test_the_wall_counts_complaints_by_state_with_their_deadlines(
    city: City, dinas: list[bytes], counter: Laptop
) -> None:
    waiting = complain(counter)
    fresh = counter.change(COMPLAINT, NEW, answers=ANSWERS, state="received")
    counter.send(*waiting, fresh)
    live.catch_up(city)

    with city.database.read() as connection:
        rows = connection.execute(select(live_cell)).all()
    found = {(row.measure.rpartition("/")[2], row.day): row._mapping["count"] for row in rows}
    assert found == {
        ("received", "2026-11-21"): 2,
        ("unsent", "2026-11-25"): 1,
        ("waiting", "2026-12-02"): 1,
    }
    assert NEVER not in {day for _, day in found}
