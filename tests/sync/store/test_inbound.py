import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.protocol.change import EDIT, NEW, STATE, Body, Change, Number, named
from sync.protocol.lease import Lease
from sync.protocol.receipt import Verdict
from sync.protocol.stream import Signed
from sync.store import inbound, outbox, pages, read, records, status
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import RESIDENT, START, City, Told, count_of

Answers = dict[str, Any]
Resident = Callable[..., Answers]

AFAR = os.urandom(16)  # another device of the office
AFAR_LIFE = os.urandom(8)


def afar(act: str, answers: Answers, **said: Any) -> Change:
    """A change of another desk."""
    made = Change(
        device=AFAR,
        incarnation=AFAR_LIFE,
        seq=1,
        operator=b"",
        time=START,
        service=RESIDENT,
        version=1,
        act=act,
        record=b"",
        subject=b"",
        base={},
        state="active" if act == NEW else "",
        number=None,
        salt=os.urandom(12),
        body=Body(answers),
    )
    return named(msgspec.structs.replace(made, **said))


def bring(store: Store, city: City, *brought: Signed, **parts: Any) -> inbound.Taken:
    nonce = outbox.ask(store).nonce
    return inbound.take(store, city.answer(store, nonce, pages=list(brought), **parts), nonce)


def tell(store: Store, city: City, *told: Told, group: str = "residents") -> inbound.Taken:
    return bring(store, city, city.page(group, told))


def applied(*changes: Change) -> Sequence[Told]:
    return [(change, "applied", "") for change in changes]


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def test_a_record_of_another_desk_can_be_found_here(
    store: Store, city: City, resident: Resident
) -> None:
    change = afar(NEW, resident(nama="MEGA LESTARI"))

    taken = tell(store, city, *applied(change))

    assert taken.rows == 1
    (found,) = read.find(store, "mega les")
    assert (found.id, found.sync, found.state) == (change.id, "received", "active")
    assert verify(store) == []


def test_an_edit_of_another_desk_changes_its_groups_alone(
    store: Store, city: City, resident: Resident
) -> None:
    begun = afar(NEW, resident(telepon="081111111111"))
    edit = afar(EDIT, {"telepon": None}, record=begun.id, base={"telepon": begun.id}, seq=2)

    tell(store, city, *applied(begun, edit))

    answers = read.record(store, begun.id).answers
    assert answers == {k: v for k, v in begun.body.answers.items() if k != "telepon"}


def test_our_edit_stays_on_top_of_what_comes_until_the_stream_has_passed_it(
    store: Store, city: City, resident: Resident
) -> None:
    begun = afar(NEW, resident())
    tell(store, city, *applied(begun))
    records.edit(store, begun.id, {"telepon": "082222222222"})
    theirs = afar(EDIT, {"pekerjaan": "1"}, record=begun.id, base={"pekerjaan": begun.id}, seq=2)

    tell(store, city, *applied(theirs))

    answers = read.record(store, begun.id).answers
    assert answers["telepon"] == "082222222222"
    assert answers["pekerjaan"] == "1"
    assert count_of(store, "mirror") == 1
    assert verify(store) == []

    city.agree(store)
    assert read.record(store, begun.id).answers == answers
    assert count_of(store, "mirror") == 0
    assert verify(store) == []


def test_a_receipt_alone_drops_nothing(store: Store, city: City, resident: Resident) -> None:
    name = records.new(store, RESIDENT, resident()).record
    (frozen,) = outbox.freeze(store)
    city.open(frozen.envelope, store)

    bring(store, city, receipt=city.receipt(store))

    assert status.status(store).pending == 0
    assert read.record(store, name).sync == "received"
    assert [event.pending for event in read.history(store, name)] == [True]


def test_a_conflict_shows_the_present_value_and_waits_for_a_person(
    store: Store, city: City, resident: Resident
) -> None:
    begun = afar(NEW, resident())
    tell(store, city, *applied(begun))
    records.edit(store, begun.id, {"telepon": "082222222222"})
    theirs = afar(
        EDIT, {"telepon": "083333333333"}, record=begun.id, base={"telepon": begun.id}, seq=2
    )
    tell(store, city, *applied(theirs))

    city.agree(store, verdict="conflict", code="groups:telepon")

    shown = read.record(store, begun.id)
    assert shown.answers["telepon"] == "083333333333"
    assert shown.sync == "conflict"
    assert status.status(store).conflicts == 1
    assert [one.id for one in read.troubled(store)] == [begun.id]
    assert verify(store) == []


