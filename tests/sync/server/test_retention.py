"""What is due by its form's rule is listed, and erased only when the rule and a person say so."""

from collections.abc import Callable

import msgspec
import pytest

from forms.engine.problem import Refused
from forms.engine.spec import Retention
from sync.protocol.change import Change
from sync.server import reading, retention, verify
from sync.server.city import City
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
YEAR_MS = 366 * 24 * 3_600_000
SOURCE = "Aturan contoh 1/2026 pasal 1"
REASON = "Masa simpan berakhir."


def gone(laptop: Laptop, count: int = 1) -> list[Change]:
    """Register people and let them move away, a few a day."""
    made = [laptop.resident(f"WARGA {chr(65 + n)}") for n in range(count)]
    laptop.send(*made)
    for at in range(0, count, 5):
        acts = [
            laptop.move(one, "move_out", "moved", one, reason="Pindah") for one in made[at : at + 5]
        ]
        laptop.send(*acts)
        laptop.city.now.ms += 2 * YEAR_MS // 366  # type: ignore[attr-defined] # the test's clock
    return made


Rule = Callable[..., None]


@pytest.fixture
def rule(city: City, monkeypatch: pytest.MonkeyPatch) -> Rule:
    """Give residents a rule; the forms are read once for all tests."""
    form = city.catalogue.form(RESIDENT)

    def say(**said: object) -> None:
        kept = msgspec.convert({"source": SOURCE, **said}, Retention)
        monkeypatch.setattr(form, "retention", kept)

    return say


def answers(city: City, record: bytes) -> dict[str, object]:
    with city.database.read() as connection:
        return dict(reading.records(connection, city.code, [record])[record].answers)


def test_without_a_rule_nothing_is_ever_due(city: City, enrol: Enrol, time: Time) -> None:
    gone(enrol())
    time.ms += 100 * YEAR_MS

    assert retention.listing(city) == []


def test_what_is_kept_for_ever_is_never_due(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(then="keep")
    gone(enrol())
    time.ms += 100 * YEAR_MS

    assert retention.listing(city) == []


def test_a_closed_record_is_due_when_its_years_are_over_and_an_open_one_never(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(years=5, then="erase")
    laptop = enrol()
    [moved] = gone(laptop)
    laptop.send(laptop.resident("TETAP TINGGAL"))
    time.ms += 5 * 365 * 24 * 3_600_000 - 3 * 24 * 3_600_000
    assert retention.listing(city) == []

    time.ms += 10 * 24 * 3_600_000

    [due] = retention.listing(city)
    assert (due.record, due.state, due.office) == (moved.target, "moved", "kel-a")
    assert (due.until, due.then, due.source) == ("2031-11-21", "erase", SOURCE)


def test_what_is_due_is_erased_once_and_the_chains_hold(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(years=5, then="erase")
    [moved] = gone(enrol())
    time.ms += 6 * YEAR_MS

    done = retention.carry_out(city, ADMINISTRATOR, REASON)

    assert (done.erased, done.left) == (1, 0)
    assert answers(city, moved.target) == {}
    assert retention.listing(city) == []
    assert verify.verify(city) == ()


def test_what_a_person_has_to_look_at_is_listed_and_never_erased(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(years=5, then="review")
    [moved] = gone(enrol())
    time.ms += 6 * YEAR_MS

    assert [due.then for due in retention.listing(city)] == ["review"]
    assert retention.carry_out(city, ADMINISTRATOR, REASON).erased == 0
    assert answers(city, moved.target)["nama"] == "WARGA A"


def test_many_at_once_need_the_number_that_the_list_showed(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(years=5, then="erase")
    gone(enrol(), 11)
    time.ms += 6 * YEAR_MS

    for seen in (None, 10, 12):
        with pytest.raises(Refused) as error:
            retention.carry_out(city, ADMINISTRATOR, REASON, seen)
        assert [problem.code for problem in error.value.problems] == ["retention_many"]
    assert len(retention.listing(city)) == 11

    assert retention.carry_out(city, ADMINISTRATOR, REASON, 11).erased == 11


def test_one_run_ends_and_says_what_is_left(
    city: City, enrol: Enrol, time: Time, rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    rule(years=5, then="erase")
    gone(enrol(), 3)
    time.ms += 6 * YEAR_MS

    first = retention.carry_out(city, ADMINISTRATOR, REASON)
    second = retention.carry_out(city, ADMINISTRATOR, REASON)

    assert ((first.erased, first.left), (second.erased, second.left)) == ((2, 1), (1, 0))


def test_a_person_whose_name_is_a_word_of_the_rule_holds_nothing_up(
    city: City, enrol: Enrol, time: Time, rule: Rule
) -> None:
    rule(years=5, then="erase")
    laptop = enrol()
    named = laptop.resident("Simpan")
    laptop.send(named)
    laptop.send(laptop.move(named, "move_out", "moved", named, reason="Pindah"))
    gone(laptop)
    time.ms += 6 * YEAR_MS

    done = retention.carry_out(city, ADMINISTRATOR, REASON)

    assert (done.erased, done.left) == (2, 0)
