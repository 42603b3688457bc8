"""A desk goes by what the city last said of region and office."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.protocol import policy as names
from sync.protocol import wire
from sync.protocol.enrol import OfficeShape
from sync.protocol.policy import Policy
from sync.protocol.stream import Signed
from sync.store import inbound, outbox, policy
from sync.store.handle import Store
from tests.sync.store.laptop import City, Desk


def said(city: City, store: Store, number: int = 2, **parts: object) -> Signed:
    """Say what the city would: the region called otherwise, the office with an address."""
    office = msgspec.structs.replace(store.desk.office, address="Jalan Melati 1")
    pack = changed(store.region.pack(), b"Kota Contoh", b"Kota Percontohan")
    plain = {"name": b"n" * 16, "epoch": city.epoch, "number": number, "office": office}
    told = Policy(**{**plain, "pack": pack, **parts})  # type: ignore[arg-type] # by name
    return signed.sign(wire.encode(told), city.keys.sign, "policy")


def changed(pack: Mapping[str, bytes], before: bytes, after: bytes) -> dict[str, bytes]:
    return {name: content.replace(before, after) for name, content in pack.items()}


def hear(city: City, store: Store, told: Signed) -> None:
    nonce = outbox.ask(store).nonce
    inbound.take(store, city.answer(store, nonce, policy=told), nonce)


def goes_by(store: Store) -> tuple[str, str]:
    return store.region.name, store.office.address


NEWS = ("Kota Percontohan", "Jalan Melati 1")


def test_a_desk_goes_by_the_news_at_once_and_after_it_was_closed(
    city: City, desk: Desk, store: Store
) -> None:
    assert goes_by(store) == ("Kota Contoh", "")

    hear(city, store, said(city, store))

    assert goes_by(store) == NEWS
    assert store.desk.policy == 2
    with store.write() as conn:
        assert policy.name(conn) == b"n" * 16
    store.close()
    with desk.unlock() as again:
        assert goes_by(again) == NEWS


def test_a_desk_names_what_it_was_given_when_it_joined(store: Store) -> None:
    with store.write() as conn:
        name = policy.name(conn)

    assert name == names.named(names.digest(store.region.pack()), store.desk.office)


@pytest.mark.parametrize("role", ["petugas", "auditor"])
def test_who_does_not_keep_the_people_here_brings_no_region_file(store: Store, role: str) -> None:
    store.operator = msgspec.structs.replace(store.operator, roles=(role,))

    with pytest.raises(Refused) as refused:
        policy.bring(store, Path("wilayah.toml"))

    assert refused.value.problems[0].code == "role_missing"


def test_what_a_stick_brings_late_is_no_news(city: City, store: Store) -> None:
    policy.take(store, said(city, store, number=5), first_hand=True)
    late = said(city, store, number=4, pack=store.region.pack())
    again = said(city, store, number=5, pack=changed(store.region.pack(), b"Percontohan", b"Lain"))

    assert [policy.take(store, one, first_hand=False) for one in (late, again)] == [False, False]
    assert goes_by(store) == NEWS


@pytest.mark.parametrize("number", [1, 5])
def test_a_city_that_was_put_back_is_followed_whatever_its_number(
    city: City, store: Store, number: int
) -> None:
    policy.take(store, said(city, store, number=5), first_hand=True)
    pack = changed(store.region.pack(), b"Kota Percontohan", b"Kota Contoh")

    by_stick = said(city, store, number=number, pack=pack, epoch=os.urandom(16))
    assert policy.take(store, by_stick, first_hand=False)
    assert store.region.name == "Kota Contoh"


def test_files_that_this_program_cannot_read_are_left_alone(city: City, store: Store) -> None:
    pack = changed(store.region.pack(), b"[numbers]", b"[numbers_of_tomorrow]")

    hear(city, store, said(city, store, pack=pack))

    assert goes_by(store) == ("Kota Contoh", "")


def test_another_offices_or_regions_is_refused(city: City, store: Store) -> None:
    office = OfficeShape(os.urandom(16), "KEL-9", "kelurahan", "Lain", "99.71.01.1001", [])
    others = [
        said(city, store, office=office),
        said(city, store, pack=changed(store.region.pack(), b"99.71", b"99.72")),
    ]
    for told in others:
        with pytest.raises(Refused) as refused:
            hear(city, store, told)
        assert refused.value.problems[0].code == "policy_elsewhere"
    assert goes_by(store) == ("Kota Contoh", "")


def test_what_somebody_else_signed_is_refused(city: City, store: Store) -> None:
    stranger = City(os.urandom(16))

    with pytest.raises(Refused) as refused:
        policy.take(store, said(stranger, store), first_hand=True)

    assert refused.value.problems[0].code == "signature_wrong"
