"""A letter that the camat signs too goes to the kecamatan and back; streams hide nothing."""

import copy
from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import select

from forms.engine.form import Form
from forms.engine.region import Office
from forms.engine.rule import Rule
from sync.protocol import columns
from sync.protocol.change import STATE, Change, Number
from sync.protocol.stream import Fate
from sync.protocol.ties import SECOND
from sync.server import offices, records, tables, verify
from sync.server.city import City
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import HEIRS, LETTER, Laptop

Enrol = Callable[..., Laptop]
KECAMATAN = Office(b"", "kec-a", "kecamatan", "Kecamatan A", "99.71.01")
ELSEWHERE = Office(b"", "kec-b", "kecamatan", "Kecamatan B", "99.71.02")


@pytest.fixture
def form(city: City) -> Form:
    return city.catalogue.form(HEIRS)


@pytest.fixture
def kelurahan(city: City, enrol: Enrol) -> Laptop:
    return enrol("kel-a")


@pytest.fixture
def kecamatan(city: City, enrol: Enrol) -> Laptop:
    for office in (KECAMATAN, ELSEWHERE):
        offices.add(city, office, ADMINISTRATOR)
    return enrol("kec-a")


@pytest.fixture
def issued(city: City, form: Form, kelurahan: Laptop, kecamatan: Laptop) -> list[Change]:
    """A letter for the camat, from its first word to its number; sent."""
    made = kelurahan.letter({"nama": "AHMAD FAUZI"}, HEIRS)
    made.append(kelurahan.issue(made, form, 1))
    kelurahan.send(*made)
    return made


def told(laptop: Laptop) -> list[tuple[Change, Fate]]:
    """All rows of the letters' stream of a laptop's office."""
    stream = f"{laptop.welcome.office.id.hex()}/letters"
    found: list[tuple[Change, Fate]] = []
    for page in laptop.pages(laptop.exchange()):
        if page.stream == stream:
            found += zip(columns.decode(page.changes), page.fates, strict=True)
    return found


def state(city: City) -> str:
    [record] = records.listing(city, HEIRS)
    return record.state


def test_an_issued_letter_comes_to_its_kecamatan_with_all_that_was_before(
    city: City, issued: list[Change], kecamatan: Laptop, enrol: Enrol
) -> None:
    rows = told(kecamatan)

    assert [change.id for change, _ in rows] == [change.id for change in issued]
    assert [fate.number for _, fate in rows] == [1, 2, 3, 4, 5]
    assert {fate.office for _, fate in rows} == {issued_by(city)}
    assert told(enrol("kec-b")) == []
    assert verify.verify(city) == ()


def issued_by(city: City) -> bytes:
    with city.database.read() as connection:
        return offices.by_code(connection, city.code, "kel-a")


def test_a_draft_stays_in_its_office(city: City, kelurahan: Laptop, kecamatan: Laptop) -> None:
    kelurahan.send(*kelurahan.letter({"nama": "AHMAD"}, HEIRS))

    assert told(kecamatan) == []


def test_a_letter_without_the_camat_stays_in_its_office(
    city: City, kelurahan: Laptop, kecamatan: Laptop
) -> None:
    made = kelurahan.letter({"nama": "AHMAD"})
    kelurahan.send(*made, kelurahan.issue(made, city.catalogue.form(LETTER), 1))

    assert told(kecamatan) == []


@pytest.mark.parametrize(("nama", "rows"), [("AHMAD", 5), ("BUDI", 0)])
def test_a_rule_may_say_which_letters_the_camat_signs(
    city: City,
    form: Form,
    kelurahan: Laptop,
    kecamatan: Laptop,
    monkeypatch: pytest.MonkeyPatch,
    nama: str,
    rows: int,
) -> None:
    ruled = copy.copy(form)
    assert form.letter is not None
    ruled.letter = msgspec.structs.replace(form.letter, camat=Rule("nama == 'AHMAD'"))
    monkeypatch.setattr(city.catalogue, "forms", {**city.catalogue.forms, HEIRS: ruled})
    made = kelurahan.letter({"nama": nama}, HEIRS)

    kelurahan.send(*made, kelurahan.issue(made, form, 1))

    assert len(told(kecamatan)) == rows


