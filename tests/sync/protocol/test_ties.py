"""What ties a letter to more than its office, read from changes that anybody may have written."""

from typing import Any

import pytest

from forms.engine import catalogue
from sync.protocol.change import Body, Change, Number
from sync.protocol.ties import (
    REPLACES,
    SECOND,
    block_of,
    block_paper,
    corrected,
    correcting,
    countersigns,
    is_second,
    signs_second,
    taken_by,
)

HEIRS = catalogue.load().form("letters/surat_pernyataan_ahli_waris")


def change(
    extra: dict[str, Any] | None = None,
    paper: dict[str, Any] | None = None,
    number: Number | None = None,
) -> Change:
    body = Body(paper=paper)
    return Change(
        b"d",
        b"i",
        1,
        b"p",
        0,
        HEIRS.code,
        1,
        "new",
        b"",
        b"",
        {},
        "",
        number,
        b"",
        body,
        extra=extra or {},
    )


def test_a_correction_names_what_it_corrects() -> None:
    assert corrected(change(correcting(b"r" * 16))) == b"r" * 16
    assert corrected(change(correcting(b""))) == b""


@pytest.mark.parametrize("said", [None, 7, "r" * 16, b"r", b"r" * 17, [b"r" * 16]])
def test_what_is_no_record_is_no_correction(said: object) -> None:
    assert corrected(change({REPLACES: said})) == b""


def test_a_second_block_is_read_only_beside_a_number_of_the_second_register() -> None:
    block = {"number": "0001/KEC", "name": "Camat"}
    paper = block_paper(block)

    assert block_of(change(paper=paper, number=Number(SECOND, 2026, 1, "0001/KEC"))) == block
    assert block_of(change(paper=paper, number=Number("surat", 2026, 1, "0001"))) == {}
    assert block_of(change(paper=paper)) == {}


@pytest.mark.parametrize("said", [None, 7, ["name"], {"name": 7, "rank": None}])
def test_a_block_holds_texts_and_nothing_else(said: object) -> None:
    made = change(paper={"second": said}, number=Number(SECOND, 2026, 1, "0001/KEC"))

    assert block_of(made) == {}


def test_a_provisional_second_number_is_a_second_number_all_the_same() -> None:
    assert is_second(Number(SECOND, 2026, 0, "SEMENTARA"))
    assert not is_second(None)


def test_the_machine_says_what_another_office_may_do() -> None:
    assert taken_by(HEIRS, "countersign", "kecamatan")
    assert not taken_by(HEIRS, "countersign", "kelurahan")
    assert not taken_by(HEIRS, "void", "kecamatan")
    assert signs_second(HEIRS, "kecamatan")
    assert not signs_second(HEIRS, "puskesmas")


def test_who_answers_a_complaint_takes_part_and_numbers_no_letter() -> None:
    complaint = catalogue.load().form("aspirations/complaint")

    assert (signs_second(complaint, "dinas"), countersigns(complaint, "dinas")) == (True, False)
    assert countersigns(HEIRS, "kecamatan")
