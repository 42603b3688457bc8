from pathlib import Path
from typing import Any

import pytest

from forms.engine import catalogue
from forms.engine.catalogue import Catalogue
from forms.engine.problem import FormFiles, Problem, Refused

SECTION = '\n[[section]]\ntitle = "Satu"\n'
NAME = '\n[[section.field]]\nkey = "nama"\nkind = "text"\nlabel = "Nama"\n'


def field(key: str, kind: str, *lines: str) -> str:
    head = f'\n[[section.field]]\nkey = "{key}"\nkind = "{kind}"\nlabel = "L"\n'
    return head + "".join(f"{line}\n" for line in lines)


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def test_the_shipped_forms_are_the_ones_that_are_promised(shipped: Catalogue) -> None:
    assert set(shipped.forms) >= {
        "letters/surat_keterangan_domisili",
        "letters/surat_keterangan_tidak_mampu",
        "letters/surat_keterangan_usaha",
        "office/operator",
        "residents/resident",
    }


def test_a_resident_has_the_keys_that_scripts_rely_on(shipped: Catalogue) -> None:
    promised = (
        "nik nomor_kk nama tempat_lahir tanggal_lahir jenis_kelamin agama status_kawin shdk "
        "pendidikan pekerjaan alamat rt rw kelurahan telepon"
    )
    resident = shipped.form("residents/resident")

    assert set(promised.split()) <= resident.fields.keys()
    assert [key for key, entry in resident.fields.items() if entry.required] == ["nama"]
    assert resident.unique == ("nik",)
    assert {resident.group_of(key) for key in ("alamat", "rt", "rw", "kelurahan")} == {
        "alamat_lengkap"
    }
    assert resident.group_of("telepon") == "telepon"
    assert resident.group_of("from_a_newer_version") == "from_a_newer_version"


def test_a_letter_stands_alone_and_knows_its_paper(shipped: Catalogue) -> None:
    for form in shipped.offered("kelurahan"):
        if form.group == "letters":
            assert not form.subject
            assert form.letter
            assert form.letter.template
            assert form.letter.classification


def test_an_office_is_offered_what_its_kind_may_take(shipped: Catalogue) -> None:
    kelurahan = {form.code for form in shipped.offered("kelurahan")}

    assert "residents/resident" in kelurahan
    assert "letters/surat_keterangan_usaha" in kelurahan
    assert "office/operator" not in kelurahan
    puskesmas = {form.code for form in shipped.offered("puskesmas")}
    assert "residents/resident" in puskesmas
    assert not any(code.startswith("letters/") for code in puskesmas)


def test_a_service_that_there_is_not_is_refused(shipped: Catalogue) -> None:
    with pytest.raises(Refused) as refused:
        shipped.form("letters/surat_sakti")

    assert refused.value.problems[0].code == "service_unknown"


def test_an_include_stands_before_a_sections_own_fields(author: Any) -> None:
    shared = '[[field]]\nkey = "nik"\nkind = "nik"\nlabel = "NIK"\n'
    forms, problems = author(SECTION + 'include = "orang"\n' + NAME, orang=shared)

    assert problems == ()
    assert list(forms[0].fields) == ["nik", "nama"]
    assert [section.title for section in forms[0].sections] == ["Satu"]


def test_an_unknown_key_is_refused_with_file_key_and_line(author: Any) -> None:
    _, problems = author(SECTION + NAME + "wajib = true\n")

    assert problems == (
        Problem("toml_unknown_key", None, {"file": "rooms/thing/form.toml", "key": "wajib"}, 14),
    )


def test_a_mistake_in_an_included_section_names_that_file(author: Any) -> None:
    shared = '\n[[field]]\nkey = "nik"\nkind = "nic"\nlabel = "NIK"\n'
    _, problems = author(SECTION + 'include = "orang"\n' + NAME, orang=shared)

    assert [(p.code, p.facts["file"], p.row) for p in problems] == [
        ("include_broken", "rooms/thing/form.toml", 9),
        ("toml_value", "shared/sections/orang.toml", 4),
    ]


def test_all_mistakes_of_all_files_are_told_at_once(author: Any, tmp_path: Path) -> None:
    other = tmp_path / "rooms" / "other"
    other.mkdir(parents=True)
    (other / "form.toml").write_text("title = [", "utf-8")
    author(SECTION + NAME + "a = 1\n" + field("umur", "angka") + field("rt", "text", "b = 2"))

    with pytest.raises(FormFiles) as refused:
        catalogue.load(tmp_path)

    assert [(p.code, p.row) for p in refused.value.problems] == [
        ("toml_syntax", 1),
        ("toml_unknown_key", 14),
        ("toml_value", 18),
        ("toml_unknown_key", 25),
    ]


