from typing import Any

import pytest

from forms.engine.problem import Refused
from forms.paper import letter
from sync.crypto import letter as seals
from sync.store import letters, operators, read, records, texts
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, OPERATOR, RESIDENT, City, Desk

Answers = dict[str, Any]


@pytest.fixture
def issued(store: Store, business: Answers) -> records.Saved:
    return records.new(store, LETTER, business, issue=True)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the paper room was asked to print, beside printing it."""
    asked: list[dict[str, Any]] = []
    render = letter.render

    def recording(paper: letter.Paper, cited: dict[str, str], **dress: Any) -> bytes:
        asked.append({"paper": paper, **dress})
        return render(paper, cited, **dress)

    monkeypatch.setattr(letter, "render", recording)
    return asked


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def test_the_first_print_is_the_original_and_each_later_one_a_counted_copy(
    store: Store, issued: records.Saved, shown: list[dict[str, Any]]
) -> None:
    prints = [letters.pdf(store, issued.record) for _ in range(3)]

    assert [one.copy for one in prints] == [0, 1, 2]
    assert prints[0].data.startswith(b"%PDF")
    assert prints[0].pages == 1
    assert [one["mark"] and one["mark"].text for one in shown] == [
        None,
        "SALINAN ke-1",
        "SALINAN ke-2",
    ]
    assert len({one["qr"] for one in shown}) == 1


def test_a_preview_counts_nothing_and_is_what_the_next_print_will_be(
    store: Store, issued: records.Saved
) -> None:
    before = letters.pdf(store, issued.record, preview=True)
    original = letters.pdf(store, issued.record)
    after = letters.pdf(store, issued.record, preview=True)

    assert before.copy is None
    assert before.data == original.data
    assert after.data == letters.pdf(store, issued.record).data


def test_before_it_is_issued_a_letter_is_a_draft_without_a_code(
    store: Store, business: Answers, shown: list[dict[str, Any]]
) -> None:
    saved = records.new(store, LETTER, business)

    with pytest.raises(Refused) as refusal:
        letters.pdf(store, saved.record)
    letters.pdf(store, saved.record, preview=True)

    assert code_of(refusal) == "letter_not_issued"
    assert shown[-1]["qr"] is None
    assert shown[-1]["mark"].kind == "draft"


def test_a_void_letter_says_so_and_is_counted_no_more(
    store: Store, issued: records.Saved, shown: list[dict[str, Any]]
) -> None:
    letters.pdf(store, issued.record)
    records.move(store, issued.record, "void", reason="Salah orang")

    printed = letters.pdf(store, issued.record)

    assert printed.copy is None
    assert shown[-1]["mark"].kind == "void"


def test_the_code_vouches_for_what_was_printed(
    store: Store, city: City, issued: records.Saved, shown: list[dict[str, Any]]
) -> None:
    letters.pdf(store, issued.record)

    checked = seals.check(
        letters.qr_text(store, issued.record), {store.region.code: city.keys.public().root}
    )

    paper = shown[0]["paper"]
    with store.read() as conn:
        cited = texts.get(conn, (paper.template, paper.head))
    assert checked.claims.digest == letter.digest(paper, cited)[: seals.DIGEST_BYTES]
    assert issued.number is not None
    assert checked.claims.number == issued.number.text
    assert checked.office == store.office.name


def test_what_was_issued_stays_as_it_was_when_the_person_moves(
    store: Store, issued: records.Saved, shown: list[dict[str, Any]]
) -> None:
    letters.pdf(store, issued.record)
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE operator SET name = 'Orang Lain'")

    letters.pdf(store, issued.record)

    assert shown[0]["paper"] == shown[1]["paper"]


def test_the_operator_signs_with_name_and_title_of_their_record(
    desk: Desk, store: Store, business: Answers
) -> None:
    assert _signatory(store).name == OPERATOR
    assert _signatory(store).title == store.region.terms["head_kelurahan"]

    signed = {"nama_lengkap": "Rahayu Kanari, S.Sos.", "jabatan": "Sekretaris", "nip": "1" * 18}
    operators.describe(store, OPERATOR, signed)

    assert _signatory(store).name == "Rahayu Kanari, S.Sos."
    assert _signatory(store).title == "Sekretaris"
    assert _signatory(store).nip == "1" * 18


def _signatory(store: Store) -> letter.Signatory:
    with store.read() as conn:
        return letters.signatory(store, conn)


def test_answers_that_nobody_saved_can_be_drawn(store: Store, business: Answers) -> None:
    (page,) = letters.sketch(store, LETTER, business)

    assert page.startswith(b"\x89PNG")
    assert read.listing(store, LETTER) == []


def test_a_resident_is_no_letter(store: Store, resident: Any) -> None:
    saved = records.new(store, RESIDENT, resident())

    with pytest.raises(Refused) as refusal:
        letters.pdf(store, saved.record)

    assert code_of(refusal) == "no_letter"
