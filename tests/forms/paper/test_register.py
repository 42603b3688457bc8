"""Registers as PDF: what is said is on the sheet, whatever it is, in one piece or in parts."""

from collections.abc import Callable
from typing import Any

import msgspec
import pypdfium2
import pytest

from forms.engine.problem import Refused
from forms.engine.region import Region
from forms.paper import register
from forms.paper.register import Column, Hand, Row, Sheet, Table

Read = Callable[[bytes], str]
MM = 72 / 25.4
HOSTILE = 'Siti "O\'Neil" #panic(1) *a* _b_ $c$ @d <e> \\ // /* `f` [g] {h} ~ = -- …'
COLUMNS = (Column("No.", 9, "right"), Column("Nama", 60), Column("Keterangan", 40))


def sheet(*rows: Row, **given: Any) -> Sheet:
    usual = Sheet(
        title="Buku Register Surat",
        period="1 November 2026 s.d. 30 November 2026",
        date="2026-11-30",
        office="Kelurahan Sukamaju",
        letterhead=("PEMERINTAH KOTA CONTOH", "KELURAHAN SUKAMAJU"),
        tables=(Table("", COLUMNS, rows, "Tidak ada catatan."),),
        hands=(Hand(("Mengetahui,", "Lurah Sukamaju,"), "AHMAD SANTOSO", ("NIP 1970",)),),
        facts=(("Nomor agenda", "12/2026"),),
        note="Dicetak 30-11-2026",
    )
    return msgspec.structs.replace(usual, **given)


def row(number: int, name: str = "SITI AMINAH", note: str = "", **looks: bool) -> Row:
    return Row((str(number), name, note), **looks)


def opened(pdf: bytes) -> Any:
    return pypdfium2.PdfDocument(pdf)  # type: ignore[no-untyped-call] # the library has no types


def test_a_register_says_all_that_it_was_given(read: Read) -> None:
    said = read(register.render(sheet(row(1, note="nomor sementara")), logo=None))

    for text in (
        "PEMERINTAH KOTA CONTOH", "BUKU REGISTER SURAT", "1 November 2026 s.d. 30 November 2026",
        "Nomor agenda : 12/2026", "Keterangan", "SITI AMINAH", "nomor sementara", "Lurah Sukamaju,",
        "AHMAD SANTOSO", "NIP 1970", "Dicetak 30-11-2026", "Halaman 1 dari 1",
    ):  # fmt: skip
        assert text in said


def test_a_register_is_an_f4_sheet_lying_down_and_a_form_stands(read: Read) -> None:
    lying = opened(register.render(sheet(row(1)), logo=None))[0].get_size()
    standing = opened(register.render(sheet(row(1), wide=False, size="a4"), logo=None))[
        0
    ].get_size()

    assert lying == pytest.approx((330 * MM, 215 * MM), abs=0.5)
    assert standing == pytest.approx((210 * MM, 297 * MM), abs=0.5)


def test_every_page_repeats_the_heads_of_the_columns_and_counts_itself() -> None:
    pdf = register.render(sheet(*(row(number) for number in range(1, 101))), logo=None)

    with opened(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) > 1
    for number, said in enumerate(pages, 1):
        assert "Keterangan" in said
        assert f"Halaman {number} dari {len(pages)}" in said
    assert all("Buku Register Surat" in said for said in pages[1:])
    assert "AHMAD SANTOSO" in pages[-1]


def test_a_text_is_printed_as_it_stands_whatever_it_looks_like(read: Read) -> None:
    said = read(register.render(sheet(row(1, HOSTILE)), logo=None)).replace("\u200b", "")

    assert "".join(HOSTILE.split()) in "".join(said.split())


def test_a_long_word_stays_in_its_column(read: Read) -> None:
    pdf = register.render(sheet(row(1, "A" * 300)), logo=None)

    with opened(pdf) as document:
        page = document[0]
        width = page.get_width()
        text = page.get_textpage()
        rights = [text.get_charbox(at)[2] for at in range(text.count_chars())]
    assert max(rights) <= width - 11 * MM


def test_a_struck_line_looks_different_and_says_why_in_plain(read: Read) -> None:
    plain = register.render(sheet(row(1, note="BATAL: salah nama")), logo=None)
    struck = register.render(sheet(row(1, note="BATAL: salah nama", struck=True)), logo=None)

    assert plain != struck
    assert read(plain) == read(struck)


def test_a_register_without_lines_says_so(read: Read) -> None:
    assert "Tidak ada catatan." in read(register.render(sheet(), logo=None))


def test_a_logo_that_is_no_picture_is_left_out(read: Read) -> None:
    said = read(register.render(sheet(row(1)), logo=b"<svg this is none"))

    assert "SITI AMINAH" in said


