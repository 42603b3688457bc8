"""What the city says of numbers that were inserted behind others."""

from collections.abc import Callable

import pytest

from forms.engine.form import Form
from sync.protocol.change import STATE, Change, Number
from sync.server import records, verify
from sync.server.city import City
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]


@pytest.fixture
def form(city: City) -> Form:
    return city.catalogue.form(LETTER)


def inserted(laptop: Laptop, form: Form, name: str, sub: int = 1) -> list[Change]:
    """Issue a letter behind number 1."""
    made = laptop.letter({"nama": name}, form.code)
    number = Number("surat#1", 2026, sub, f"0001.{sub}/X")
    issue = laptop.change(
        form.code,
        "issue",
        record=made[0].target,
        base=dict.fromkeys(form.groups, made[0].id) | {STATE: made[-1].id},
        state="issued",
        number=number,
        paper=laptop.paper(form, number.text, name),
        reason="Terlewat",
    )
    return [*made, issue]


def test_an_inserted_number_is_explained_behind_its_own(
    city: City, enrol: Enrol, form: Form
) -> None:
    laptop = enrol()
    first = laptop.letter({"nama": "AHMAD"}, form.code)
    first.append(laptop.issue(first, form, 1))
    late, void = inserted(laptop, form, "BUDI"), inserted(laptop, form, "CITRA", 2)
    void.append(laptop.move(void[0], "void", "void", void[-1], reason="Salah nama"))

    verdicts = laptop.send(*first, *late, *void)

    assert {verdict.verdict for verdict in verdicts} <= {"applied"}
    found = records.inserted(city, "kel-a", "surat", 2026)
    assert {
        behind: [(n.number, n.state, n.record, n.reason, n.text) for n in several]
        for behind, several in found.items()
    } == {
        1: [
            (1, "issued", late[0].target, "", "0001.1/X"),
            (2, "void", void[0].target, "Salah nama", "0001.2/X"),
        ]
    }
    assert records.inserted(city, "kel-a", "sura", 2026) == {}
    assert records.inserted(city, "kel-a", "surat", 2025) == {}
    assert verify.verify(city) == ()


def test_two_desks_that_insert_at_one_place_are_found_out(
    city: City, enrol: Enrol, form: Form
) -> None:
    ours, theirs = enrol(), enrol()

    ours.send(*inserted(ours, form, "AHMAD"))
    verdicts = theirs.send(*inserted(theirs, form, "BUDI"))

    assert verdicts[-1].code == "number_taken"
    assert records.inserted(city, "kel-a", "surat", 2026)[1][0].state == "double"
