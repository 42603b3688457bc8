"""Whose hands stand below a letter: the official's, the camat's, the applicant's, witnesses'."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from forms.engine import example, lint
from forms.engine.answers import Answers, Scene
from forms.engine.catalogue import Catalogue
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.problem import Refused
from forms.engine.region import Office, Region
from forms.engine.rule import Rule
from forms.paper import letter
from forms.paper.letter import Signatory

DAY = dt.date(2026, 11, 21)
Printed = Callable[..., str]


@pytest.fixture
def print_letter(
    catalogue: Catalogue,
    region: Region,
    office: Office,
    signatory: Signatory,
    read: Callable[[bytes], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Printed:
    """Print a shipped letter's first example, its letter table changed as told."""

    def printed(
        service: str, who: Signatory = signatory, number: str = "1/2/3", **changed: Any
    ) -> str:
        form = catalogue.form(f"letters/{service}")
        assert form.letter is not None
        monkeypatch.setattr(form, "letter", msgspec.structs.replace(form.letter, **changed))
        paper, texts = letter.compose(
            form,
            answers_of(form),
            region=region,
            office=office,
            signatory=who,
            number=number,
            date=DAY,
            letter_id=bytes(16),
        )
        return read(letter.render(paper, texts, logo=None, qr="TRS1:ABC", mark=None))

    return printed


def answers_of(form: Form) -> Answers:
    scene = Scene(DAY, "99.71.01.1001", lint.AREAS)
    return check(form, example.fill(form.example, scene), scene)


def test_the_camat_takes_note_with_a_register_number_to_be_written_by_hand(
    print_letter: Printed,
) -> None:
    text = print_letter("surat_pernyataan_ahli_waris")

    assert "Mengetahui, Nomor register ...." in text
    assert "Camat Teladan," in text
    assert "Nomor register 1/2/3 Lurah Sukamaju," in text


def test_the_camats_block_may_hang_on_an_answer(print_letter: Printed) -> None:
    service = "surat_pengantar_skck"

    assert "Camat" not in print_letter(service, camat=Rule("tujuan == 'polsek'"))
    assert "Camat" in print_letter(service, camat=Rule("tujuan == 'polres'"))


def test_a_statement_is_the_citizens_own_paper(print_letter: Printed) -> None:
    text = print_letter("surat_pernyataan_ahli_waris")

    assert text.startswith("SURAT PERNYATAAN AHLI WARIS Kami yang bertanda tangan")
    assert "PEMERINTAH" not in text
    assert "Meterai Rp10.000" in text
    assert "Saksi-saksi: 1. HASAN BASRI" in text
    assert text.index("Yang membuat pernyataan") < text.index("Lurah Sukamaju")


def test_a_request_is_registered_and_not_signed_by_the_office(print_letter: Printed) -> None:
    text = print_letter("surat_pengantar_skck", kind="request", signers=("kasi",))

    assert "Terdaftar di buku register" in text
    assert "PEMERINTAH" not in text
    assert "Lurah Sukamaju," not in text.partition("Demikian")[2]


def test_the_applicant_may_sign_beside_the_official(print_letter: Printed) -> None:
    assert "Pemohon," in print_letter("surat_pengantar_skck")
    assert "Pemohon," not in print_letter("surat_pengantar_skck", holder=False)


def test_a_letter_says_to_whom_a_copy_goes_and_which_model_it_is(print_letter: Printed) -> None:
    text = print_letter(
        "surat_pengantar_skck", copies=("Kepala Kepolisian", "Arsip"), model="Model X"
    )

    assert text.startswith("Model X")
    assert text.endswith("Tembusan: 1. Kepala Kepolisian 2. Arsip")


def test_a_section_head_signs_for_who_signs_on_behalf(print_letter: Printed) -> None:
    who = Signatory("Kepala Seksi Pelayanan", "SRI", on_behalf="Lurah", through="Sekretaris")

    text = print_letter("surat_pengantar_skck", who)

    assert "a.n. Lurah Sukamaju Sekretaris, u.b. Kepala Seksi Pelayanan," in text


def test_an_acting_head_keeps_the_place_in_the_title(print_letter: Printed) -> None:
    assert "Plt. Lurah Sukamaju," in print_letter(
        "surat_pengantar_skck", Signatory("Plt. Lurah", "SRI")
    )


@pytest.mark.parametrize(
    ("who", "level"),
    [
        (Signatory("Lurah", "A"), "kepala"),
        (Signatory("Sekretaris", "A", on_behalf="Lurah"), "sekretaris"),
        (Signatory("Kasi", "A", on_behalf="Lurah", through="Sekretaris"), "kasi"),
    ],
)
def test_who_may_sign_is_the_letters_own(print_letter: Printed, who: Signatory, level: str) -> None:
    service = "surat_pengantar_skck"
    others = tuple({"kepala", "sekretaris", "kasi"} - {level})

    assert who.level == level
    assert print_letter(service, who, signers=(level,))
    assert print_letter(service, who, number="", signers=others)  # a draft shows whoever is there
    with pytest.raises(Refused) as refused:
        print_letter(service, who, signers=others)
    assert refused.value.problems[0].code == "signer_not_allowed"
