"""What holds for every letter's sheet, whatever its wording."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import pypdfium2
import pytest
import segno

from forms.engine.problem import Refused
from forms.engine.region import Region
from forms.paper import letter, mark
from forms.paper.letter import Mark, Paper, Signatory

Compose = Callable[..., tuple[Paper, dict[str, str]]]
Read = Callable[[bytes], str]
MM = 72 / 25.4
CODE = "TRS1:" + "0123456789ABCDEF" * 20
HOSTILE = 'Siti "O\'Neil" #panic(1) *a* _b_ $c$ @d <e> \\ // /* `f` [g] {h} ~ https://i.j = -- …'


def opened(pdf: bytes) -> Any:
    return pypdfium2.PdfDocument(pdf)  # type: ignore[no-untyped-call] # the library has no types


def pages(pdf: bytes) -> int:
    with opened(pdf) as document:
        return len(document)


def resized(paper: Paper, texts: dict[str, str], size: str) -> tuple[Paper, dict[str, str]]:
    head = msgspec.json.decode(texts[paper.head]) | {"size": size}
    text = msgspec.json.encode(head, order="sorted").decode()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return msgspec.structs.replace(paper, head=digest), {**texts, digest: text}


@pytest.mark.parametrize(("size", "width", "height"), [("f4", 215, 330), ("a4", 210, 297)])
def test_a_sheet_has_exactly_its_size(
    compose: Compose, size: str, width: float, height: float
) -> None:
    paper, texts = resized(*compose(), size)

    with opened(letter.render(paper, texts, logo=None, qr=CODE, mark=None)) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx((width * MM, height * MM), abs=0.01)


def test_the_same_letter_gives_the_same_bytes(compose: Compose, region: Region) -> None:
    first = letter.render(*compose(), logo=region.logo, qr=CODE, mark=None)
    again = letter.render(*compose(), logo=region.logo, qr=CODE, mark=None)

    assert first == again


def test_a_letter_printed_from_what_travelled_is_the_same(compose: Compose, region: Region) -> None:
    paper, texts = compose(answers={"nama": HOSTILE})
    travelled = msgspec.msgpack.decode(msgspec.msgpack.encode(paper), type=Paper)

    here = letter.render(paper, texts, logo=region.logo, qr=CODE, mark=None)
    there = letter.render(travelled, dict(texts), logo=region.logo, qr=CODE, mark=None)

    assert here == there
    assert letter.digest(paper, texts) == letter.digest(travelled, texts)


def test_the_digest_moves_with_every_part(compose: Compose) -> None:
    paper, texts = compose()
    variants = [
        compose(answers={"nama": "SITI AMINAH"}),
        compose(number="400.12.2.1/124/SM/XI/2026"),
        compose(date=dt.date(2026, 11, 22)),
        compose(letter_id=bytes(16)),
        compose(signatory=Signatory("Lurah", "ORANG LAIN")),
        resized(paper, texts, "a4"),
    ]

    digests = {letter.digest(*pair) for pair in [(paper, texts), *variants]}

    assert len(digests) == len(variants) + 1


def test_a_letter_whose_text_is_missing_or_changed_is_refused(compose: Compose) -> None:
    paper, texts = compose()
    changed = texts | {paper.template: texts[paper.template].replace("benar", "tidak")}

    for given in ({}, changed):
        with pytest.raises(Refused) as refused:
            letter.render(paper, given, logo=None, qr=None, mark=None)
        assert refused.value.problems[0].code == "paper_text_missing"


def test_a_pdf_is_made_for_the_archive_and_dated_as_the_letter(compose: Compose) -> None:
    pdf = letter.render(*compose(date=dt.date(2027, 2, 3)), logo=None, qr=None, mark=None)

    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    with opened(pdf) as document:
        assert document.get_metadata_value("CreationDate").startswith("D:20270203")


def test_a_person_is_nowhere_in_the_description_of_the_document(compose: Compose) -> None:
    with opened(letter.render(*compose(), logo=None, qr=None, mark=None)) as document:
        described = " ".join(document.get_metadata_dict().values())

    assert "Kelurahan Sukamaju" in described
    assert "SITI" not in described


@pytest.mark.parametrize("made", [mark.draft(), mark.void(), mark.practice()])
def test_a_sheet_that_nobody_vouches_for_says_so_and_has_no_code(
    compose: Compose, read: Read, made: Mark
) -> None:
    text = read(letter.render(*compose(), logo=None, qr=CODE, mark=made))

    assert made.text in text
    assert "Terdaftar di buku register" not in text
    assert text.count("400.12.2.1/123/SM/XI/2026") == 1


def test_a_copy_is_counted_and_keeps_its_code(compose: Compose, read: Read) -> None:
    text = read(letter.render(*compose(), logo=None, qr=CODE, mark=mark.copy(2)))

    assert "SALINAN ke-2" in text
    assert "Terdaftar di buku register" in text


def test_a_draft_has_no_number_yet(compose: Compose, read: Read) -> None:
    paper, texts = compose(number="", letter_id=b"")

    text = read(letter.render(paper, texts, logo=None, qr=None, mark=mark.draft()))

    assert "Nomor: ......" in text


def test_the_printed_code_is_the_code(compose: Compose) -> None:
    dpi = 300
    pdf = letter.render(*compose(), logo=None, qr=CODE, mark=None)
    matrix = [bytes(row) for row in segno.make_qr(CODE, error="m", boost_error=False).matrix]
    with opened(pdf) as document:
        bitmap = document[0].render(scale=dpi / 72, grayscale=True)
    pixels, stride, height = bytes(bitmap.buffer), bitmap.stride, bitmap.height

    def dark(x: float, y: float) -> bool:
        return bool(pixels[round(y) * stride + round(x)] < 128)

    module = 0.42 * dpi / 25.4
    left = 30 * dpi / 25.4  # the margin: the code's own border stands outside of it
    # The finder's left edge is the first dark line of seven modules; no letter is as tall.
    top = next(
        y
        for y in range(height // 2, height)
        if all(dark(left + module / 2, y + step) for step in range(round(6.8 * module)))
    )
    printed = [
        bytes(
            dark(left + (column + 0.5) * module, top + (row + 0.5) * module)
            for column in range(len(matrix))
        )
        for row in range(len(matrix))
    ]

    assert printed == matrix


def test_hostile_text_prints_as_it_is(compose: Compose, read: Read) -> None:
    paper, texts = compose(
        answers={"nama": HOSTILE, "keperluan": HOSTILE}, signatory=Signatory("Lurah", HOSTILE)
    )

    pdf = letter.render(paper, texts, logo=None, qr=CODE, mark=None)

    assert read(pdf).count(HOSTILE) == 3
    assert pages(pdf) == 1


def test_what_no_font_has_shows_as_a_box_and_refuses_nothing(compose: Compose, read: Read) -> None:
    paper, texts = compose(answers={"nama": "SITI 😀 محمد\x07"})

    assert "SITI 😀 □□□□□" in read(letter.render(paper, texts, logo=None, qr=None, mark=None))


@pytest.mark.parametrize("long", [" ".join(["NAMA"] * 20), "W" * 100, "M" * 99 + "é"])
def test_long_names_fit_on_the_one_sheet(compose: Compose, long: str) -> None:
    answers = {"nama": long, "alamat": long, "alamat_tinggal": long, "nama_pemilik": long}
    paper, texts = compose(answers=answers, signatory=Signatory("Lurah", long, nip="1" * 18))
    pdf = letter.render(paper, texts, logo=None, qr=CODE, mark=None)

    with opened(pdf) as document:
        assert len(document) == 1
        page = document[0].get_textpage()
        signs = page.get_text_range()
        edges = [page.get_charbox(at) for at, sign in enumerate(signs) if not sign.isspace()]
    assert min(left for left, _, _, _ in edges) >= 25 * MM - 1
    assert max(right for _, _, right, _ in edges) <= (215 - 20) * MM + 1
    assert min(bottom for _, bottom, _, _ in edges) >= 18 * MM - 1


def test_a_letter_too_long_for_one_sheet_counts_its_sheets(compose: Compose, read: Read) -> None:
    paper, texts = compose(answers={"keperluan": "keperluan yang panjang " * 110})

    pdf = letter.render(paper, texts, logo=None, qr=CODE, mark=None)

    assert pages(pdf) == 2
    assert "Halaman 1 dari 2" in read(pdf)
    assert len(letter.pictures(paper, texts, logo=None, qr=CODE, mark=None, ppi=20)) == 2
    with opened(pdf) as document:
        last = document[1].get_textpage().get_text_range()
    assert "Demikian" in last  # the signature is not left alone


@pytest.mark.parametrize("logo", [None, b"", b"<svg", b"\x89PNG broken", b"no picture"])
def test_a_letter_prints_without_a_usable_logo(
    compose: Compose, read: Read, logo: bytes | None
) -> None:
    text = read(letter.render(*compose(), logo=logo, qr=CODE, mark=None))

    assert text.startswith("PEMERINTAH KOTA CONTOH")
    assert text.endswith("NIP 197001011995031002")


def test_a_logo_is_drawn(compose: Compose, region: Region) -> None:
    with_logo = letter.render(*compose(), logo=region.logo, qr=None, mark=None)
    without = letter.render(*compose(), logo=None, qr=None, mark=None)

    assert with_logo != without


def test_a_signature_on_behalf_names_both_offices(compose: Compose, read: Read) -> None:
    secretary = Signatory("Sekretaris Kelurahan", "SRI WAHYUNI, S.Sos.", on_behalf="Lurah")

    text = read(letter.render(*compose(signatory=secretary), logo=None, qr=None, mark=mark.draft()))

    assert "a.n. Lurah Sukamaju Sekretaris Kelurahan, SRI WAHYUNI, S.Sos." in text
    assert "NIP" not in text


def test_a_nik_that_is_to_follow_is_said_to_follow(compose: Compose, read: Read) -> None:
    paper, texts = compose(answers={"nik": None})

    text = read(letter.render(paper, texts, logo=None, qr=None, mark=None))

    assert "NIK : belum ada (menyusul)" in text


def test_a_picture_is_a_png_of_the_asked_resolution(compose: Compose) -> None:
    (picture,) = letter.pictures(*compose(), logo=None, qr=CODE, mark=None, ppi=50.8)

    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 430
    assert int.from_bytes(picture[20:24], "big") == 660


def test_a_paper_is_plain_data(compose: Compose) -> None:
    def shapes(value: Any) -> set[type]:
        if isinstance(value, dict):
            return {dict}.union(*(shapes(item) for item in value.values()))
        return {type(value)}

    paper, _ = compose("tidak_mampu", {"penghasilan": 1500000, "untuk_sekolah": False})

    assert shapes(paper.data) == {dict, str}
