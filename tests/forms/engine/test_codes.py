from itertools import pairwise
from pathlib import Path

import pytest

from forms.engine import codes
from forms.engine.problem import FormFiles

NAMES = sorted(path.stem for path in codes.CODES.glob("*.toml"))


def test_religion_has_the_seven_codes_of_the_register() -> None:
    assert [choice.value for choice in codes.values("agama")] == list("1234567")


def test_six_marital_states_are_kept_and_four_are_printed() -> None:
    choices = codes.values("status_kawin")

    assert len(choices) == 6
    assert {choice.printed for choice in choices} == {
        "Belum Kawin",
        "Kawin",
        "Cerai Hidup",
        "Cerai Mati",
    }


def test_the_last_code_of_the_older_occupations_has_become_another() -> None:
    assert len(codes.values("pekerjaan_89")) == 89
    assert len(codes.values("pekerjaan")) == 99
    assert codes.find("pekerjaan_89", "89") == "99"
    assert codes.find("pekerjaan", "89") == "89"
    assert codes.find("pekerjaan", "LAINNYA") == codes.find("pekerjaan_89", "Lainnya") == "99"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("agama", "ISLAM", "1"),
        ("agama", " katolik ", "3"),
        ("agama", "KATHOLIK", "3"),
        ("agama", "JEDI", None),
        ("agama", "", None),
        ("status_kawin", "KAWIN", "2"),
        ("status_kawin", "cerai  hidup", "4"),
        ("jenis_kelamin", "LAKI-LAKI", "L"),
        ("jenis_kelamin", "2", "P"),
        ("shdk", "ORANGTUA", "7"),
        ("pendidikan", "TAMAT SD / SEDERAJAT", "3"),
        ("pendidikan", "AKADEMI/DIPLOMA III/S. MUDA", "7"),
        ("pekerjaan", "PEGAWAI NEGERI SIPIL (PNS)", "5"),
        ("golongan_darah", "ab-", "10"),
        ("cacat", "TIDAK CACAT", "7"),
    ],
)
def test_a_text_of_a_sheet_finds_its_code(name: str, text: str, value: str | None) -> None:
    assert codes.find(name, text) == value


@pytest.mark.parametrize("name", NAMES)
def test_every_list_finds_each_of_its_own_labels_and_codes(name: str) -> None:
    found = codes.load(name)

    for code, label in found.labels.items():
        assert codes.find(name, label) == codes.find(name, code) == found.becomes.get(code, code)


@pytest.mark.parametrize("name", NAMES)
def test_an_old_list_leads_to_codes_of_its_successor(name: str) -> None:
    found = codes.load(name)

    assert bool(found.becomes) <= bool(found.successor)
    if found.successor:
        later = codes.load(found.successor).labels
        assert {found.becomes.get(code, code) for code in found.labels} <= later.keys()


@pytest.mark.parametrize("name", NAMES)
def test_numbered_codes_stand_in_their_order(name: str) -> None:
    numbers = [int(code) for code in codes.load(name).labels if code.isdigit()]

    assert all(before + 1 == after for before, after in pairwise(numbers))


@pytest.mark.parametrize(
    "text", ["title = 1", "title = 'x'\nsource = 'y'\n[labels]\n1='a'\n[aliases]\n2=['b']\n", "x"]
)
def test_a_list_that_is_wrong_is_refused_with_its_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "salah.toml").write_text(text, "utf-8")
    monkeypatch.setattr(codes, "CODES", tmp_path)

    with pytest.raises(FormFiles) as refused:
        codes.load("salah")

    assert refused.value.problems[0].facts["file"] == "shared/codes/salah.toml"


@pytest.mark.parametrize("name", ["../agama", "agama.toml", "", "tidak_ada"])
def test_only_a_plain_name_is_a_list(name: str) -> None:
    assert not codes.exists(name)
