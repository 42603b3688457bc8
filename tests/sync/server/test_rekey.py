"""Who gets a device id of their own, and who does not; which incarnation is the latest."""

import os
from typing import Any

import msgspec
import pytest

from forms.engine.problem import Refused
from sync.crypto import signed
from sync.crypto.keys import DeviceKeys
from sync.protocol import wire
from sync.protocol.rekey import ANCESTORS_MAX, Rekey
from sync.protocol.stream import Signed
from sync.server import devices, exchange, leases, lives, records, revocation
from sync.server.city import City
from tests.sync.server.conftest import Enrol
from tests.sync.server.laptop import RESIDENT, Laptop


def asked(
    laptop: Laptop, keys: DeviceKeys, signer: DeviceKeys | None = None, **parts: Any
) -> Signed:
    """Ask for a device of one's own, by any key."""
    public = keys.public()
    plain = Rekey(laptop.device, public.sign, public.seal, public.letter, b"new life")
    content = wire.encode(msgspec.structs.replace(plain, **parts))
    return signed.sign(content, (signer or keys).sign, "rekey")


def refused(laptop: Laptop, shown: Signed) -> str:
    with pytest.raises(Refused) as error:
        exchange.exchange(laptop.city, [laptop.ask(rekey=shown)])
    return error.value.problems[0].code


def parted(laptop: Laptop, shown: Signed) -> Any:
    return laptop.open(exchange.exchange(laptop.city, [laptop.ask(rekey=shown)])).life


def test_the_same_key_gets_the_same_device_and_leases_again(city: City, enrol: Enrol) -> None:
    laptop, keys = enrol(), DeviceKeys.make()
    shown = asked(laptop, keys)
    answers = [laptop.open(exchange.exchange(city, [laptop.ask(rekey=shown)])) for _ in range(2)]

    given = {answer.life.device for answer in answers if answer.life is not None}
    assert len(given) == 1
    assert given == {lease.device for lease in answers[0].leases} != {laptop.device}
    assert answers[0].leases == answers[1].leases
    assert len(devices.listing(city)) == 2
    assert all(not (answer.pages or answer.receipt) for answer in answers)


def test_a_key_that_nobody_proves_to_have_gets_nothing(city: City, enrol: Enrol) -> None:
    laptop, keys = enrol(), DeviceKeys.make()

    assert refused(laptop, asked(laptop, keys, DeviceKeys.make())) == "signature_wrong"
    assert refused(laptop, asked(laptop, laptop.keys)) == "ask_header"
    assert refused(laptop, asked(laptop, keys, device=os.urandom(16))) == "ask_header"
    assert len(devices.listing(city)) == 1


def test_a_key_of_another_device_is_not_taken_over(city: City, enrol: Enrol) -> None:
    laptop, other = enrol(), enrol("kel-b")

    assert refused(laptop, asked(laptop, other.keys)) == "ask_header"
    parted(other, asked(other, keys := DeviceKeys.make()))
    assert refused(laptop, asked(laptop, keys)) == "ask_header"


def test_a_copy_of_a_revoked_device_is_refused(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    shown = asked(laptop, DeviceKeys.make())
    life = parted(laptop, shown)
    revocation.revoke(city, life.device, "Pengelola")

    assert refused(laptop, shown) == "device_revoked"
    revocation.revoke(city, laptop.device, "Pengelola")
    assert refused(laptop, asked(laptop, DeviceKeys.make())) == "device_revoked"


def test_copies_of_copies_end_somewhere(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    for _ in range(ANCESTORS_MAX - 1):
        keys = DeviceKeys.make()
        life = parted(laptop, asked(laptop, keys, incarnation=os.urandom(8)))
        laptop.device, laptop.keys, laptop.incarnation = life.device, keys, life.incarnation

    with city.database.read() as connection:
        assert len(devices.ancestors(connection, city.code, laptop.device)) == ANCESTORS_MAX
    assert refused(laptop, asked(laptop, DeviceKeys.make())) == "device_copied"


def test_work_of_an_ancestor_is_taken_and_of_a_sister_refused(city: City, enrol: Enrol) -> None:
    laptop, before = enrol(), enrol()
    made = laptop.resident("AHMAD")
    keys = DeviceKeys.make()
    life = parted(laptop, asked(laptop, keys))
    sister = before.resident("SITI")
    laptop.device, laptop.keys, laptop.incarnation = life.device, keys, life.incarnation

    verdicts = laptop.send(made, sister)

    assert [(one.verdict, one.code) for one in verdicts] == [
        ("applied", ""),
        ("refused", "author_wrong"),
    ]
    assert verdicts[0].incarnation == made.incarnation
    assert [row.answers["nama"] for row in records.listing(city, RESIDENT)] == ["AHMAD"]


def test_an_earlier_life_is_split_and_gets_no_numbers(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    wanted = [("surat", 2026)]
    first, laptop.incarnation = laptop.incarnation, b"secondly"
    assert laptop.exchange(wanted=wanted).leases
    laptop.incarnation = first

    answer = laptop.exchange(wanted=wanted)

    assert (answer.split, answer.leases) == (first, [])
    assert devices.listing(city)[0].incarnation == b"secondly"


def test_a_life_whose_own_past_came_late_is_not_split(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.incarnation = b"secondly"
    laptop.exchange()
    laptop.incarnation = b"delayed!"
    laptop.exchange()
    laptop.incarnation = b"secondly"

    assert laptop.exchange(former=[b"delayed!"]).split == b""
    assert devices.listing(city)[0].incarnation == b"secondly"
    laptop.incarnation = b"delayed!"
    assert laptop.exchange().split == b"delayed!"


def test_a_fork_is_granted_nothing(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    laptop.batches, laptop.prev = 0, bytes(32)

    answer = laptop.exchange(laptop.batch(laptop.resident()), wanted=[("surat", 2027)])

    assert answer.leases == []
    with city.database.read() as connection:
        assert lives.is_latest(connection, city.code, laptop.device, laptop.incarnation)
        assert leases.held(connection, city.code, laptop.device, b"nobody") == []
