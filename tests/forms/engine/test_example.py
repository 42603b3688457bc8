import datetime as dt

from forms.engine.answers import Scene
from forms.engine.areas import Areas
from forms.engine.catalogue import Catalogue
from forms.engine.check import check
from forms.engine.example import fill
from forms.engine.prefill import from_subject


def test_tokens_become_the_offices_own(areas: Areas) -> None:
    scene = Scene(dt.date(2028, 3, 1), "99.71.01", areas)
    answers = {
        "a": "{area}",
        "b": "{kelurahan}",
        "c": "{prefix}1505880001",
        "d": ["{today}", "{today-1}"],
        "e": {"nama": "{today+1}", "lain": "{lain}"},
        "f": 7,
    }

    assert fill(answers, scene) == {
        "a": "99.71.01",
        "b": "99.71.01.1001",
        "c": "9971011505880001",
        "d": ["2028-03-01", "2028-02-29"],
        "e": {"nama": "2028-03-02", "lain": "{lain}"},
        "f": 7,
    }


def test_examples_hold_in_an_office_of_every_level(shipped: Catalogue, areas: Areas) -> None:
    for area in ("99.71", "99.71.01", "99.71.01.1002", "31.74.05.1001"):
        scene = Scene(dt.date(2026, 11, 21), area, areas)
        for form in shipped.forms.values():
            assert check(form, fill(form.example, scene), scene)


def test_a_chosen_citizen_fills_in_the_letter(shipped: Catalogue, scene: Scene) -> None:
    resident = shipped.form("residents/resident")
    letter = shipped.form("letters/surat_keterangan_usaha")
    person = check(resident, fill(resident.example, scene), scene)

    filled = from_subject(letter, person)

    assert filled["nama"] == person["nama"]
    assert filled["kelurahan"] == "99.71.01.1001"
    assert "nama_usaha" not in filled
    assert "golongan_darah" not in filled
    assert check(letter, {**fill(letter.example, scene), **filled}, scene)["nik"] == person["nik"]