def test_of_a_conflict_the_other_groups_are_taken_over(
    store: Store, city: City, resident: Resident
) -> None:
    begun = afar(NEW, resident())
    both = afar(
        EDIT,
        {"telepon": "083333333333", "pekerjaan": "1"},
        record=begun.id,
        base={"telepon": begun.id, "pekerjaan": begun.id},
        seq=2,
    )

    tell(store, city, (begun, "applied", ""), (both, "conflict", "groups:pekerjaan"))

    answers = read.record(store, begun.id).answers
    assert answers["telepon"] == "083333333333"
    assert answers["pekerjaan"] == begun.body.answers["pekerjaan"]


def test_a_refused_change_stays_on_the_record_until_it_is_mended(
    store: Store, city: City, resident: Resident
) -> None:
    name = records.new(store, RESIDENT, resident()).record
    city.agree(store)
    records.edit(store, name, {"telepon": "082222222222"})
    (frozen,) = outbox.freeze(store)
    city.open(frozen.envelope, store)
    seq = count_of(store, "change WHERE seq IS NOT NULL")
    refused = Verdict(seq, "refused", "rule_failed")

    bring(store, city, receipt=city.receipt(store, [refused]))

    shown = read.record(store, name)
    assert shown.sync == "to_fix"
    assert shown.answers["telepon"] == "082222222222"
    assert status.status(store).to_fix == 1
    assert read.history(store, name)[-1].code == "rule_failed"
    assert verify(store) == []

    records.edit(store, name, {"telepon": "083333333333"})
    city.agree(store)
    assert read.record(store, name).sync == "received"
    assert status.status(store).to_fix == 0
    assert verify(store) == []


def test_a_refused_step_leaves_the_record_in_the_state_that_the_city_says(
    store: Store, city: City, resident: Resident
) -> None:
    name = records.new(store, RESIDENT, resident()).record
    city.agree(store)
    records.move(store, name, "move_out", reason="pindah kota")
    (frozen,) = outbox.freeze(store)
    city.open(frozen.envelope, store)
    seq = count_of(store, "change WHERE seq IS NOT NULL")

    bring(store, city, receipt=city.receipt(store, [Verdict(seq, "refused", "role_missing")]))

    assert read.record(store, name).state == "active"
    assert read.record(store, name).sync == "to_fix"
    assert read.history(store, name)[-1].code == "role_missing"
    assert verify(store) == []


def test_a_page_twice_changes_nothing(store: Store, city: City, resident: Resident) -> None:
    page = city.page("residents", applied(afar(NEW, resident())))
    bring(store, city, page)
    before = count_of(store, "change")

    assert bring(store, city, page).rows == 0
    assert count_of(store, "change") == before
    assert count_of(store, "page") == 2  # the office's own and this one


def test_a_page_that_overlaps_gives_only_what_is_new(
    store: Store, city: City, resident: Resident
) -> None:
    first, second = afar(NEW, resident()), afar(NEW, resident(), seq=2)
    before = dict(city.heads)
    bring(store, city, city.page("residents", applied(first)))
    city.heads = before
    whole = city.page("residents", applied(first, second))

    assert bring(store, city, whole).rows == 1
    assert read.record(store, second.id).state == "active"
    assert verify(store) == []


def test_a_gap_is_refused(store: Store, city: City, resident: Resident) -> None:
    city.page("residents", applied(afar(NEW, resident())))

    with pytest.raises(Refused) as refusal:
        tell(store, city, *applied(afar(NEW, resident(), seq=2)))

    assert code_of(refusal) == "page_gap"


def test_another_history_is_found_by_its_chain(
    store: Store, city: City, resident: Resident
) -> None:
    tell(store, city, *applied(afar(NEW, resident())))
    stream = city.stream("residents")
    city.heads[stream] = (1, hashlib.sha256(b"a city that was put back").digest())

    with pytest.raises(Refused) as refusal:
        tell(store, city, *applied(afar(NEW, resident(), seq=2)))

    assert code_of(refusal) == "page_chain"


def test_a_page_that_another_signed_is_refused(
    store: Store, city: City, resident: Resident
) -> None:
    page = city.page("residents", applied(afar(NEW, resident())))
    flipped = bytes([page.signature[0] ^ 1]) + page.signature[1:]

    with pytest.raises(Refused) as refusal:
        bring(store, city, msgspec.structs.replace(page, signature=flipped))

    assert code_of(refusal) == "signature_wrong"
    assert read.listing(store, RESIDENT) == []


def test_a_page_that_cannot_be_read_holds_up_neither_the_receipt_nor_the_other_pages(
    store: Store, city: City, resident: Resident
) -> None:
    before = count_of(store, "record")
    records.new(store, RESIDENT, resident())
    (frozen,) = outbox.freeze(store)
    city.open(frozen.envelope, store)
    strange = City(city.office).page("letters", applied(afar(NEW, resident())))

    with pytest.raises(Refused) as refusal:
        bring(
            store,
            city,
            strange,
            city.page("residents", applied(afar(NEW, resident()))),
            receipt=city.receipt(store),
        )

    assert code_of(refusal) == "signature_wrong"
    assert status.status(store).pending == 0
    assert count_of(store, "record") == before + 2