def test_the_same_register_is_the_same_bytes() -> None:
    assert register.render(sheet(row(1)), logo=None) == register.render(sheet(row(1)), logo=None)


def pages(pdf: bytes) -> list[str]:
    with opened(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def long(count: int) -> Sheet:
    """Make a register whose lines are of one to three lines of text."""
    names = ("SITI AMINAH", "NAMA YANG PANJANG " * 8, "NAMA YANG SANGAT PANJANG " * 12)
    return sheet(*(row(number, names[number % 7 % 3]) for number in range(1, count + 1)))


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "ROWS_AT_ONCE", 70)


@pytest.mark.parametrize(
    "made",
    [
        long(300),
        sheet(row(1, "KATA " * 6_000), *(row(number) for number in range(2, 150))),
        sheet(facts=tuple((f"Hal {at}", "isi") for at in range(80)), tables=long(150).tables),
    ],
    ids=["lines of any height", "a line over pages", "late first line"],
)
def test_a_register_in_parts_has_the_pages_of_one_set_at_once(
    made: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "ROWS_AT_ONCE", 1_000)
    whole = pages(register.render(made, logo=None))

    monkeypatch.setattr(register, "ROWS_AT_ONCE", 70)
    joined = pages(register.render(made, logo=None))

    assert joined == whole
    assert len(joined) > 3


def test_parts_of_several_tables_say_every_title_and_line_once(in_parts: None) -> None:
    tables = tuple(
        Table(
            f"Tabel {name}", COLUMNS, tuple(row(at, f"{name}-{at}") for at in range(1, count + 1))
        )
        for name, count in (("A", 100), ("B", 0), ("C", 40), ("D", 1), ("E", 95))
    )

    pdf = register.render(sheet(tables=tables), logo=None)

    said = pages(pdf)
    words = " ".join(said).split()
    for table in tables:
        name = table.title.split()[1]
        assert " ".join(said).count(table.title) == 1
        assert [word for word in words if word.startswith(f"{name}-")] == [
            line.cells[1] for line in table.rows
        ]
    assert [f"Halaman {at} dari {len(said)}" in page for at, page in enumerate(said, 1)] == [
        True
    ] * len(said)


def test_lines_that_fill_no_page_to_its_end_are_all_printed(in_parts: None) -> None:
    tall = [row(number, "KATA " * 2_600 + f"AKHIR-{number}") for number in range(1, 81)]

    words = " ".join(pages(register.render(sheet(*tall), logo=None))).split()

    ends = [word for word in words if word.startswith("AKHIR-")]
    assert ends == [f"AKHIR-{number}" for number in range(1, 81)]
    assert words.count("KATA") == 2_600 * 80


def test_only_the_first_part_has_the_letterhead_and_only_the_last_is_signed(
    in_parts: None, region: Region
) -> None:
    said = pages(register.render(long(300), logo=region.logo))

    assert ["PEMERINTAH KOTA CONTOH" in page for page in said] == [True] + [False] * (len(said) - 1)
    assert ["AHMAD SANTOSO" in page for page in said] == [False] * (len(said) - 1) + [True]


def test_what_goes_to_a_printer_in_parts_has_the_pages_of_the_pdf(in_parts: None) -> None:
    made = long(150)

    assert len(register.pictures(made, logo=None, ppi=20)) == len(
        pages(register.render(made, logo=None))
    )


def test_a_register_in_parts_is_described_as_one_and_is_the_same_bytes(in_parts: None) -> None:
    pdf = register.render(long(150), logo=None)

    with opened(pdf) as document:
        described = document.get_metadata_dict()
    assert described["Title"] == "Buku Register Surat"
    assert described["CreationDate"].startswith("D:20261130")
    assert pdf == register.render(long(150), logo=None)


def test_only_a_register_of_one_part_says_that_it_is_for_the_archive(in_parts: None) -> None:
    assert b"pdfaid" in register.render(long(70), logo=None)
    assert b"pdfaid" not in register.render(long(71), logo=None)


def test_a_logo_that_is_no_picture_is_left_out_of_parts_too(in_parts: None) -> None:
    assert "SITI AMINAH" in pages(register.render(long(150), logo=b"<svg this is none"))[0]


def test_a_register_that_is_too_long_is_refused_before_it_is_set() -> None:
    rows = (row(1),) * (register.ROWS_MAX + 1)

    with pytest.raises(Refused) as refused:
        register.render(sheet(*rows), logo=None)
    with pytest.raises(Refused) as undrawn:
        register.pictures(sheet(*rows[: register.DRAWN_MAX + 1]), logo=None, ppi=72)

    assert refused.value.problems[0].code == "register_long"
    assert undrawn.value.problems[0].code == "print_long"
