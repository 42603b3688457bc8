"""The city takes of attachments what their manifests say, and gives them to whom they are told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from forms.engine import example
from forms.engine.answers import Scene
from forms.engine.problem import Refused
from sync.crypto import envelope, stream
from sync.crypto.keys import key_id
from sync.protocol import attachment
from sync.protocol.attachment import Fetch, Files, Stand
from sync.protocol.change import NEW, Change
from sync.protocol.header import CLASSICAL, Header
from sync.server import attachment_tables, attachments
from sync.server.city import City
from tests.sync.server.laptop import Laptop

SERVICE, PAPER = "letters/surat_keterangan_tidak_mampu", "surat_pengantar"
KEY = bytes(range(32))
PARTS = stream.seal(b"\xff\xd8\xff" + bytes(range(256)) * 1_500, KEY)
MANIFEST = attachment.describe(PARTS)
NAME = attachment.name_of(MANIFEST)
REFERENCE = {
    "file": NAME.hex(),
    "size": 384_003,
    "type": "image/jpeg",
    "key": KEY.hex(),
}

Enrol = Callable[..., Laptop]


@pytest.fixture
def laptop(enrol: Enrol) -> Laptop:
    """A laptop that has sent a letter which names the file."""
    made = enrol()
    made.send(cites(made))
    return made


@pytest.fixture
def guest(enrol: Enrol) -> Laptop:
    return enrol("kel-b")


def sealed(laptop: Laptop, place: int, content: bytes | None = None, **parts: Any) -> bytes:
    header: dict[str, Any] = {
        "kind": "chunk",
        "suite": CLASSICAL,
        "writer": laptop.device,
        "reader": key_id(laptop.city.public.seal),
        "incarnation": laptop.incarnation,
        "seq": place,
        "prev": NAME,
        "epoch": laptop.city.epoch,
    } | parts
    content = PARTS[place] if content is None else content
    return envelope.enclose(content, Header(**header), sign=laptop.keys.sign)


def stand(laptop: Laptop, *envelopes: bytes, offers: bytes = MANIFEST) -> Stand | None:
    found = laptop.exchange(*envelopes, files=Files([offers])).stands
    return found[0] if found else None


def code(city: City, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        attachments.take(city, data)
    return refused.value.problems[0].code


def held(city: City) -> int:
    with city.database.read() as connection:
        query = select(func.count()).select_from(attachment_tables.chunk)
        return connection.scalar(query) or 0


def cites(laptop: Laptop, **answers: Any) -> Change:
    """Begin a letter that names the file."""
    form = laptop.city.catalogue.form(SERVICE)
    day = laptop.city.day(laptop.clock)
    area = laptop.city.region.areas.first(laptop.city.region.code, "kelurahan")
    scene = Scene(day, area, laptop.city.region.areas)
    said = dict(example.fill(form.example, scene)) | {PAPER: REFERENCE} | answers
    return laptop.change(SERVICE, NEW, answers=said, state="received", version=form.version)


def test_the_city_says_what_it_lacks_until_it_has_all(laptop: Laptop) -> None:
    assert stand(laptop) == Stand(NAME, False, False, [0, 1])
    assert stand(laptop, sealed(laptop, 1)) == Stand(NAME, False, False, [0])
    assert stand(laptop, sealed(laptop, 1)) == Stand(NAME, False, False, [0])
    assert stand(laptop, sealed(laptop, 0)) == Stand(NAME, True, False, [])


def test_a_named_file_that_nobody_offered_is_not_here(laptop: Laptop) -> None:
    answer = laptop.exchange(files=Files([], [NAME]))

    assert answer.stands == [Stand(NAME, False, False, [])]


def test_an_ask_without_files_hears_of_none(laptop: Laptop) -> None:
    stand(laptop, sealed(laptop, 0))

    assert laptop.exchange().stands == []


@pytest.mark.parametrize("at", [0, 1, 1_000, -1])
def test_a_flipped_byte_is_not_taken(city: City, laptop: Laptop, at: int) -> None:
    stand(laptop)
    broken = bytearray(PARTS[0])
    broken[at] ^= 1

    assert code(city, sealed(laptop, 0, bytes(broken))) == "attachment_altered"
    assert held(city) == 0


def test_every_flipped_byte_of_an_envelope_leaves_the_chunk_lacking(
    city: City, laptop: Laptop
) -> None:
    stand(laptop)
    whole = sealed(laptop, 1)
    for at in [*range(220), *range(220, len(whole), 997), len(whole) - 1]:
        broken = bytearray(whole)
        broken[at] ^= 0x10
        with pytest.raises(Refused):
            attachments.take(city, bytes(broken))
    assert held(city) == 0


@pytest.mark.parametrize("length", [0, 1, 16, 1_000])
def test_a_chunk_cut_short_is_not_taken(city: City, laptop: Laptop, length: int) -> None:
    stand(laptop)

    assert code(city, sealed(laptop, 0, PARTS[0][:length])) == "attachment_altered"
    assert code(city, sealed(laptop, 0, PARTS[1])) == "attachment_altered"
    assert code(city, sealed(laptop, 2, PARTS[1])) == "attachment_altered"


def test_a_chunk_of_a_file_that_was_not_offered_is_not_taken(city: City, laptop: Laptop) -> None:
    assert code(city, sealed(laptop, 0)) == "attachment_unknown"


def test_a_file_that_no_record_names_yet_is_not_taken(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    assert stand(laptop, sealed(laptop, 0)) is None
    assert held(city) == 0

    change = cites(laptop)
    assert stand(laptop, laptop.batch(change), sealed(laptop, 0)) == Stand(NAME, False, False, [1])


def test_only_an_enrolled_laptop_puts_something_on_the_disk(
    city: City, laptop: Laptop, enrol: Enrol
) -> None:
    stand(laptop)
    other = enrol()

    assert code(city, sealed(laptop, 0, writer=bytes(16))) == "device_unknown"
    assert code(city, sealed(laptop, 0, writer=other.device)) == "signature_wrong"
    assert code(city, sealed(laptop, 0, reader=bytes(8))) == "reader_unknown"
    assert code(city, sealed(laptop, 0, kind="batch")) == "envelope_kind"


def test_a_bad_chunk_holds_nothing_else_up(laptop: Laptop) -> None:
    change = laptop.resident()
    answer = laptop.exchange(
        laptop.batch(change),
        sealed(laptop, 0, b"x"),
        sealed(laptop, 1),
        files=Files([b"no manifest", MANIFEST]),
    )

    assert laptop.receipt(answer).received == 2
    assert answer.stands == [Stand(NAME, False, False, [0])]


def test_two_offices_keep_a_file_each_and_learn_nothing(
    city: City, laptop: Laptop, guest: Laptop
) -> None:
    for place in (0, 1):
        stand(laptop, sealed(laptop, place))

    assert stand(guest) == Stand(NAME, False, False, [0, 1])
    stand(guest, sealed(guest, 0))
    assert held(city) == 3


def test_another_laptop_of_the_office_brings_the_rest(laptop: Laptop, enrol: Enrol) -> None:
    other = enrol()
    stand(laptop, sealed(laptop, 0))

    assert stand(other, sealed(other, 1)) == Stand(NAME, True, False, [])


def test_a_file_is_given_to_an_office_that_is_told_of_its_record(
    laptop: Laptop, guest: Laptop, enrol: Enrol
) -> None:
    other = enrol()
    stand(laptop, sealed(laptop, 0))
    stand(laptop, sealed(laptop, 1))
    wanted = Files([], [], [Fetch(NAME, [])])

    answer = other.exchange(files=wanted)
    assert answer.stands == [Stand(NAME, True, False, [], MANIFEST)]
    assert [chunk.content for chunk in answer.chunks] == PARTS
    [second] = other.exchange(files=Files([], [], [Fetch(NAME, [1])])).chunks
    assert (second.place, second.content) == (1, PARTS[1])
    refused = guest.exchange(files=wanted)
    assert (refused.stands, refused.chunks) == ([], [])


def test_a_file_that_nobody_brought_is_awaited(city: City, laptop: Laptop) -> None:
    with city.database.read() as connection:
        assert attachments.awaited(connection, city.code) == 1

    stand(laptop, sealed(laptop, 0))
    stand(laptop, sealed(laptop, 1))
    with city.database.read() as connection:
        assert attachments.awaited(connection, city.code) == 0


def test_a_change_that_is_refused_still_names_its_file(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    [verdict] = laptop.send(cites(laptop, nik="1"))

    assert verdict.verdict == "refused"
    with city.database.read() as connection:
        assert attachments.awaited(connection, city.code) == 1


def test_an_answer_brings_no_more_than_its_share(laptop: Laptop) -> None:
    wanted = [Fetch(NAME, [0, 1])] * 20
    stand(laptop, sealed(laptop, 0))
    stand(laptop, sealed(laptop, 1))

    answer = laptop.exchange(files=Files([], [], wanted))

    assert len(answer.chunks) == attachment.ANSWERED_MAX