def test_a_flipped_byte_of_an_answer_is_refused(store: Store, city: City) -> None:
    nonce = outbox.ask(store).nonce
    answer = bytearray(city.answer(store, nonce))
    answer[len(answer) // 2] ^= 1

    with pytest.raises(Refused):
        inbound.take(store, bytes(answer), nonce)


def test_an_answer_that_was_not_asked_for_is_refused(store: Store, city: City) -> None:
    nonce = outbox.ask(store).nonce
    for answered, expected in ((os.urandom(16), nonce), (os.urandom(16), None)):
        with pytest.raises(Refused) as refusal:
            inbound.take(store, city.answer(store, answered), expected)
        assert code_of(refusal) == "answer_unasked"

    inbound.take(store, city.answer(store, nonce))


def test_a_receipt_for_a_batch_we_never_sealed_begins_a_new_life(
    store: Store, city: City, resident: Resident
) -> None:
    records.new(store, RESIDENT, resident())
    (frozen,) = outbox.freeze(store)
    city.open(frozen.envelope, store)
    header, _, batch = city.received[-1]
    city.received[-1] = (header, os.urandom(32), batch)
    before, signed = store.desk, city.receipt(store)

    assert bring(store, city, receipt=signed).healing

    assert store.desk.device == before.device
    assert store.desk.incarnation != before.incarnation
    assert status.status(store).pending == 1
    assert bring(store, city, receipt=signed).verdicts == 0  # an earlier life's: old news
    (anew,) = outbox.freeze(store)
    assert (anew.seq, anew.id == frozen.id) == (1, False)


def test_an_old_receipt_takes_nothing_back(store: Store, city: City, resident: Resident) -> None:
    records.new(store, RESIDENT, resident())
    city.agree(store)
    old = city.receipt(store)
    records.new(store, RESIDENT, resident())
    city.agree(store)

    bring(store, city, receipt=old)

    assert status.status(store).pending == 0


def test_granted_leases_can_be_used(store: Store, city: City) -> None:
    desk = store.desk
    lease = Lease(
        os.urandom(16), desk.office.id, "surat", 2027, 1, 500, desk.device, desk.incarnation
    )

    bring(store, city, city.page("office", leases=[lease]), leases=[lease])

    with store.read() as conn:
        row = conn.exec_driver_sql("SELECT low, high, next FROM lease WHERE year = 2027").one()
    assert tuple(row) == (1, 500, 1)


def test_a_text_must_be_what_its_name_says(store: Store, city: City) -> None:
    with pytest.raises(Refused) as refusal:
        bring(store, city, texts={hashlib.sha256(b"a").hexdigest(): "b"})

    assert code_of(refusal) == "text_digest"


def test_two_papers_under_one_number_are_both_kept_and_put_before_a_person(
    store: Store, city: City, business: Answers
) -> None:
    service = "letters/surat_keterangan_usaha"
    ours = records.new(store, service, business, issue=True)
    number = Number("surat", 2026, 1, ours.number.text if ours.number else "")
    begun = afar(NEW, business, service=service, state="received")
    issue = afar(
        "issue",
        {},
        service=service,
        record=begun.id,
        state="issued",
        number=number,
        base={STATE: begun.id},
        seq=2,
    )

    tell(store, city, (begun, "applied", ""), (issue, "applied", "number_taken"), group="letters")

    assert status.status(store).conflicts == 1
    assert [problem.code for problem in verify(store)] == ["number_doubled"]


def test_a_page_longer_than_a_slice_is_applied_whole(
    store: Store, city: City, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SLICE", 3)
    changes = [afar(NEW, resident(), seq=seq) for seq in range(1, 9)]

    tell(store, city, *applied(*changes))

    assert [one.id for one in read.listing(store, RESIDENT)] == [c.id for c in changes]
    assert verify(store) == []


def test_a_crash_between_slices_is_gone_on_from(
    store: Store, city: City, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SLICE", 3)
    changes = [afar(NEW, resident(), seq=seq) for seq in range(1, 9)]
    page = city.page("residents", applied(*changes))
    apply, calls = pages.follow, iter(range(9))

    def failing(*args: Any) -> None:
        if next(calls) == 1:
            raise RuntimeError
        apply(*args)

    monkeypatch.setattr(pages, "follow", failing)
    with pytest.raises(RuntimeError):
        bring(store, city, page)
    assert len(read.listing(store, RESIDENT)) == 3

    assert bring(store, city, page).rows == 5
    assert len(read.listing(store, RESIDENT)) == 8
    assert verify(store) == []