def test_the_second_signature_goes_back_with_the_kecamatans_own_number(
    city: City, issued: list[Change], kelurahan: Laptop, kecamatan: Laptop
) -> None:
    signed = kecamatan.countersign(issued[-1], 1)

    [verdict] = kecamatan.send(signed)

    assert (verdict.verdict, verdict.code) == ("applied", "")
    assert verdict.stream == f"{kecamatan.welcome.office.id.hex()}/letters"
    assert verdict.row == 6
    for laptop in (kelurahan, kecamatan):
        change, fate = told(laptop)[-1]
        assert (change, fate.office) == (signed, kecamatan.welcome.office.id)
    assert state(city) == "countersigned"
    assert [one.number for one in records.listing(city, HEIRS)] == ["0001/X"]
    assert records.explain(city, "kec-a", SECOND, 2026)[0].text == "0001/KEC"
    assert records.explain(city, "kel-a", "surat", 2026)[0].text == "0001/X"
    assert verify.verify(city) == ()


def test_what_the_kelurahan_does_later_reaches_the_kecamatan_too(
    issued: list[Change], kelurahan: Laptop, kecamatan: Laptop
) -> None:
    void = kelurahan.move(issued[0], "void", "void", issued[-1], reason="Salah nama")

    kelurahan.send(void)

    assert told(kecamatan)[-1][0] == void


def test_the_kecamatan_may_send_a_letter_back_with_a_reason(
    city: City, issued: list[Change], kelurahan: Laptop, kecamatan: Laptop
) -> None:
    back = kecamatan.move(issued[0], "return", "issued", issued[-1], reason="Tanpa akta")
    bare = kecamatan.move(issued[0], "return", "issued", back)

    verdicts = kecamatan.send(back, bare)

    assert [(v.verdict, v.code) for v in verdicts] == [("applied", ""), ("no_effect", "")]
    assert state(city) == "issued"
    assert told(kelurahan)[-2][0].body.reason == "Tanpa akta"


def test_without_a_reason_nothing_is_sent_back(issued: list[Change], kecamatan: Laptop) -> None:
    bare = kecamatan.move(issued[0], "return", "issued", issued[-1])

    [verdict] = kecamatan.send(bare)

    assert (verdict.verdict, verdict.code) == ("refused", "reason_missing")


@pytest.mark.parametrize("act", ["void", "ready", "hand_over", "edit"])
def test_the_kecamatan_may_do_nothing_else(
    city: City, issued: list[Change], kecamatan: Laptop, act: str
) -> None:
    target = {"void": "void", "ready": "ready", "hand_over": "handed_over"}.get(act, "")
    change = kecamatan.move(issued[0], act, target, issued[-1], reason="Sebab")
    if act == "edit":
        change = kecamatan.edit(issued[0], nama="ORANG LAIN")

    [verdict] = kecamatan.send(change)

    assert (verdict.verdict, verdict.code) == ("refused", "not_in_scope")
    assert state(city) == "issued"


def test_a_second_signature_changes_no_answer(
    city: City, issued: list[Change], kecamatan: Laptop
) -> None:
    sly = kecamatan.change(
        HEIRS,
        "countersign",
        record=issued[0].target,
        base={STATE: issued[-1].id, "nama": issued[0].id},
        state="countersigned",
        answers={"nama": "ORANG LAIN"},
        number=Number(SECOND, 2026, 1, "0001/KEC"),
    )

    [verdict] = kecamatan.send(sly)

    assert (verdict.verdict, verdict.code) == ("conflict", "not_in_scope")
    assert [one.answers["nama"] for one in records.listing(city, HEIRS)] == ["AHMAD FAUZI"]


def test_another_kecamatan_has_nothing_to_do_with_it_and_its_paper_is_a_task_of_its_own(
    city: City, issued: list[Change], kelurahan: Laptop, enrol: Enrol
) -> None:
    stranger = enrol("kec-b")
    signed = stranger.countersign(issued[-1], 1)
    before = len(told(kelurahan))

    [verdict] = stranger.send(signed)

    assert (verdict.verdict, verdict.code) == ("conflict", "not_in_scope")
    assert [change.id for change, _ in told(stranger)] == [signed.id]
    assert len(told(kelurahan)) == before


