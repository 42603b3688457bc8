"""What an erased letter's paper still proves, and lists that were made apart."""

import msgspec
import pytest
from sqlalchemy import text

from forms.engine.form import Form
from forms.engine.problem import Refused
from sync.crypto import signed
from sync.protocol import wire
from sync.protocol.change import NEW
from sync.protocol.erase import Erasure, following, forgotten
from sync.protocol.stream import Signed
from sync.server import erasure, erasure_list, finding, verify
from sync.server import records as register
from sync.server.city import City
from sync.server.erasure import Asked
from tests.sync.server.conftest import ADMINISTRATOR, Enrol
from tests.sync.server.laptop import LETTER, RESIDENT, Laptop
from tests.sync.server.test_finding import code, issued, qr


@pytest.fixture
def form(city: City) -> Form:
    return city.catalogue.form(LETTER)


@pytest.fixture
def laptop(enrol: Enrol) -> Laptop:
    return enrol()


def erase(city: City, record: bytes, *, whole: bool = False) -> erasure.Done:
    asked = Asked(record, "Permohonan", "UU 27/2022", whole=whole)
    return erasure.erase(city, asked, ADMINISTRATOR)


def stored(city: City) -> list[Signed]:
    with city.database.read() as connection:
        return erasure_list.stored(connection, city.code)


def adopt(city: City, *entries: Signed) -> int:
    with city.database.write() as connection:
        return erasure_list.adopt(connection, city, entries)


def entry(city: City, records: list[bytes], number: int, before: bytes) -> Signed:
    """Make an entry as another life of this city signed it."""
    made = Erasure(number, before, records, [], [], [], "Permohonan", "UU 27/2022", "Dewi", 5)
    return signed.sign(wire.encode(made), city.keys.root, "erasure")


