"""A resident who is named in a letter stands in it as the person was known that day."""

import pytest

from forms.engine import example
from forms.engine.problem import Refused
from sync.store import read, records
from sync.store.handle import Store
from tests.sync.store.laptop import RESIDENT

LETTER = "letters/surat_keterangan_kematian"


def witness(store: Store) -> bytes:
    answers = {"nama": "SARI MELATI", "nik": "9971014107850001", "tanggal_lahir": "1985-07-01"}
    return records.new(store, RESIDENT, answers).record


def letter(store: Store, person: object) -> bytes:
    form = store.catalogue.form(LETTER)
    answers = {**example.fill(form.example, store.scene()), "saksi_1": person}
    return records.new(store, LETTER, answers).record


def test_a_named_resident_is_filled_in_from_the_register(store: Store) -> None:
    person = witness(store)

    made = letter(store, {"record": person.hex()})

    kept = read.record(store, made).answers["saksi_1"]
    assert kept["record"] == person.hex()
    assert kept["nama"] == "SARI MELATI"
    assert kept["nik"] == "9971014107850001"


def test_the_letter_keeps_what_was_known_when_the_person_changes(store: Store) -> None:
    person = witness(store)
    made = letter(store, {"record": person.hex()})

    records.edit(store, person, {"nama": "SARI MAWAR"})

    assert read.record(store, made).answers["saksi_1"]["nama"] == "SARI MELATI"


@pytest.mark.parametrize("name", ["00" * 16, "not hex"])
def test_a_pointer_to_nobody_is_refused(store: Store, name: str) -> None:
    with pytest.raises(Refused) as refused:
        letter(store, {"record": name})

    assert "person_unknown" in {problem.code for problem in refused.value.problems}
