"""A laptop comes in once, by a code that an administrator made, and can then work fully."""

from collections.abc import Callable

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Region
from sync.crypto import code, letter, signed
from sync.crypto.letter import Claims
from sync.protocol import columns, wire
from sync.protocol.enrol import Hello
from sync.server import codes, devices, enrolment, revocation
from sync.server.city import City
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]


def refusal(work: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as error:
        work()
    return [problem.code for problem in error.value.problems]


def test_the_servers_greeting_matches_the_code(city: City) -> None:
    text, _ = codes.make(city, "kel-a", "petugas", ADMINISTRATOR)

    greeting = enrolment.hello(city)

    hello = wire.decode(signed.check(greeting, city.public.sign, "hello"), Hello)
    assert code.matches(code.read(text)[1], hello.keys.sign)


def test_the_welcome_has_what_a_desk_needs_before_its_first_trip(city: City, enrol: Enrol) -> None:
    laptop = enrol(role="petugas")
    welcome = laptop.welcome

    assert (welcome.office.code, welcome.role, welcome.epoch) == ("kel-a", "petugas", city.epoch)
    assert Region.from_pack(welcome.pack).name == city.region.name
    assert welcome.keys == city.public
    assert sum(lease.high - lease.low + 1 for lease in welcome.leases) >= 500
    [page] = laptop.pages(laptop.exchange())
    [operator] = columns.decode(page.changes)
    assert operator.target == welcome.operator
    assert operator.body.answers == {"nama": "Siti Rahma", "peran": ["petugas"]}
    assert (operator.device, operator.incarnation) == (city.id, city.epoch)


def test_the_certificate_makes_the_desks_letters_checkable(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    claims = Claims(b"l" * 16, "1/X", "surat", "2026-11-21", "A.F.", b"d" * 16)

    text = letter.sign(claims, laptop.keys.letter, laptop.welcome.certificate)

    checked = letter.check(text, {city.code: city.public.root})
    assert (checked.office, checked.claims) == ("Kelurahan A", claims)


def test_a_code_lets_one_laptop_in(city: City) -> None:
    text, _ = codes.make(city, "kel-a", "petugas", ADMINISTRATOR)
    Laptop(city, text)

    assert refusal(lambda: Laptop(city, text)) == ["code_used"]
    assert len(devices.listing(city)) == 1


def test_a_join_whose_answer_was_lost_is_answered_again(city: City, enrol: Enrol) -> None:
    laptop = enrol()

    again = laptop.enrol()

    assert (again.device, again.leases) == (laptop.device, laptop.welcome.leases)
    assert len(devices.listing(city)) == 1


def test_a_revoked_laptop_does_not_come_back_by_its_old_code(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    revocation.revoke(city, laptop.device, ADMINISTRATOR)

    assert refusal(laptop.enrol) == ["code_used"]


def test_a_code_nobody_made_is_refused(city: City) -> None:
    text, _ = code.make(city.public.sign)

    assert refusal(lambda: Laptop(city, text)) == ["code_unknown"]


def test_a_code_ends_after_a_week(city: City, time: Time) -> None:
    text, expires = codes.make(city, "kel-a", "petugas", ADMINISTRATOR)
    time.ms = expires + 1

    assert refusal(lambda: Laptop(city, text)) == ["code_expired"]


def test_a_join_signed_with_another_key_is_refused(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    flipped = bytearray(laptop.join)
    flipped[-1] ^= 1

    assert refusal(lambda: enrolment.enrol(city, bytes(flipped))) == ["signature_wrong"]


def test_an_operator_without_a_name_leaves_the_code_unused(city: City) -> None:
    text, _ = codes.make(city, "kel-a", "petugas", ADMINISTRATOR)

    assert refusal(lambda: Laptop(city, text, operator=" ")) == ["required"]
    Laptop(city, text)


@pytest.mark.parametrize(
    ("office", "role", "problem"),
    [("kel-z", "petugas", "office_unknown"), ("kel-a", "raja", "role_unknown")],
)
def test_a_code_is_for_an_office_and_a_role_that_exist(
    city: City, office: str, role: str, problem: str
) -> None:
    assert refusal(lambda: codes.make(city, office, role, ADMINISTRATOR)) == [problem]