@pytest.mark.parametrize(
    ("body", "code", "row"),
    [
        (field("Nama", "text"), "key_name", 11),
        (field("today", "text"), "key_name", 11),
        (field("state", "text"), "key_name", 11),
        (field("age", "text"), "key_name", 11),
        (field("class", "text"), "key_name", 11),
        (NAME + NAME, "key_doubled", 16),
        (field("a", "choice"), "choices_empty", 10),
        (field("a", "choice", 'choices = "zodiak"'), "code_list_unknown", 14),
        (field("a", "text", 'choices = "agama"'), "not_for_kind", 14),
        (
            field("a", "choice", 'choices = [{value="1",label="A"},{value="1",label="B"}]'),
            "choices_doubled",
            14,
        ),
        (field("a", "date", "max = 3"), "not_for_kind", 14),
        (field("a", "text", "min = 4", "max = 3"), "bounds_crossed", 14),
        (field("a", "date", 'latest = "kemarin"'), "bound_date", 14),
        (field("a", "text", 'latest = "today"'), "not_for_kind", 14),
        (field("a", "text", 'level = "kota"'), "not_for_kind", 14),
        (field("a", "number", "digits = 3"), "not_for_kind", 14),
        (field("a", "text", "check = \"a == 'x'\""), "check_message", 14),
        (field("a", "text", 'message = "x"'), "check_message", 14),
        (field("a", "person", "compute = \"'x'\""), "not_for_kind", 14),
        (field("a", "text", 'visible = "b"'), "rule_name", 14),
        (field("a", "text", 'visible = "b"') + field("b", "yes_no"), "rule_later", 14),
        (field("a", "number", 'compute = "a + 1"'), "rule_later", 14),
        (field("a", "text", 'visible = "a.b"'), "rule_forbidden", 14),
        (field("a", "text", 'required = "open(1)"'), "rule_function", 14),
        (field("a", "text", 'group = "state"'), "group_name", 14),
        (field("a", "text", 'group = "b"') + field("b", "text"), "group_name", 14),
        (field("a", "text", 'prefill = "zodiak"'), "prefill_unknown", None),
        (field("a", "text", 'born = "b"'), "rule_name", 14),
        (field("a", "note", "unique = true"), "not_for_kind", 14),
        ("", "form_fields", None),
    ],
)
def test_a_field_that_makes_no_sense_is_found_with_its_line(
    author: Any, body: str, code: str, row: int | None
) -> None:
    forms, problems = author(SECTION + body)

    assert [(problem.code, problem.row) for problem in problems] == [(code, row)]
    assert forms == () or code == "prefill_unknown"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rooms/thing", "rooms/other", "form_code"),
        ("version = 1", "version = 0", "form_version"),
        ('"things"', '"Things!"', "form_group"),
        ('states = "plain"', 'states = "fancy"', "states_broken"),
        ("version = 1", 'version = 1\noffice_kinds = ["istana"]', "office_kind"),
        ("version = 1", 'version = 1\nplace = "nama"', "form_place"),
        ("version = 1", 'version = 1\nplace = "kelurahan"', "form_place"),
        ('title = "Sesuatu"', "title = 3", "toml_value"),
    ],
)
def test_a_head_that_makes_no_sense_is_found(author: Any, old: str, new: str, code: str) -> None:
    from_conftest = (
        'code = "rooms/thing"\ntitle = "Sesuatu"\nversion = 1\ngroup = "things"\nstates = "plain"\n'
    )

    _, problems = author(SECTION + NAME, head=from_conftest.replace(old, new))

    assert code in codes(problems)


def test_a_letter_without_its_template_is_found(author: Any) -> None:
    _, problems = author('\n[letter]\ntitle = "A"\nclassification = "1"\n' + SECTION + NAME)

    assert codes(problems) == ["letter_template"]


def test_a_machine_may_stand_in_the_form_itself(author: Any) -> None:
    states = """
[states]
start = "open"
states = ["open"]
create = ["petugas"]
edit = ["petugas"]
editable = ["open"]
"""
    head = 'code = "rooms/thing"\ntitle = "A"\nversion = 1\ngroup = "things"\n'

    forms, problems = author(states + SECTION + NAME, head=head)

    assert problems == ()
    assert forms[0].machine.start == "open"
