import msgspec
import pytest

from sync.crypto import letter as seals
from sync.crypto.keys import DeviceKeys, RegionKeys
from sync.crypto.letter import Claims
from sync.store import checking, letters, records
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, City

Answers = dict[str, object]


@pytest.fixture
def issued(store: Store, business: Answers) -> bytes:
    return records.new(store, LETTER, business, issue=True).record


@pytest.fixture
def claims(store: Store, issued: bytes) -> Claims:
    roots = {store.desk.region: store.desk.server.root}
    return seals.check(letters.qr_text(store, issued), roots).claims


def signed(claims: Claims, root: bytes, store: Store, office: str) -> str:
    """The QR of a desk that the root certifies for an office."""
    device = DeviceKeys.make()
    certificate = seals.certify(device.public().letter, office, store.desk.region, root)
    return seals.sign(claims, device.letter, certificate)


def test_a_letter_that_is_recorded_here_is_genuine_and_named(store: Store, issued: bytes) -> None:
    found = checking.by_qr(store, f" {letters.qr_text(store, issued)}\r\n")

    assert found.status == "genuine"
    assert found.record is not None
    assert found.record.id == issued
    assert found.record.number is not None
    assert found.claims is not None
    assert found.claims.number == found.record.number.text
    assert found.office == store.office.name


def test_a_void_letter_says_why(store: Store, issued: bytes) -> None:
    records.move(store, issued, "void", reason="Salah nama")

    found = checking.by_qr(store, letters.qr_text(store, issued))

    assert (found.status, found.reason) == ("void", "Salah nama")


def test_a_corrected_letter_names_the_one_that_took_its_place(
    store: Store, issued: bytes, business: Answers
) -> None:
    made = records.new(store, LETTER, business, replaces=issued, reason="Keliru", issue=True)

    found = checking.by_qr(store, letters.qr_text(store, issued))

    assert made.number is not None
    assert (found.status, found.replaced_by) == ("superseded", made.number.text)
    assert checking.by_qr(store, letters.qr_text(store, made.record)).status == "genuine"


@pytest.mark.parametrize("issue", [False, True])
def test_a_correction_that_is_no_letter_or_void_takes_no_place(
    store: Store, issued: bytes, business: Answers, *, issue: bool
) -> None:
    made = records.new(store, LETTER, business, replaces=issued, reason="Keliru", issue=issue)
    if issue:
        records.move(store, made.record, "void", reason="Salah juga")

    assert checking.by_qr(store, letters.qr_text(store, issued)).status == "genuine"


def test_what_says_other_things_than_its_record_is_forged(
    store: Store, city: City, claims: Claims
) -> None:
    other = msgspec.structs.replace(claims, initials="ZZ")

    text = signed(other, city.keys.root, store, store.office.name)

    assert checking.by_qr(store, text).status == "forged"


def test_a_signature_that_does_not_hold_is_forged(store: Store, claims: Claims) -> None:
    text = signed(claims, RegionKeys.make().root, store, store.office.name)

    found = checking.by_qr(store, text)

    assert (found.status, found.claims) == ("forged", None)


def test_a_second_paper_with_a_number_of_ours_is_disputed(
    store: Store, city: City, claims: Claims
) -> None:
    other = msgspec.structs.replace(claims, letter_id=bytes(16))

    text = signed(other, city.keys.root, store, store.office.name)

    assert checking.by_qr(store, text).status == "disputed"


@pytest.mark.parametrize(("office", "status"), [("", "unknown"), ("Kelurahan Lain", "genuine")])
def test_a_letter_that_is_not_here_is_judged_by_its_signature_alone(
    store: Store, city: City, claims: Claims, office: str, status: str
) -> None:
    other = msgspec.structs.replace(claims, letter_id=bytes(16), number="9876/XYZ/2020")

    found = checking.by_qr(store, signed(other, city.keys.root, store, office or store.office.name))

    assert (found.status, found.record, found.claims) == (status, None, other)


def test_a_letter_whose_time_has_passed_names_its_last_day(
    store: Store, issued: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = letters.qr_text(store, issued)
    assert checking.by_qr(store, text).last_day == ""
    now = store.now()

    monkeypatch.setattr(store, "now", lambda: now + 5 * 366 * 86_400_000)

    assert checking.by_qr(store, text).last_day > ""


def test_a_letter_of_a_region_without_a_key_here_is_foreign(store: Store, claims: Claims) -> None:
    device, root = DeviceKeys.make(), RegionKeys.make().root
    certificate = seals.certify(device.public().letter, "Kelurahan Jauh", "11.11", root)

    found = checking.by_qr(store, seals.sign(claims, device.letter, certificate))

    assert (found.status, found.claims) == ("foreign", None)


@pytest.mark.parametrize("text", ["", "TERAS1:", "TERAS1:ABC", "https://contoh.example/x", "é" * 9])
def test_what_is_no_qr_of_a_letter_is_unreadable(store: Store, text: str) -> None:
    assert checking.by_qr(store, text).status == "unreadable"
