"""Too many removals at once wait for an administrator; everything else goes through."""

from collections.abc import Callable, Sequence

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.protocol.change import Change
from sync.protocol.receipt import Verdict
from sync.protocol.stream import Fate, Page
from sync.server import administration, offices, reading, records, removals, verify
from sync.server.city import City
from sync.server.guard import Guard
from sync.server.judging import HELD_MS
from sync.server.streams import name
from sync.server.view import BatchView
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]
A, B = "99.71.01.1001", "99.71.01.1002"
DAY_MS = 24 * 3_600_000
STOPPED = ("held", "mass_removal")


def people(laptop: Laptop, count: int, **answers: object) -> list[Change]:
    made = [laptop.resident(f"WARGA {chr(65 + n // 26)}{chr(65 + n % 26)}", **answers)
            for n in range(count)]  # fmt: skip
    laptop.send(*made)
    return made


def gone(laptop: Laptop, person: Change, act: str = "move_out", to: str = "moved") -> Change:
    return laptop.move(person, act, to, person, reason="Pindah keluar kota")


def moved(laptop: Laptop, person: Change, to: str) -> Change:
    """Let somebody move house, here or to another kelurahan."""
    house = {"alamat": "Jalan Melati 7", "rt": None, "rw": None, "kelurahan": to}
    return laptop.change(
        person.service, "edit", record=person.target,
        base={"alamat_lengkap": person.id}, answers=house,
    )  # fmt: skip


