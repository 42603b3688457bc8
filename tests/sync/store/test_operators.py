import msgspec
import pytest

from forms.engine.problem import Locked, Refused
from sync.protocol import authorship, columns
from sync.protocol.change import EDIT, Body, named
from sync.store import operators, outbox, pages, staff
from sync.store.case import decode
from sync.store.handle import SLOTS, Store
from sync.store.verify import verify
from tests.sync.store.laptop import OPERATOR, PASSPHRASE, City, Desk, Told

NEW = ("Petugas Satu", "payung hijau")


@pytest.fixture
def two(desk: Desk, store: Store) -> Store:
    operators.add(store, NEW[0], ["petugas"], NEW[1], keystore=desk.keystore)
    return store


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def test_a_new_operator_signs_in_and_travels_to_the_city(
    desk: Desk, two: Store, city: City
) -> None:
    (frozen,) = outbox.freeze(two)
    ours, change, theirs = columns.decode(city.open(frozen.envelope, two).changes)
    assert change.service == staff.SERVICE
    assert {ours.service, theirs.service} == {authorship.SERVICE}
    assert theirs.body.answers["petugas"] == change.id.hex()
    assert {authorship.signer(one) for one in (ours, change, theirs)} == {ours.target}
    assert change.body.answers == {"nama": NEW[0], "peran": ["petugas"]}
    assert verify(two) == []
    two.close()

    with desk.unlock(*NEW) as store:
        assert store.operator.roles == ("petugas",)
        assert store.operator.id == change.id
    desk.unlock().close()


def test_who_left_can_sign_in_no_more_and_the_others_can(desk: Desk, two: Store) -> None:
    operators.remove(two, NEW[0], reason="Pindah tugas")
    two.close()

    with pytest.raises(Locked):
        desk.unlock(*NEW)
    desk.unlock().close()


def test_nobody_removes_themselves(two: Store) -> None:
    with pytest.raises(Refused) as refusal:
        operators.remove(two, OPERATOR, reason="Salah tekan")

    assert code_of(refusal) == "operator_self"


def test_a_clerk_adds_nobody(desk: Desk, two: Store) -> None:
    two.close()
    with desk.unlock(*NEW) as store, pytest.raises(Refused) as refusal:
        operators.add(store, "Petugas Dua", ["kepala"], "kunci pintu", keystore=desk.keystore)

    assert code_of(refusal) == "role_missing"


def test_the_same_operator_is_not_added_twice(desk: Desk, two: Store) -> None:
    with pytest.raises(Refused) as refusal:
        operators.add(two, "petugas  satu", ["admin"], "kunci pintu", keystore=desk.keystore)

    assert code_of(refusal) == "operator_exists"


def test_an_unknown_role_or_weak_passphrase_adds_nobody(desk: Desk, store: Store) -> None:
    before = (store.folder / SLOTS).read_bytes()
    for roles, passphrase in ((["raja"], "kunci pintu"), (["petugas"], "1234")):
        with pytest.raises(Refused):
            operators.add(store, "Orang", roles, passphrase, keystore=desk.keystore)

    assert (store.folder / SLOTS).read_bytes() == before
    assert [person.name for person, _ in operators.listing(store)] == [OPERATOR]


def test_a_new_passphrase_replaces_the_old_one(desk: Desk, two: Store) -> None:
    with pytest.raises(Locked):
        operators.change_passphrase(two, "bukan ini", "jendela tua", keystore=desk.keystore)

    operators.change_passphrase(two, PASSPHRASE, "jendela tua", keystore=desk.keystore)
    assert operators.matches(two, "jendela tua", keystore=desk.keystore)
    assert not operators.matches(two, PASSPHRASE, keystore=desk.keystore)
    two.close()

    with pytest.raises(Locked):
        desk.unlock()
    desk.unlock(OPERATOR, "jendela tua").close()
    desk.unlock(*NEW).close()


def test_a_role_that_was_changed_counts_from_the_next_sign_in(desk: Desk, two: Store) -> None:
    operators.describe(two, NEW[0], {"peran": ["petugas", "verifikator"]})
    two.close()

    with desk.unlock(*NEW) as store:
        assert store.operator.roles == ("petugas", "verifikator")
        with pytest.raises(Refused) as refusal:
            operators.describe(store, NEW[0], {"peran": ["kepala"]})
    assert code_of(refusal) == "role_missing"


def test_what_a_later_version_says_of_an_operator_stays_when_ours_changes_something(
    two: Store, city: City
) -> None:
    (frozen,) = outbox.freeze(two)
    _, begun, _ = columns.decode(city.open(frozen.envelope, two).changes)
    said = {"jabatan_kelak": {"sejak": 2031}}
    later = msgspec.structs.replace(
        begun, device=b"d" * 16, act=EDIT, record=begun.target, body=Body(said), version=9
    )
    told: list[Told] = [(begun, "applied", ""), (named(later), "applied", "")]
    pages.take(two, city.page("office", told))

    operators.describe(two, NEW[0], {"peran": ["petugas", "verifikator"]})

    with two.read() as conn:
        query = "SELECT plain FROM record WHERE id = ?"
        plain = conn.exec_driver_sql(query, (begun.target,)).scalar_one()
    assert decode(plain).answers == {"nama": NEW[0], "peran": ["petugas", "verifikator"], **said}
