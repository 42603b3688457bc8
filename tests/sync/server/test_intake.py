"""A batch is taken whole or not at all, once, and one bad change holds up nothing else."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import func, select

from forms.engine.check import check
from forms.engine.problem import Refused
from sync.crypto import envelope
from sync.crypto.keys import DeviceKeys
from sync.protocol import wire
from sync.protocol.header import Envelope
from sync.server import administration, devices, intake, records, revocation, scope, tables, verify
from sync.server.city import City
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def rows(city: City) -> dict[str, int]:
    with city.database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables.metadata.sorted_tables
        }


def test_a_batch_is_applied_and_every_change_has_its_verdict_and_row(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    first, second = laptop.resident("AHMAD"), laptop.resident("BUDI")

    verdicts = laptop.send(first, second)

    stream = f"{laptop.welcome.office.id.hex()}/residents"
    assert [(v.seq, v.verdict, v.stream, v.row) for v in verdicts] == [
        (1, "applied", stream, 1),
        (2, "applied", stream, 2),
    ]
    assert [r.answers["nama"] for r in records.listing(city, RESIDENT)] == ["AHMAD", "BUDI"]
    assert verify.verify(city) == ()


def test_the_same_batch_twice_is_kept_once_and_answered_alike(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    first = laptop.receipt(laptop.exchange(batch))
    before = rows(city)

    again = laptop.receipt(laptop.exchange(batch))

    assert (again.verdicts, again.received, again.head) == (first.verdicts, 1, laptop.prev)
    assert rows(city) == before


def test_the_same_change_in_another_batch_is_kept_once(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    change = laptop.resident()
    laptop.send(change)

    verdicts = laptop.send(change)

    assert [(v.verdict, v.row) for v in verdicts] == [("applied", 1)]
    assert len(records.listing(city, RESIDENT)) == 1


@pytest.mark.parametrize("part", ["header", "sealed", "signature"])
def test_a_flipped_byte_anywhere_is_refused_and_changes_nothing(
    city: City, enrol: Enrol, part: str
) -> None:
    laptop = enrol()
    whole = wire.decode(laptop.batch(laptop.resident()), Envelope)
    before = rows(city)
    for place in range(0, len(getattr(whole, part)), 7):
        flipped = bytearray(getattr(whole, part))
        flipped[place] ^= 1
        data = wire.encode(msgspec.structs.replace(whole, **{part: bytes(flipped)}))

        with pytest.raises(Refused):
            intake.take(city, data)

    assert rows(city) == before


def test_what_another_device_signed_is_refused(city: City, enrol: Enrol) -> None:
    laptop, stranger = enrol(), DeviceKeys.make()
    laptop.keys = msgspec.structs.replace(laptop.keys, sign=stranger.sign)

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.batch(laptop.resident()))

    assert codes(error) == ["signature_wrong"]


def test_a_batch_that_says_another_place_inside_than_outside_is_refused(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.batch(laptop.resident(), seq=2))

    assert codes(error) == ["batch_header"]


def test_another_batch_under_a_known_number_is_a_fork(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident("ASLI"))
    laptop.batches, laptop.prev = 0, bytes(32)

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.batch(laptop.resident("SALINAN")))

    assert codes(error) == ["batch_fork"]
    assert [r.answers["nama"] for r in records.listing(city, RESIDENT)] == ["ASLI"]


def test_a_batch_that_follows_another_history_is_a_fork(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    laptop.prev = b"x" * 32

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.batch(laptop.resident()))

    assert codes(error) == ["batch_fork"]


def test_after_a_gap_the_receipt_says_how_far_it_has_come(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    first, second = laptop.batch(laptop.resident("A")), laptop.batch(laptop.resident("B"))

    gap = laptop.receipt(laptop.exchange(second))
    filled = laptop.receipt(laptop.exchange(first, second))

    assert (gap.received, gap.head, gap.verdicts) == (0, bytes(32), [])
    assert (filled.received, filled.head) == (2, laptop.prev)
    assert len(filled.verdicts) == 2


def test_a_bad_batch_after_a_good_one_leaves_the_good_one_received(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    good, bad = laptop.batch(laptop.resident()), laptop.batch(laptop.resident())

    receipt = laptop.receipt(laptop.exchange(good, bad[:-1] + bytes([bad[-1] ^ 1])))

    assert receipt.received == 1
    assert [v.verdict for v in receipt.verdicts] == ["applied"]


def test_one_bad_change_does_not_hold_up_the_rest(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    good = [laptop.resident("AHMAD"), laptop.resident("BUDI")]
    bad = laptop.resident("SALAH", nik="123")
    stray = laptop.resident("SALAH", warna_kesukaan="merah")

    verdicts = laptop.send(good[0], bad, stray, good[1])

    assert [(v.verdict, v.code, v.row) for v in verdicts] == [
        ("applied", "", 1),
        ("refused", "nik_length", 0),
        ("refused", "unknown_field", 0),
        ("applied", "", 2),
    ]
    assert len(records.listing(city, RESIDENT)) == 2


def test_a_change_that_breaks_our_own_check_is_quarantined_and_the_rest_goes_on(
    city: City, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = enrol()
    real = check

    def broken(form: object, answers: dict[str, object], *rest: object, **more: object) -> object:
        if answers.get("nama") == "RACUN":
            raise ZeroDivisionError
        return real(form, answers, *rest, **more)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(scope, "check", broken)

    verdicts = laptop.send(laptop.resident(), laptop.resident("RACUN"), laptop.resident())

    assert [v.verdict for v in verdicts] == ["applied", "quarantined", "applied"]
    assert administration.status(city).quarantined == 1
    assert verify.verify(city) == ()


def test_a_role_that_may_not_do_it_is_refused_whatever_the_desk_thought(
    city: City, enrol: Enrol
) -> None:
    auditor, clerk = enrol(role="auditor"), enrol(role="petugas")
    answers = {"nama_lengkap": "Dewi"}
    edit = clerk.change("office/operator", "edit", record=clerk.operator, answers=answers)

    assert [(v.verdict, v.code) for v in auditor.send(auditor.resident())] == [
        ("refused", "role_missing")
    ]
    assert [(v.verdict, v.code) for v in clerk.send(edit)] == [("refused", "role_missing")]


def test_a_change_in_the_name_of_nobody_is_refused(city: City, enrol: Enrol) -> None:
    laptop = enrol()

    verdicts = laptop.send(laptop.change(RESIDENT, "new", operator=b"?" * 16))

    assert [(v.verdict, v.code) for v in verdicts] == [("refused", "operator_unknown")]


def test_a_change_in_the_name_of_another_device_is_refused(city: City, enrol: Enrol) -> None:
    laptop, other = enrol(), enrol()

    verdicts = laptop.send(other.resident())

    assert [(v.verdict, v.code) for v in verdicts] == [("refused", "author_wrong")]


def test_another_offices_record_cannot_be_changed(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")
    record = ours.resident("AHMAD")
    ours.send(record)

    verdicts = theirs.send(theirs.edit(record, nama="HASAN"))

    assert [(v.verdict, v.code) for v in verdicts] == [("refused", "not_in_scope")]
    assert [r.answers["nama"] for r in records.listing(city, RESIDENT)] == ["AHMAD"]


def test_an_operator_of_another_office_cannot_act_here(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")

    verdicts = ours.send(ours.change(RESIDENT, "new", operator=theirs.operator))

    assert [(v.verdict, v.code) for v in verdicts] == [("refused", "operator_unknown")]


def test_an_unknown_service_is_refused_by_name(city: City, enrol: Enrol) -> None:
    laptop = enrol()

    verdicts = laptop.send(laptop.change("letters/surat_sakti", "new"))

    assert [(v.verdict, v.code) for v in verdicts] == [("refused", "service_unknown")]


def test_a_field_of_a_later_form_is_kept_as_it_came(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    answers = {"nama": "AHMAD", "golongan_darah_rhesus": "+"}

    verdicts = laptop.send(laptop.change(RESIDENT, "new", version=2, answers=answers))

    assert [v.verdict for v in verdicts] == ["applied"]
    assert records.listing(city, RESIDENT)[0].answers == answers


def test_a_revoked_device_is_refused(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    revocation.revoke(city, laptop.device, "Dewi Lestari")

    with pytest.raises(Refused) as error:
        laptop.exchange(laptop.batch(laptop.resident()))

    assert codes(error) == ["device_revoked"]
    assert [d.revoked for d in devices.listing(city)] == [True]


def test_a_batch_of_too_many_changes_is_refused(
    city: City, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = enrol()
    monkeypatch.setattr(intake, "CHANGES_MAX", 2)
    changes = [laptop.resident() for _ in range(3)]

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.batch(*changes))

    assert codes(error) == ["batch_too_many"]


def test_a_message_of_another_kind_is_no_batch(city: City, enrol: Enrol) -> None:
    with pytest.raises(Refused) as error:
        intake.take(city, enrol().ask())

    assert codes(error) == ["envelope_kind"]


def test_a_batch_sealed_to_another_server_is_refused(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    letter = envelope.read(laptop.batch(laptop.resident()))
    header = msgspec.structs.replace(letter.header, reader=b"elsewher")

    with pytest.raises(Refused) as error:
        intake.take(city, laptop.seal(header, b"x"))

    assert codes(error) == ["key_gone"]
