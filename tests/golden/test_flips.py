"""Whatever one bit or one cut does to an envelope of 4 KiB on its way, it has no effect."""

import os

import pytest

from forms.engine.problem import Refused
from sync.crypto import envelope
from sync.server import exchange, intake
from sync.server.city import City
from tests.golden.before import everything
from tests.golden.desk import RESIDENT, Desk
from tests.golden.index import index, pinned
from tests.golden.messages import sealed_ask
from tests.golden.taken import seal
from tests.golden.town import RINA

SIZE = 4096
STEPS = 8  # the table is compared so often on the way, and at the end


@pytest.fixture(scope="module")
def whole() -> bytes:
    """The next batch of Rina's chain, 4 KiB long."""
    desk = Desk(RINA)
    for one in index().taken:
        last = envelope.read(pinned("taken", one.name))
        if last.header.writer == RINA.device:
            desk.batches, desk.prev = last.header.seq, last.id
    answers = {"nama": "WARGA", "derau": os.urandom(3_300).hex()}
    noise = desk.change(RESIDENT, "new", answers=answers, state="active", version=9)
    data = seal(desk, desk.content([noise]))
    assert SIZE * 0.9 < len(data) < SIZE * 1.1
    return data


def refused(city: City, ask: bytes, data: bytes) -> bool:
    try:
        exchange.exchange(city, [ask, data])
    except Refused:
        return True
    return False


def test_a_flipped_bit_at_any_place_has_no_effect(city: City, whole: bytes) -> None:
    before, ask = everything(city), sealed_ask()
    assert intake.prepare(city, whole).changes

    for place in range(len(whole)):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1 << place % 8
        assert refused(city, ask, bytes(spoiled)), place
        if place % (SIZE // STEPS) == 0:
            assert everything(city) == before, place
    assert everything(city) == before


def test_a_cut_at_any_place_has_no_effect(city: City, whole: bytes) -> None:
    before, ask = everything(city), sealed_ask()

    for size in range(len(whole)):
        assert refused(city, ask, whole[:size]), size
    assert everything(city) == before
