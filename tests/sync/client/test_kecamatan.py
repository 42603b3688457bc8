"""A letter that the camat signs too travels kelurahan, kecamatan and back, over a real server."""

from collections.abc import Callable

import pypdfium2
import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.protocol.ties import SECOND
from sync.server import finding, offices
from sync.server import records as register
from sync.server.city import City
from sync.store import letters, numbers, read, records
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.client.road import LETTER, filled, go

Enrol = Callable[..., Store]
HEIRS = "letters/surat_pernyataan_ahli_waris"


@pytest.fixture
def kelurahan(desk: Enrol) -> Store:
    return desk("Rina")


@pytest.fixture
def kecamatan(city: City, desk: Enrol) -> Store:
    area = city.region.areas.first(city.region.code, "kecamatan")
    offices.add(city, Office(b"", "KEC-1", "kecamatan", "Kecamatan Satu", area), "test")
    return desk("Camat Hadi", office="KEC-1")


@pytest.fixture
def letter(kelurahan: Store, kecamatan: Store) -> bytes:
    """A letter that both desks have, waiting for the camat."""
    saved = records.new(kelurahan, HEIRS, filled(kelurahan, HEIRS), issue=True)
    go(kelurahan)
    go(kecamatan)
    return saved.record


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def year(store: Store) -> int:
    return store.date(store.now()).year


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)  # type: ignore[no-untyped-call] # ships no types
    return str(document[0].get_textpage().get_text_range())


def test_the_kecamatan_sees_the_letter_and_may_sign_it_or_send_it_back(
    kelurahan: Store, kecamatan: Store, letter: bytes
) -> None:
    there, here = read.record(kecamatan, letter), read.record(kelurahan, letter)

    assert (there.state, there.number, there.office) == ("issued", here.number, here.office)
    assert read.actions(kecamatan, there) == ("countersign", "return")
    assert not {"countersign", "return"} & set(read.actions(kelurahan, here))
    assert not read.may_edit(kecamatan, there)
    assert [found.id for found in read.listing(kecamatan, HEIRS)] == [letter]


def test_the_second_signature_comes_back_and_is_printed(
    city: City, kelurahan: Store, kecamatan: Store, letter: bytes
) -> None:
    first = letters.pdf(kelurahan, letter)
    saved = records.move(kecamatan, letter, "countersign")
    assert saved.state == "countersigned"
    go(kecamatan)
    go(kelurahan)

    here = read.record(kelurahan, letter)
    printed, again = letters.pdf(kelurahan, letter), letters.pdf(kelurahan, letter)

    assert here.register is not None
    assert here.number is not None
    assert (here.state, here.register.series, here.register.position) == (
        "countersigned",
        SECOND,
        1,
    )
    assert here.number.series != SECOND
    text = words(printed.data)
    for said in (here.number.text, here.register.text, "Camat Hadi"):
        assert said in text
    assert "Camat Hadi" not in words(first.data)
    assert (first.copy, printed.copy, again.copy) == (0, 0, 1)
    assert letters.pdf(kecamatan, letter).copy == 1
    found = finding.by_qr(city, letters.qr_text(kelurahan, letter))
    assert found.status == "genuine"
    assert found.letter is not None
    assert found.letter.second is not None
    assert found.letter.second.number == here.register.text
    for store in (kelurahan, kecamatan):
        assert verify(store) == []


def test_each_office_keeps_its_own_register(
    city: City, kelurahan: Store, kecamatan: Store, letter: bytes
) -> None:
    records.move(kecamatan, letter, "countersign")
    go(kecamatan)
    go(kelurahan)

    taken = numbers.explain(kecamatan, SECOND, year(kecamatan))
    assert [(one.state, one.record) for one in taken[:1]] == [("issued", letter)]
    assert {one.state for one in taken[1:]} == {"leased"}
    assert numbers.explain(kelurahan, SECOND, year(kecamatan)) == []
    series = numbers.series_of(kelurahan.catalogue.form(HEIRS), kelurahan.region)
    assert all(one.record == b"" for one in numbers.explain(kecamatan, series, year(kecamatan)))
    assert register.explain(city, "KEC-1", SECOND, year(kecamatan))[0].record == letter


def test_a_register_that_has_run_out_is_asked_for_and_signing_goes_on(
    kelurahan: Store, kecamatan: Store, letter: bytes
) -> None:
    with kecamatan.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET next = high + 1 WHERE series = ?", (SECOND,))
        assert (SECOND, year(kecamatan)) in numbers.wanted(kecamatan, conn)

    records.move(kecamatan, letter, "countersign")

    made = read.record(kecamatan, letter)
    assert made.register is not None
    assert made.register.provisional
    go(kecamatan)
    go(kelurahan)
    assert made.register.text in words(letters.pdf(kelurahan, letter).data)


def test_what_is_sent_back_says_why_and_can_be_signed_later(
    kelurahan: Store, kecamatan: Store, letter: bytes
) -> None:
    with pytest.raises(Refused) as error:
        records.move(kecamatan, letter, "return")
    assert codes(error) == ["reason_missing"]
    records.move(kecamatan, letter, "return", reason="Akta kematian belum dilampirkan")
    go(kecamatan)
    go(kelurahan)

    last = read.history(kelurahan, letter)[-1]
    assert (last.act, last.reason) == ("return", "Akta kematian belum dilampirkan")
    records.move(kelurahan, letter, "ready")
    go(kelurahan)
    go(kecamatan)
    assert records.move(kecamatan, letter, "countersign").state == "countersigned"


@pytest.mark.parametrize("action", ["void", "ready", "hand_over"])
def test_nothing_else_is_the_kecamatans_to_do(kecamatan: Store, letter: bytes, action: str) -> None:
    with pytest.raises(Refused) as error:
        records.move(kecamatan, letter, action, reason="Sebab")

    assert codes(error) == ["action_elsewhere"]


def test_the_kecamatan_changes_no_answer_and_begins_no_such_letter(
    kecamatan: Store, letter: bytes
) -> None:
    with pytest.raises(Refused) as edited:
        records.edit(kecamatan, letter, {"nama": "ORANG LAIN"})
    with pytest.raises(Refused) as begun:
        records.new(kecamatan, HEIRS, {})

    assert codes(edited) == codes(begun) == ["not_in_scope"]


def test_a_correction_names_the_letter_that_it_corrects_and_why(
    city: City, kelurahan: Store
) -> None:
    answers = filled(kelurahan, LETTER)
    wrong = records.new(kelurahan, LETTER, answers, issue=True)
    with pytest.raises(Refused) as error:
        records.new(kelurahan, LETTER, answers, replaces=wrong.record)
    assert codes(error) == ["reason_missing"]

    right = records.new(
        kelurahan, LETTER, answers, replaces=wrong.record, reason="Salah alamat", issue=True
    )

    go(kelurahan)
    assert read.record(kelurahan, right.record).replaces == wrong.record
    found = finding.by_qr(city, letters.qr_text(kelurahan, wrong.record))
    assert right.number is not None
    assert (found.status, found.replaced_by) == ("superseded", right.number.text)


def test_only_an_issued_letter_is_corrected(kelurahan: Store) -> None:
    answers = filled(kelurahan, LETTER)
    draft = records.new(kelurahan, LETTER, answers)

    with pytest.raises(Refused) as error:
        records.new(kelurahan, LETTER, answers, replaces=draft.record, reason="Salah alamat")

    assert codes(error) == ["letter_not_issued"]
