"""What forms take from shared files: parties, papers, machines; what they say of their letter."""

from pathlib import Path
from typing import Any

import pytest

from forms.engine import catalogue
from forms.engine.catalogue import Catalogue
from forms.engine.form import Form

SECTION = '\n[[section]]\ntitle = "Satu"\n'
NAME = '\n[[section.field]]\nkey = "nama"\nkind = "text"\nlabel = "Nama"\n'
PERSON = '\n[[section.field]]\nkey = "orang"\nkind = "person"\nlabel = "Orang"\n'
PARTIES = '[saksi]\nasks = ["nama", "nik"]\nneeds = ["nama", "nik"]\nage_min = 21\n'
LETTER = '\n[letter]\ntitle = "SURAT"\nclassification = "1"\n'
MORE = """\
extends = "plain"
states = ["countersigned"]

[[action]]
name = "countersign"
from = ["closed"]
to = "countersigned"
roles = ["penandatangan"]
office = ["kecamatan"]
"""


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    for inner in ("states", "sheets"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    (folder / "parties.toml").write_text(PARTIES, "utf-8")
    (folder / "checklist.toml").write_text('fotokopi_kk = "Fotokopi KK"\n', "utf-8")
    (folder / "states/more.toml").write_text(MORE, "utf-8")
    return folder


@pytest.fixture
def letter_file(tmp_path: Path) -> Path:
    path = tmp_path / "rooms/thing/letter.typ"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('#import "layout.typ": *\n#show: letter\n', "utf-8")
    return path


def sheet(template: str) -> str:
    return f'[[letter.sheet]]\ntemplate = "{template}"\n'


def found(made: tuple[tuple[Form, ...], tuple[Any, ...]]) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in made[1]]


def test_a_form_may_name_a_party_or_change_it(author: Any, shared: Path) -> None:
    changed = (
        PERSON.replace('"orang"', '"dua"') + 'party = { like = "saksi", age_min = 0, sex = "P" }\n'
    )

    forms, problems = author(SECTION + PERSON + 'party = "saksi"\n' + changed)

    assert problems == ()
    first, second = (forms[0].fields[key].party for key in ("orang", "dua"))
    assert (first.age_min, first.needs, first.sex) == (21, ("nama", "nik"), "")
    assert (second.age_min, second.needs, second.sex) == (0, ("nama", "nik"), "P")


@pytest.mark.parametrize(
    ("party", "code"),
    [
        ('"hantu"', "party_unknown"),
        ('{ like = "hantu" }', "party_unknown"),
        ("3", "toml_value"),
        ('{ asks = ["nama"], umur = 3 }', "toml_unknown_key"),
        ('{ asks = ["nik"] }', "party_asks"),
        ('{ asks = ["nama"], needs = ["nik"] }', "party_asks"),
        ('{ asks = ["nama", "hobi"] }', "toml_value"),
        ('{ asks = ["nama"], age_min = 20, age_max = 10 }', "bounds_crossed"),
    ],
)
def test_a_party_that_makes_no_sense_is_found_with_its_line(
    author: Any, shared: Path, party: str, code: str
) -> None:
    made = author(SECTION + PERSON + f"party = {party}\n")

    assert (code, 14) in found(made)


def column(key: str, kind: str, more: str = "") -> str:
    return f'[[section.field.column]]\nkey = "{key}"\nkind = "{kind}"\nlabel = "A"\n{more}'


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("text", 'party = "saksi"\n', "not_for_kind"),
        ("rows", "", "columns_none"),
        ("text", column("a", "text"), "not_for_kind"),
        ("rows", column("a", "person"), "column_plain"),
        ("rows", column("a", "text", 'visible = "x"\n'), "column_plain"),
        ("rows", 'party = "saksi"\n' + column("nik", "nik"), "key_doubled"),
        ("rows", column("a", "choice"), "choices_empty"),
    ],
)
def test_rows_and_parties_stand_where_they_belong(
    author: Any, shared: Path, kind: str, more: str, code: str
) -> None:
    head = f'\n[[section.field]]\nkey = "daftar"\nkind = "{kind}"\nlabel = "L"\n'

    made = author(SECTION + head + more)

    assert [code] == [problem.code for problem in made[1]]