def test_a_kelurahan_never_signs_for_the_camat(
    city: City, issued: list[Change], kelurahan: Laptop
) -> None:
    [verdict] = kelurahan.send(
        kelurahan.move(issued[0], "countersign", "countersigned", issued[-1])
    )

    assert (verdict.verdict, verdict.code) == ("refused", "action_elsewhere")


def test_who_only_takes_letters_in_may_not_sign_second(issued: list[Change], enrol: Enrol) -> None:
    clerk = enrol("kec-a", "petugas")

    [verdict] = clerk.send(clerk.move(issued[0], "return", "issued", issued[-1], reason="Sebab"))

    assert (verdict.verdict, verdict.code) == ("refused", "role_missing")


def test_void_here_and_signed_there_are_both_kept_for_a_person(
    city: City, issued: list[Change], kelurahan: Laptop, kecamatan: Laptop
) -> None:
    signed = kecamatan.countersign(issued[-1], 1)
    kelurahan.send(kelurahan.move(issued[0], "void", "void", issued[-1], reason="Salah nama"))

    [verdict] = kecamatan.send(signed)

    assert (verdict.verdict, verdict.code) == ("conflict", "transition")
    assert state(city) == "void"
    assert told(kelurahan)[-1][0] == told(kecamatan)[-1][0] == signed
    assert records.explain(city, "kec-a", SECOND, 2026)[0].record == issued[0].target


def test_a_kecamatan_gets_leases_of_its_register_with_its_first_contact(
    kecamatan: Laptop, kelurahan: Laptop
) -> None:
    assert (SECOND, 1) in [(lease.series, lease.low) for lease in kecamatan.welcome.leases]
    assert SECOND not in {lease.series for lease in kelurahan.welcome.leases}
    answer = kecamatan.exchange(wanted=[(SECOND, 2026)])
    assert answer.leases == []  # a block unused is plenty


def test_a_kecamatan_that_joins_later_gets_what_waits_for_it(
    city: City, form: Form, kelurahan: Laptop, enrol: Enrol
) -> None:
    waiting = kelurahan.letter({"nama": "AHMAD"}, HEIRS)
    waiting.append(kelurahan.issue(waiting, form, 1))
    done = kelurahan.letter({"nama": "BUDI"}, HEIRS)
    done.append(kelurahan.issue(done, form, 2))
    done.append(kelurahan.move(done[0], "hand_over", "handed_over", done[-1]))
    kelurahan.send(*waiting, *done)

    offices.add(city, KECAMATAN, ADMINISTRATOR)
    kecamatan = enrol("kec-a")

    assert [change.id for change, _ in told(kecamatan)] == [change.id for change in waiting]
    assert [v.verdict for v in kecamatan.send(kecamatan.countersign(waiting[-1], 1))] == ["applied"]
    assert verify.verify(city) == ()


def test_two_desks_at_once_open_a_letter_in_the_order_in_which_it_was_made(
    city: City, form: Form, kelurahan: Laptop, kecamatan: Laptop, enrol: Enrol, time: Time
) -> None:
    other = enrol("kel-a")
    made = kelurahan.letter({"nama": "AHMAD"}, HEIRS)
    kelurahan.send(*made[:2])
    time.ms += 1
    late = other.move(made[0], "check", "checked", made[1])
    approved = kelurahan.move(made[0], "approve", "approved", late)
    issue = kelurahan.issue([made[0], approved], form, 1)
    assert {v.verdict for v in kelurahan.send(approved, issue)} == {"held"}

    other.send(late)  # wakes what was based on it, all in one moment

    expected = [made[0].id, made[1].id, late.id, approved.id, issue.id]
    assert [change.id for change, _ in told(kecamatan)] == expected


def test_a_record_is_put_before_an_office_once(
    city: City, issued: list[Change], kelurahan: Laptop, kecamatan: Laptop
) -> None:
    ready = kelurahan.move(issued[0], "ready", "ready", issued[-1])

    kelurahan.send(ready)

    assert [change.id for change, _ in told(kecamatan)] == [c.id for c in [*issued, ready]]
    with city.database.read() as connection:
        guests = connection.scalar(
            select(tables.record.c.guests).where(tables.record.c.id == issued[0].target)
        )
    assert guests == kecamatan.welcome.office.id
