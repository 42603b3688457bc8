"""A disposition goes to the office as a record, is answered there, and is late when it is not."""

import datetime as dt

import pytest

from forms.engine.problem import Refused
from sync.protocol import columns
from sync.protocol.change import Change
from sync.server import live
from sync.server.city import City
from sync.server.wall import directives, picture
from sync.server.wall.directives import SERVICE, Directive
from sync.server.wall.picture import Open
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop
from tests.sync.server.wall.conftest import DAY

DUE = dt.date(2026, 11, 25)
ASKED = Directive("kel-a", "Wali Kota", "Surat menunggu lewat: 12", "Mohon diselesaikan.", DUE)


def told(laptop: Laptop) -> list[Change]:
    """What a desk is told of dispositions when it asks."""
    pages = laptop.pages(laptop.exchange())
    changes = [one for page in pages for one in columns.decode(page.changes)]
    return [change for change in changes if change.service == SERVICE]


def test_it_reaches_the_counters_of_the_office_and_no_other(
    city: City, desks: dict[str, Laptop]
) -> None:
    record = directives.give(city, ASKED, ADMINISTRATOR)

    [change] = told(desks["kel-a"])
    assert (change.target, change.body.answers["isi"]) == (record, "Mohon diselesaikan.")
    assert told(desks["kel-b"]) == []


def test_the_office_answers_and_the_city_reads_it(city: City, desks: dict[str, Laptop]) -> None:
    directives.give(city, ASKED, ADMINISTRATOR)
    laptop = desks["kel-a"]
    [change] = told(laptop)
    answer = laptop.move(change, "finish", "done", change, reason="Selesai semua pukul 14.")

    [verdict] = laptop.send(answer)

    assert verdict.verdict == "applied"
    [listed] = directives.listing(city)
    assert (listed.state, listed.answer, listed.late) == ("done", "Selesai semua pukul 14.", False)


def test_what_is_not_answered_by_its_day_is_late_on_the_wall(city: City, time: Time) -> None:
    for _ in range(6):
        directives.give(city, ASKED, ADMINISTRATOR)
    live.catch_up(city)

    def late() -> int | None:
        [found] = [
            one.figures for one in picture.take(city).tiles if one.tile.name == f"{SERVICE}/waiting"
        ]
        assert isinstance(found, Open)
        return found.late.total

    assert late() == 0
    time.ms += 5 * DAY
    assert late() == 6
    assert all(one.late for one in directives.listing(city))


def test_an_office_gives_itself_none_not_even_its_head(
    city: City, desks: dict[str, Laptop]
) -> None:
    laptop = desks["kel-a"]
    answers = {
        "tanggal": "2026-11-23",
        "dari": "Wali Kota",
        "tentang": "Apa saja",
        "isi": "Apa saja",
        "tenggat": "2026-11-25",
    }

    [verdict] = laptop.send(laptop.change(SERVICE, "new", answers=answers, state="open"))

    assert (verdict.verdict, verdict.code) == ("refused", "role_missing")


def test_an_office_does_not_take_back_what_the_city_asked(
    city: City, desks: dict[str, Laptop]
) -> None:
    directives.give(city, ASKED, ADMINISTRATOR)
    laptop = desks["kel-a"]
    [change] = told(laptop)

    [verdict] = laptop.send(laptop.move(change, "void", "void", change, reason="Tidak mau"))

    assert (verdict.verdict, verdict.code) == ("refused", "role_missing")


def test_the_city_takes_back_what_is_not_answered(city: City, desks: dict[str, Laptop]) -> None:
    record = directives.give(city, ASKED, ADMINISTRATOR)
    directives.withdraw(city, record, "Salah kantor", ADMINISTRATOR)

    [listed] = directives.listing(city)
    assert (listed.state, listed.answer) == ("void", "Salah kantor")
    assert [change.act for change in told(desks["kel-a"])] == ["new", "void"]
    with pytest.raises(Refused):
        directives.withdraw(city, record, "Lagi", ADMINISTRATOR)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"office": "tidak-ada"}, "office_unknown"),
        ({"due": dt.date(2026, 11, 1)}, "directive_due"),
        ({"due": dt.date(2028, 1, 1)}, "directive_due"),
        ({"text": ""}, "required"),
        ({"sender": ""}, "required"),
    ],
)
def test_what_makes_no_disposition_is_refused_and_leaves_nothing(
    city: City, change: dict[str, object], code: str
) -> None:
    from msgspec.structs import replace

    with pytest.raises(Refused) as refused:
        directives.give(city, replace(ASKED, **change), ADMINISTRATOR)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert directives.listing(city) == []
