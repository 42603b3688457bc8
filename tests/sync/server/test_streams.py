"""What an office wrote reaches its desks in full, in order and proved; nobody else's."""

from collections.abc import Callable

import pytest

from sync.crypto import signed
from sync.protocol import columns, wire
from sync.protocol.lease import Lease
from sync.protocol.stream import CHAIN_START, Cursor, Fate, Page, chained
from sync.server import enrolment, streams
from sync.server.city import City
from tests.sync.server.laptop import Laptop, sha

Enrol = Callable[..., Laptop]


def cursors(pages: list[Page]) -> list[Cursor]:
    latest = {page.stream: Cursor(page.stream, page.last, page.chain) for page in pages}
    return list(latest.values())


def rows(pages: list[Page]) -> list[tuple[str, int, Fate | Lease]]:
    found: list[tuple[str, int, Fate | Lease]] = []
    for page in pages:
        found += [(page.stream, fate.number, fate) for fate in page.fates]
        found += [(page.stream, number, lease) for number, lease in page.grants]
    return sorted(found, key=lambda row: row[:2])


def test_a_second_desk_of_the_office_gets_everything_in_order(city: City, enrol: Enrol) -> None:
    first, second = enrol(), enrol()
    made = [first.resident(f"WARGA {n}") for n in range(5)]
    first.send(*made)

    answer = second.exchange()

    page = next(page for page in second.pages(answer) if page.stream.endswith("/residents"))
    assert columns.decode(page.changes) == made
    assert [fate.change for fate in page.fates] == [change.id for change in made]
    assert {fate.verdict for fate in page.fates} == {"applied"}
    assert not answer.more


def test_a_device_of_another_office_gets_none_of_it(city: City, enrol: Enrol) -> None:
    ours, theirs = enrol("kel-a"), enrol("kel-b")
    ours.send(ours.resident("AHMAD"))

    pages = theirs.pages(theirs.exchange())

    assert {page.stream for page in pages} == {f"{theirs.welcome.office.id.hex()}/office"}
    assert all(b"AHMAD" not in page.changes for page in pages)


def test_pages_of_any_size_are_gapless_and_their_chain_holds(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(*[laptop.resident(f"WARGA {n}") for n in range(10)])
    pages: list[Page] = []
    for _ in range(20):
        answer = (
            laptop.exchange(cursors=cursors(pages), rows_max=3)
            if pages
            else laptop.exchange(rows_max=3)
        )
        pages += laptop.pages(answer)
        if not answer.more:
            break

    found = rows(pages)
    for stream in {stream for stream, _, _ in found}:
        numbers = [number for name, number, _ in found if name == stream]
        assert numbers == list(range(1, len(numbers) + 1))
        chain = CHAIN_START
        for name, _, row in found:
            if name == stream:
                chain = chained(chain, wire.encode(row))
        assert chain == next(page.chain for page in reversed(pages) if page.stream == stream)
    assert len(pages) >= 4


def test_what_is_up_to_date_gets_no_page(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    pages = laptop.pages(laptop.exchange())

    answer = laptop.exchange(cursors=cursors(pages))

    assert (answer.pages, answer.more) == ([], False)


@pytest.mark.parametrize("row", [1, 50])
def test_a_stream_whose_cursor_is_not_ours_is_lost_and_the_others_go_on(
    city: City, enrol: Enrol, row: int
) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    office = laptop.welcome.office.id.hex()

    answer = laptop.exchange(cursors=[Cursor(f"{office}/office", row, b"?" * 32)])

    assert answer.lost == [f"{office}/office"]
    assert {page.stream for page in laptop.pages(answer)} == {f"{office}/residents"}


def test_a_stream_that_the_server_never_had_is_lost_too(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    stream = f"{laptop.welcome.office.id.hex()}/patients"

    answer = laptop.exchange(cursors=[Cursor(stream, 3, b"?" * 32)])

    assert answer.lost == [stream]


def test_marks_of_a_lost_stream_are_answered_with_the_last_row_that_both_have(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    for _ in range(3):
        laptop.send(laptop.resident())
    office = laptop.welcome.office.id.hex()
    stream = f"{office}/residents"
    (true,) = (
        Cursor(page.stream, page.last, page.chain)
        for page in laptop.pages(laptop.exchange())
        if page.stream == stream
    )
    marks = [Cursor(stream, 9, b"?" * 32), true, Cursor(stream, 2, b"?" * 32)]
    elsewhere = Cursor(f"{'0' * 32}/residents", 1, b"?" * 32)

    answer = laptop.exchange(cursors=[Cursor(stream, 9, b"?" * 32)], marks=[*marks, elsewhere])

    assert answer.forks == {stream: true.row}
    assert answer.lost == []


def test_an_answer_is_bounded_in_bytes_too(
    city: City, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = enrol()
    laptop.send(*[laptop.resident(f"WARGA {n}") for n in range(6)])
    monkeypatch.setattr(streams, "BYTES_MAX", 700)

    answer = laptop.exchange()

    assert answer.more
    assert 0 < sum(len(page.fates) for page in laptop.pages(answer)) < 6


def test_texts_that_letters_cite_come_with_them(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    template, head = "= Surat", '{"office":"Sukamaju"}'
    texts = {sha(template): template, sha(head): head, "0" * 64: "not what it says"}
    form = city.catalogue.form("letters/surat_keterangan_domisili")
    made = laptop.letter({"nama": "AHMAD"})
    laptop.send(*made, laptop.issue(made, form, 1), texts=texts)

    answer = laptop.exchange()

    assert answer.texts == {sha(template): template, sha(head): head}


def test_short_streams_go_before_long_ones(enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(*[laptop.resident() for _ in range(9)], *laptop.letter({"nama": "AHMAD"}))

    pages = laptop.pages(laptop.exchange())

    groups = [page.stream.partition("/")[2] for page in pages]
    assert groups == ["office", "letters", "residents"]


def test_a_welcome_stays_small_and_the_first_exchange_brings_the_rest(
    enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "WELCOME_ROWS", 3)
    enrol()

    second = enrol()

    key = second.city.public.sign
    [page] = [wire.decode(signed.check(s, key, "page"), Page) for s in second.welcome.pages]
    assert (page.first, page.last) == (1, 3)
    assert page.head > page.last
    [rest] = second.pages(second.exchange(cursors=cursors([page])))
    assert (rest.first, rest.last) == (4, page.head)
