"""Who may be named in a form, and what is kept of them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from forms.engine import doubt, parts, party
from forms.engine.answers import Scene, Value
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.prefill import from_subject
from forms.engine.problem import Refused
from forms.engine.session import Session

ID = "0123456789abcdef" * 2
RESIDENT: dict[str, Value] = {
    "nik": "9971015203910002",
    "nama": "RATNA SARI",
    "tempat_lahir": "CONTOH",
    "tanggal_lahir": "1991-03-12",
    "jenis_kelamin": "P",
    "shdk": "3",
    "alamat": "JL. MELATI NO. 7",
    "rt": "003",
    "rw": "002",
    "kelurahan": "99.71.01.1001",
    "telepon": "081200000007",
    "ayah": "SALEH",
}
Register = dict[str, Mapping[str, Value]]
REGISTER: Register = {ID: RESIDENT}
NOBODY: Register = {}


def asks(*lines: str, kind: str = "person") -> str:
    said = "\n".join(lines)
    head = f'[[section.field]]\nkey = "orang"\nkind = "{kind}"\nlabel = "Orang"\n{said}\n'
    return head + '\n[section.field.party]\nasks = ["nama", "nik", "alamat", "hubungan"]\n'


def born(day: str) -> dict[str, str]:
    return {"nama": "A", "tanggal_lahir": day}


def problems(form: Form, given: Any, scene: Scene) -> list[tuple[str, object]]:
    with pytest.raises(Refused) as refused:
        check(form, {"orang": given}, scene)
    return [(problem.code, problem.facts.get("key")) for problem in refused.value.problems]


def test_a_person_in_words_keeps_the_parts_that_are_asked_in_their_order(
    form: Any, scene: Scene
) -> None:
    given = {"hubungan": "Kakak", "nama": " RATNA ", "nik": "'9971015203910002", "rt": "3"}

    answers = check(form(asks()), {"orang": given}, scene)

    assert answers["orang"] == {
        "nama": "RATNA",
        "nik": "9971015203910002",
        "rt": "003",
        "hubungan": "Kakak",
    }


@pytest.mark.parametrize(
    ("limits", "given", "found"),
    [
        ("", {"nik": "9971015203910002"}, [("person_missing", "nama")]),
        ("", {"nama": "A", "nik": "12"}, [("nik_length", "nik")]),
        ("", {"nik": "12"}, [("nik_length", "nik"), ("person_missing", "nama")]),
        ('needs = ["nama", "nik"]', {"nama": "A"}, [("person_missing", "nik")]),
        ('sex = "L"', {"nama": "A", "jenis_kelamin": "P"}, [("person_sex", "jenis_kelamin")]),
        ("age_min = 17", born("2009-11-22"), [("person_young", "tanggal_lahir")]),
        ("age_max = 60", born("1965-11-21"), [("person_old", "tanggal_lahir")]),
        ('shdk = ["1", "2"]', {"nama": "A", "shdk": "4"}, [("person_shdk", "shdk")]),
        ('resident = "required"', {"nama": "A"}, [("person_resident", None)]),
        ('resident = "never"', {"record": ID, "nama": "A"}, [("person_outsider", None)]),
        ("", {"record": ID}, [("person_unresolved", None)]),
        ("", {"record": "kosong", "nama": "A"}, [("person_shape", None)]),
        ("", {"nama": "A", "pekerjaan": "1"}, [("person_part", None)]),
        ("", "A", [("person_shape", None)]),
    ],
)  # fmt: skip
def test_a_person_who_is_not_whom_the_form_asks_for_is_refused(
    form: Any, scene: Scene, limits: str, given: Any, found: list[Any]
) -> None:
    assert problems(form(asks() + limits), given, scene) == found


@pytest.mark.parametrize(
    ("limits", "born", "allowed"),
    [
        ("age_min = 17", "2009-11-21", True),
        ("age_min = 17", "2009-11-22", False),
        ("age_max = 60", "1965-11-22", True),
        ("age_max = 60", "1965-11-21", False),
    ],
)
def test_an_age_counts_whole_years_on_the_day_of_the_form(
    form: Any, scene: Scene, limits: str, born: str, allowed: bool
) -> None:
    made = form(asks() + limits)
    given = {"orang": {"nama": "A", "tanggal_lahir": born}}

    if allowed:
        assert check(made, given, scene)["orang"] == {"nama": "A", "tanggal_lahir": born}
    else:
        assert problems(made, given["orang"], scene)


def test_what_is_not_known_of_a_person_limits_nothing(form: Any, scene: Scene) -> None:
    made = form(asks() + 'sex = "L"\nage_min = 17\nshdk = ["1"]')

    assert check(made, {"orang": {"nama": "A"}}, scene) == {"orang": {"nama": "A"}}


def test_a_resident_who_is_named_stays_as_the_register_had_them_then(
    form: Any, scene: Scene
) -> None:
    made = form(asks() + "age_min = 17")

    resolved = party.resolve(made, {"orang": {"record": ID}}, REGISTER.get)

    assert check(made, resolved, scene)["orang"] == {
        "record": ID,
        "nama": "RATNA SARI",
        "nik": "9971015203910002",
        "alamat": "JL. MELATI NO. 7",
        "rt": "003",
        "rw": "002",
        "kelurahan": "99.71.01.1001",
        "tanggal_lahir": "1991-03-12",  # kept since the age is judged by it
    }


def test_what_was_filled_in_already_is_not_looked_up_again(form: Any) -> None:
    given = {"orang": {"record": ID, "nama": "NAMA LAIN"}, "asing": 1}

    assert party.resolve(form(asks()), given, NOBODY.get) == given


def test_a_pointer_to_nobody_is_refused(form: Any) -> None:
    with pytest.raises(Refused) as refused:
        party.resolve(form(asks()), {"orang": {"record": ID}}, NOBODY.get)

    assert [(p.code, p.field, p.row) for p in refused.value.problems] == [
        ("person_unknown", "orang", None)
    ]


def test_residents_in_a_list_are_filled_in_row_by_row(form: Any, scene: Scene) -> None:
    column = (
        '\n[[section.field.column]]\nkey = "{}"\nkind = "text"\nlabel = "L"\nprefill = "orang"\n'
    )
    made = form(asks(kind="rows") + column.format("bapak") + column.format("ibu"))
    known: Register = {ID: RESIDENT | {"orang": "SALEH"}}
    other = "f" * 32

    with pytest.raises(Refused) as refused:
        party.resolve(made, {"orang": [{"record": ID}, {"record": other}]}, known.get)
    resolved = party.resolve(made, {"orang": [{"record": ID, "ibu": "AMINAH"}]}, known.get)

    assert [(p.code, p.row) for p in refused.value.problems] == [("person_unknown", 2)]
    assert check(made, resolved, scene)["orang"] == [
        {
            "record": ID,
            "nama": "RATNA SARI",
            "nik": "9971015203910002",
            "alamat": "JL. MELATI NO. 7",
            "rt": "003",
            "rw": "002",
            "kelurahan": "99.71.01.1001",
            "bapak": "SALEH",
            "ibu": "AMINAH",
        }
    ]


def test_a_relative_is_filled_in_from_the_residents_own_answers(form: Any) -> None:
    made = form(asks('prefill = "orang"'))

    assert from_subject(made, {"orang": "HASAN", "nik_orang": "9971010203550001"}) == {
        "orang": {"nama": "HASAN", "nik": "9971010203550001"}
    }
    assert from_subject(made, {"orang": "HASAN"}) == {"orang": {"nama": "HASAN"}}
    assert from_subject(made, {"nik_orang": "9971010203550001"}) == {}


def test_a_nik_that_contradicts_the_person_beside_it_is_doubted(form: Any, scene: Scene) -> None:
    made = form(asks() + "age_min = 1")
    given = {"nama": "A", "nik": "9971015203910002", "tanggal_lahir": "1991-03-13"}

    found = doubt.doubts(made, check(made, {"orang": given}, scene), scene)

    assert [(p.code, p.field) for p in found] == [("nik_birth_date_differs", "orang")]


def test_an_open_form_tells_every_fault_of_a_person_at_once(form: Any, scene: Scene) -> None:
    session = Session(form(asks() + 'sex = "L"'), scene)

    effects = session.put("orang", {"nik": "12", "jenis_kelamin": "P"})

    assert [p.code for p in effects.problems] == ["nik_length", "person_missing", "person_sex"]
    assert session.put("orang", {"nama": "A"}).problems == ()


def test_a_rule_may_look_at_a_part_of_a_person(form: Any, scene: Scene) -> None:
    field = '[[section.field]]\nkey = "izin"\nkind = "text"\nlabel = "Izin"\n'
    rule = "required = \"age(part(orang, 'tanggal_lahir'), today) < 21\"\n"
    made = form(asks() + "age_min = 1\n" + field + rule)

    with pytest.raises(Refused) as refused:
        check(made, {"orang": {"nama": "A", "tanggal_lahir": "2010-01-01"}}, scene)

    assert [p.field for p in refused.value.problems] == ["izin"]
    assert check(made, {"orang": {"nama": "A"}}, scene)


def test_every_part_can_be_read_and_names_what_fills_it_in() -> None:
    from forms.engine import catalogue, kinds
    from forms.engine.spec import PARTS

    resident = catalogue.load().form("residents/resident")

    assert tuple(parts.parts()) == PARTS
    for field in parts.parts().values():
        assert kinds.show(field, None) == ""
        assert field.label
        assert not field.prefill or field.prefill in resident.fields


def test_the_day_of_the_scene_decides_not_the_clock(form: Any, scene: Scene) -> None:
    later = Scene(dt.date(2030, 1, 1), scene.area, scene.areas)
    given = {"orang": {"nama": "A", "tanggal_lahir": "2010-06-01"}}
    made = form(asks() + "age_min = 17")

    assert check(made, given, later)
    assert problems(made, given["orang"], scene) == [("person_young", "tanggal_lahir")]