def test_the_paper_of_an_erased_letter_is_still_genuine_with_its_number_and_day(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    before = finding.by_number(city, "kel-a", "0001/X")

    erase(city, made[0].target)

    assert finding.by_number(city, "kel-a", "0001/X") == before
    by_qr, by_code = finding.by_qr(city, qr(made[-1])), finding.by_code(city, code(made[-1]))
    assert [one.status for one in (before, by_qr, by_code)] == ["genuine"] * 3
    assert by_code.letter == before.letter
    assert verify.verify(city) == ()


def test_a_number_of_an_erased_letter_is_explained_as_before(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    before = register.explain(city, "kel-a", "surat", 2026)

    erase(city, made[0].target)

    assert register.explain(city, "kel-a", "surat", 2026) == before
    [listed] = register.listing(city, LETTER)
    assert (listed.answers, listed.number, listed.state) == ({}, "0001/X", "issued")


def test_no_laptop_can_erase_a_record_by_sending_a_body_that_is_gone(
    city: City, laptop: Laptop
) -> None:
    resident = laptop.resident()
    laptop.send(resident)
    edit = laptop.edit(resident, nama="LAIN")

    verdicts = laptop.send(forgotten(edit), laptop.edit(resident, nama="AHMAD FAUZI BARU"))

    assert [verdict.verdict for verdict in verdicts] == ["erased", "applied"]
    [listed] = register.listing(city, RESIDENT)
    assert listed.answers["nama"] == "AHMAD FAUZI BARU"


def test_a_record_that_came_erased_takes_nothing_later(city: City, laptop: Laptop) -> None:
    resident = laptop.resident()

    verdicts = laptop.send(forgotten(resident), laptop.edit(resident, nama="LAIN"))
    verdicts += laptop.send(laptop.edit(resident, nama="LAIN"))

    assert [verdict.verdict for verdict in verdicts] == ["erased"] * 3
    assert register.listing(city, RESIDENT) == []
    assert verify.verify(city) == ()


def test_a_change_that_waits_is_erased_with_its_record(city: City, laptop: Laptop) -> None:
    resident, missing = laptop.resident(), laptop.resident()
    waiting = laptop.edit(resident, missing, nama="RAHASIA SEKALI")
    assert [one.verdict for one in laptop.send(resident, waiting)] == ["applied", "held"]

    erase(city, resident.target)
    verdicts = laptop.send(missing)

    assert [verdict.verdict for verdict in verdicts] == ["applied"]
    with city.database.read() as connection:
        query = text("SELECT verdict, content FROM change WHERE record = :record ORDER BY verdict")
        rows = connection.execute(query, {"record": resident.target}).all()
    assert [row.verdict for row in rows] == ["applied", "erased"]
    assert not any(b"RAHASIA" in row.content for row in rows)
    assert verify.verify(city) == ()


def test_an_entry_that_follows_is_entered_as_it_is(city: City, laptop: Laptop) -> None:
    resident = laptop.resident()
    laptop.send(resident)
    made = entry(city, [resident.target], 1, bytes(32))

    assert adopt(city, made) == 1
    assert adopt(city, made) == 0

    assert stored(city) == [made]
    assert verify.verify(city) == ()


def test_an_entry_of_a_past_that_went_otherwise_is_entered_at_the_end(
    city: City, laptop: Laptop
) -> None:
    here, there = laptop.resident(), laptop.resident("SITI AMINAH")
    laptop.send(here, there)
    erase(city, here.target)
    other = entry(city, [there.target], 1, bytes(32))

    assert adopt(city, other, other) == 1

    entries = [wire.decode(one.plain, Erasure) for one in stored(city)]
    assert [(one.number, one.records) for one in entries] == [
        (1, [here.target]),
        (2, [there.target]),
    ]
    assert entries[1].before == following(stored(city)[0].plain)
    assert all(listed.answers == {} for listed in register.listing(city, RESIDENT))
    assert verify.verify(city) == ()


def test_an_entry_that_nobody_signed_is_nothing(city: City, laptop: Laptop) -> None:
    resident = laptop.resident()
    laptop.send(resident)
    forged = entry(city, [resident.target], 1, bytes(32))
    forged = msgspec.structs.replace(forged, signature=bytes(64))

    assert adopt(city, forged) == 0

    [listed] = register.listing(city, RESIDENT)
    assert listed.answers != {}


def test_a_list_with_a_hole_does_not_verify(city: City, laptop: Laptop) -> None:
    first, second = laptop.resident(), laptop.resident("SITI AMINAH")
    laptop.send(first, second)
    erase(city, first.target)
    erase(city, second.target)
    assert verify.verify(city) == ()
    with city.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM erasure WHERE number = 1")

    assert [problem.code for problem in verify.verify(city)] == ["verify_erasure"]


def test_a_device_of_another_office_hears_nothing_of_it(city: City, enrol: Enrol) -> None:
    here, there = enrol("kel-a"), enrol("kel-b")
    resident = here.resident()
    here.send(resident)
    erase(city, resident.target)

    assert len(here.exchange().erasures) == 1
    assert there.exchange().erasures == []


def test_records_about_a_person_that_come_later_are_erased_only_where_that_was_said(
    city: City, laptop: Laptop
) -> None:
    one, other = laptop.resident(), laptop.resident("SITI AMINAH")
    laptop.send(one, other)
    erase(city, one.target, whole=True)
    erase(city, other.target)

    letters = [
        laptop.change(LETTER, NEW, subject=person.target, state="received", answers={"nama": "A"})
        for person in (one, other)
    ]
    verdicts = [verdict.verdict for verdict in laptop.send(*letters)]

    assert verdicts[0] == "erased"
    assert verdicts[1] != "erased"


def test_a_name_within_another_word_of_the_reason_is_no_name(city: City, laptop: Laptop) -> None:
    named = laptop.resident("Ari")
    laptop.send(named)
    asked = Asked(named.target, "Permohonan hari ini", "UU 27/2022")

    assert erasure.erase(city, asked, ADMINISTRATOR).number == 1

    other = laptop.resident("Ari")
    laptop.send(other)
    with pytest.raises(Refused, match="erasure_names_person"):
        erasure.erase(city, Asked(other.target, "Permohonan ari.", "UU 27/2022"), ADMINISTRATOR)
