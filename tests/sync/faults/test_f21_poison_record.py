"""F21: one record that can't be taken holds up none of the 999 beside it."""

from collections.abc import Mapping
from typing import Any

import pytest

from forms.engine.check import check
from sync.server import codes, records, scope, verify
from sync.server.city import City
from tests.sync.server.laptop import RESIDENT, Laptop

MANY = 1_000
PLACES = (0, 499, 999)


@pytest.fixture
def laptop(city: City) -> Laptop:
    code, _ = codes.make(city, "KEL-1", "kepala", "test")
    return Laptop(city, code)


@pytest.mark.parametrize("place", PLACES)
def test_one_refused_record_in_a_thousand_leaves_999_applied_in_the_same_exchange(
    city: City, laptop: Laptop, place: int
) -> None:
    changes = [laptop.resident(f"WARGA {_letters(n)}") for n in range(MANY)]
    poison = laptop.change(RESIDENT, "new", answers={"nama": "X", "rt": "tiga"}, state="active")
    changes[place] = poison

    verdicts = laptop.send(*changes)

    assert [v.verdict for v in verdicts].count("applied") == MANY - 1
    [bad] = [v for v in verdicts if v.verdict != "applied"]
    assert (bad.verdict, bad.seq) == ("refused", poison.seq)
    assert bad.code
    assert len(records.listing(city, RESIDENT)) == MANY - 1
    assert verify.verify(city) == ()


@pytest.mark.parametrize("place", PLACES)
def test_a_record_on_which_the_program_fails_is_kept_for_a_mended_one(
    city: City, laptop: Laptop, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    changes = [laptop.resident(f"WARGA {_letters(n)}") for n in range(MANY)]
    poison = changes[place].body.answers["nama"]

    def failing(form: Any, answers: Mapping[str, Any], *rest: Any, **parts: Any) -> Any:
        if answers.get("nama") == poison:
            raise ZeroDivisionError
        return check(form, answers, *rest, **parts)

    with monkeypatch.context() as patch:
        patch.setattr(scope, "check", failing)
        verdicts = laptop.send(*changes)

    said = [v.verdict for v in verdicts]
    assert (said.count("applied"), said[place]) == (MANY - 1, "quarantined")
    assert verify.verify(city) == ()


def test_work_on_a_refused_record_is_refused_and_the_rest_goes_on(laptop: Laptop) -> None:
    poison = laptop.change("letters/nothing", "new", answers={"nama": "X"}, state="received")
    later = laptop.edit(poison, nama="Y")
    good = laptop.resident("WARGA BAIK")

    first = laptop.send(poison, later, good)
    second = laptop.send(laptop.edit(good, nama="WARGA LEBIH BAIK"))

    assert [v.verdict for v in first] == ["refused", "refused", "applied"]
    assert [v.verdict for v in second] == ["applied"]


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in f"{number:04}")