def told(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    return [(verdict.verdict, verdict.code) for verdict in verdicts]


def states(city: City, made: Sequence[Change]) -> list[str]:
    with city.database.read() as connection:
        found = reading.records(connection, city.code, {one.target for one in made})
    return [found[one.target].state for one in made]


def page(laptop: Laptop) -> Page:
    stream = name(laptop.welcome.office.id, "residents")
    [found] = [page for page in laptop.pages(laptop.exchange()) if page.stream == stream]
    return found


def fates(laptop: Laptop) -> dict[bytes, Fate]:
    return {fate.change: fate for fate in page(laptop).fates}


def test_ten_a_day_go_through_and_the_eleventh_waits(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)

    verdicts = laptop.send(*(gone(laptop, one) for one in made[:10]))
    last = laptop.send(gone(laptop, made[10]))

    assert told(verdicts) == [("applied", "")] * 10
    assert told(last) == [STOPPED]
    assert states(city, made) == ["moved"] * 10 + ["active"]


def test_what_is_too_much_waits_whole_and_the_rest_of_the_batch_goes_through(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    made = people(laptop, 12)
    acts = [gone(laptop, one) for one in made[:11]]
    edit = laptop.edit(made[11], telepon="081200000001")

    verdicts = laptop.send(*acts[:5], edit, *acts[5:])

    assert told(verdicts) == [STOPPED] * 5 + [("applied", "")] + [STOPPED] * 6
    assert states(city, made) == ["active"] * 12
    status = administration.status(city)
    assert (status.removals, status.held) == (11, 11)
    assert [one.change for one in removals.listing(city)] == [act.id for act in acts]
    first = removals.listing(city)[0]
    assert (first.act, first.operator, first.office) == ("move_out", "Siti Rahma", "kel-a")
    assert verify.verify(city) == ()


def test_a_removal_that_stands_twice_in_its_batch_is_noted_once(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    acts = [gone(laptop, one) for one in made]

    verdicts = laptop.send(acts[0], *acts)

    assert told(verdicts) == [STOPPED] * 12
    assert len(removals.listing(city)) == 11
    assert told(laptop.send(laptop.resident()))[0] == ("applied", "")


def test_a_removal_that_passes_twice_in_its_batch_is_counted_once(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    first = gone(laptop, made[0])

    assert told(laptop.send(first, first)) == [("applied", "")] * 2
    assert told(laptop.send(*(gone(laptop, one) for one in made[1:10]))) == [("applied", "")] * 9
    assert told(laptop.send(gone(laptop, made[10]))) == [STOPPED]


def test_the_next_day_counts_for_itself(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    made = people(laptop, 20)
    laptop.send(*(gone(laptop, one) for one in made[:10]))
    time.ms += DAY_MS

    verdicts = laptop.send(*(gone(laptop, one) for one in made[10:]))

    assert told(verdicts) == [("applied", "")] * 10


def test_a_second_laptop_counts_for_itself(enrol: Enrol) -> None:
    one, other = enrol(), enrol()
    made = people(one, 20)
    one.send(*(gone(one, person) for person in made[:10]))

    verdicts = other.send(*(gone(other, person) for person in made[10:]))

    assert told(verdicts) == [("applied", "")] * 10


def test_one_in_twenty_of_a_larger_office_may_go(enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 300)

    verdicts = laptop.send(*(gone(laptop, one) for one in made[:15]))
    more = laptop.send(gone(laptop, made[15]))

    assert told(verdicts) == [("applied", "")] * 15
    assert told(more) == [STOPPED]


def test_moves_to_another_kelurahan_count_and_those_within_do_not(enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 24, kelurahan=A)

    within = laptop.send(*(moved(laptop, person, A) for person in made[:12]))
    away = laptop.send(*(moved(laptop, person, B) for person in made[12:]))

    assert told(within) == [("applied", "")] * 12
    assert told(away) == [STOPPED] * 12


def test_released_changes_are_judged_in_their_order_and_their_leaves_are_announced(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    made = people(laptop, 11, kelurahan=A)
    acts = [moved(laptop, one, B) for one in made]
    assert told(laptop.send(*acts)) == [STOPPED] * 11

    assert removals.release(city, (), ADMINISTRATOR) == 11

    seen = page(laptop)
    assert [fate.change for fate in seen.fates][11:] == [act.id for act in acts]
    assert sorted(seen.announced) == [leave.number for leave in seen.leaves]
    assert len(seen.announced) == 11
    assert removals.listing(city) == []
    assert administration.status(city).held == 0
    assert verify.verify(city) == ()


def test_what_was_released_counts_no_more(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 12)
    laptop.send(*(gone(laptop, one) for one in made[:11]))
    removals.release(city, (), ADMINISTRATOR)

    assert told(laptop.send(gone(laptop, made[11]))) == [("applied", "")]
    assert states(city, made) == ["moved"] * 12


def test_a_refused_change_returns_to_its_author_with_the_reason(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    acts = [gone(laptop, one) for one in made]
    laptop.send(*acts)

    removals.refuse(city, [acts[3].id], ADMINISTRATOR)

    fate = fates(laptop)[acts[3].id]
    assert (fate.verdict, fate.code) == ("refused", "removal_refused")
    assert len(removals.listing(city)) == 10
    assert states(city, made) == ["active"] * 11


def test_what_was_done_on_a_change_that_waits_waits_with_it(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    acts = [gone(laptop, one) for one in made]
    laptop.send(*acts)
    back = laptop.move(made[0], "reinstate", "active", acts[0], reason="Batal pindah")

    assert [verdict.verdict for verdict in laptop.send(back)] == ["held"]
    removals.release(city, [acts[0].id], ADMINISTRATOR)

    seen = fates(laptop)
    assert (seen[acts[0].id].verdict, seen[back.id].verdict) == ("applied", "applied")
    assert states(city, made[:1]) == ["active"]


def test_no_day_ends_the_waiting_of_a_removal_or_of_what_was_done_on_it(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    acts = [gone(laptop, one) for one in made]
    back = laptop.move(made[0], "reinstate", "active", acts[0], reason="Batal pindah")
    laptop.send(*acts, back)
    time.ms += 3 * HELD_MS

    laptop.send(laptop.resident("PEMICU"))

    assert administration.status(city).held == 12
    removals.release(city, (), ADMINISTRATOR)
    assert states(city, made) == ["active"] + ["moved"] * 10


def test_the_same_batch_again_stops_nothing_anew(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    acts = [gone(laptop, one) for one in made]
    laptop.send(*acts)

    assert told(laptop.send(*acts)) == [STOPPED] * 11
    assert len(removals.listing(city)) == 11


def test_nothing_and_nobodys_change_can_be_decided(city: City) -> None:
    for names, code in ((), "removals_none"), ([bytes(16)], "removals_none"):
        with pytest.raises(Refused) as error:
            removals.release(city, names, ADMINISTRATOR)
        assert [problem.code for problem in error.value.problems] == [code]


def test_a_change_that_does_not_wait_is_unknown(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    made = people(laptop, 11)
    laptop.send(*(gone(laptop, one) for one in made))

    with pytest.raises(Refused) as error:
        removals.refuse(city, [made[0].id], ADMINISTRATOR)

    assert [problem.code for problem in error.value.problems] == ["removal_unknown"]
    assert len(removals.listing(city)) == 11


def test_another_catchment_is_announced(city: City, enrol: Enrol) -> None:
    offices.add(city, Office(b"", "pkm", "puskesmas", "Puskesmas", A, (A, B)), ADMINISTRATOR)
    laptop, guest = enrol("kel-b"), enrol("pkm")
    people(laptop, 12, kelurahan=B)

    offices.cover(city, "pkm", [A], ADMINISTRATOR)

    seen = page(guest)
    assert len(seen.leaves) == 12
    assert sorted(seen.announced) == [leave.number for leave in seen.leaves]


def test_an_import_of_eighteen_thousand_rows_is_not_even_looked_up(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    made = [laptop.resident(kelurahan=A) for _ in range(18_000)]

    with city.database.read() as connection:
        guard = Guard(BatchView(connection, city, {}), laptop.device, b"office", city.now())
    guard.look(made)  # the connection is closed: whatever were read would fail

    assert guard.stops == frozenset()


def test_a_paper_is_taken_and_a_void_that_waits_leaves_its_number_explained(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    form = city.catalogue.form(LETTER)
    issues = []
    for position in range(1, 12):
        made = laptop.letter({"nama": "AHMAD", "keperluan": "Melamar pekerjaan"})
        issue = laptop.issue(made, form, position)
        laptop.send(*made, issue)
        issues.append((made[0], issue))

    acts = [laptop.move(one, "void", "void", issue, reason="Salah nama") for one, issue in issues]
    verdicts = laptop.send(*acts)

    assert told(verdicts) == [STOPPED] * 11
    explained = records.explain(city, "kel-a", "surat", 2026)
    assert [one.state for one in explained[:11]] == ["issued"] * 11
    removals.release(city, (), ADMINISTRATOR)
    explained = records.explain(city, "kel-a", "surat", 2026)
    assert [(one.state, one.reason) for one in explained[:11]] == [("void", "Salah nama")] * 11