def test_a_checklist_makes_an_attachment_of_each_line(author: Any, shared: Path) -> None:
    papers = """
[section.checklist]
fotokopi_kk = true
akta = { label = "Akta", required = "not empty(nama)", hint = "Asli" }
foto = { label = "Foto", visible = "not empty(nama)" }
"""
    forms, problems = author(SECTION + papers + NAME)
    assert [p.code for p in problems] == ["rule_later"]

    forms, problems = author(SECTION + NAME + SECTION + papers)

    assert problems == ()
    kk, akta = forms[0].fields["fotokopi_kk"], forms[0].fields["akta"]
    assert (kk.kind, kk.label, kk.required) == ("attachment", "Fotokopi KK", True)
    assert (akta.label, akta.required, akta.hint) == ("Akta", "not empty(nama)", "Asli")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("batu_akik = true", "checklist_unknown"),
        ("fotokopi_kk = 3", "toml_value"),
        ("fotokopi_kk = { wajib = true }", "toml_unknown_key"),
        ('fotokopi_kk = "nama +"', "rule_syntax"),
        ('fotokopi_kk = "ktp"', "rule_name"),
    ],
)
def test_a_checklist_that_makes_no_sense_is_found_with_its_line(
    author: Any, shared: Path, line: str, code: str
) -> None:
    made = author(SECTION + f"\n[section.checklist]\n{line}\n" + NAME)

    assert (code, 11) in found(made)


def test_a_machine_may_extend_another(author: Any, shared: Path) -> None:
    head = 'code = "rooms/thing"\ntitle = "A"\nversion = 1\ngroup = "things"\nstates = "more"\n'

    forms, problems = author(SECTION + NAME, head=head)

    assert problems == ()
    machine = forms[0].machine
    assert machine.states == ("open", "closed", "countersigned")
    assert machine.allowed("closed", {"penandatangan"}) == ()
    assert [a.action for a in machine.allowed("closed", {"penandatangan"}, "kecamatan")] == [
        "countersign"
    ]


def test_a_machine_that_extends_nothing_or_itself_is_broken(author: Any, shared: Path) -> None:
    head = 'code = "rooms/thing"\ntitle = "A"\nversion = 1\ngroup = "things"\nstates = "more"\n'
    for basis in ("more", "none"):
        text = MORE.replace('"plain"', f'"{basis}"')
        (shared / "states/more.toml").write_text(text, "utf-8")

        assert "states_broken" in [p.code for p in author(SECTION + NAME, head=head)[1]]


@pytest.mark.parametrize(
    ("line", "code", "row"),
    [
        ('valid_until = "nama"', "letter_until", 10),
        ('valid_until = "tidak_ada"', "letter_until", 10),
        ("pages = 0", "letter_bounds", 10),
        ("standard_minutes = -1", "letter_bounds", 10),
        ("signers = []", "letter_signers", 10),
        ('signers = ["raja"]', "toml_value", 10),
        ("camat = true", "letter_camat", 10),
        ("judul = 1", "toml_unknown_key", 10),
        (sheet("tidak_ada.typ"), "sheet_missing", 10),
        (sheet("../letter.typ"), "sheet_missing", 10),
        (sheet("letter.typ") + 'visible = "hantu"', "rule_name", 12),
        (sheet("letter.typ") * 2, "sheet_doubled", 12),
    ],
)  # fmt: skip
def test_a_letter_that_makes_no_sense_is_found_with_its_line(
    author: Any, shared: Path, letter_file: Path, line: str, code: str, row: int
) -> None:
    made = author(LETTER + line + "\n" + SECTION + NAME)

    assert found(made) == [(code, row)]


def test_all_faults_of_one_table_are_told_at_once(author: Any, shared: Path) -> None:
    letter = '\n[letter]\ntitle = 3\nclassification = 4\nfoo = 5\nsigners = ["raja"]\n'

    made = author(letter + SECTION + NAME + 'max = "a"\nmin = "b"\n')

    assert found(made) == [
        ("toml_value", 8),
        ("toml_value", 9),
        ("toml_unknown_key", 10),
        ("toml_value", 11),
        ("toml_value", 20),
        ("toml_value", 21),
    ]


def test_the_shipped_letters_bring_what_they_promise(shipped: Catalogue) -> None:
    heirs = shipped.form("letters/surat_pernyataan_ahli_waris")
    marriage = shipped.form("letters/surat_pengantar_nikah")

    assert heirs.letter
    assert heirs.letter.camat is True
    assert "countersigned" in heirs.machine.states
    assert heirs.letter.signers == ("kepala",)
    assert marriage.letter
    assert [sheet.name for sheet in marriage.letter.sheets] == [
        "n-2.typ",
        "n-4.typ",
        "n-5.typ",
        "n-6.typ",
    ]


def test_every_shared_party_and_paper_is_one_that_a_form_can_take(author: Any) -> None:
    from tomllib import loads

    root = catalogue.FORMS / "shared"
    parties = loads((root / "parties.toml").read_text("utf-8"))
    papers = loads((root / "checklist.toml").read_text("utf-8"))
    fields = "".join(
        PERSON.replace('"orang"', f'"{name}"')
        + "party = { "
        + ", ".join(f"{key} = {value!r}" for key, value in party.items())
        + " }\n"
        for name, party in parties.items()
    )
    listed = "\n[section.checklist]\n" + "".join(
        f'{key} = {{ label = "{label}" }}\n' for key, label in papers.items()
    )

    forms, problems = author(SECTION + fields + SECTION + listed)

    assert problems == ()
    assert {*parties, *papers} <= forms[0].fields.keys()
