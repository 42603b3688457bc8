"""Who looked at whose record is written down, once in ten minutes, and hinders nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.protocol import looks as said
from sync.protocol.change import NOBODY
from sync.protocol.looks import Look, Looks
from sync.store import looks, read, records
from sync.store.handle import Store
from tests.sync.store.laptop import LETTER, RESIDENT, Desk


def here(store: Store) -> list[Look]:
    with store.read() as conn:
        plain = looks.waiting(conn, 10_000)
    return said.decode(plain).rows if plain else []


@pytest.fixture
def person(store: Store, resident: Callable[..., dict[str, Any]]) -> read.Record:
    saved = records.new(store, RESIDENT, resident(nama="SITI RAHMA"))
    return read.record(store, saved.record)


def test_opening_a_person_says_who_whom_when_and_how(store: Store, person: read.Record) -> None:
    looks.at_record(store, person)

    [look] = here(store)
    assert (look.operator, look.record, look.how, look.what, look.subject) == (
        store.operator.id, person.id, "record", RESIDENT, NOBODY,
    )  # fmt: skip
    assert 0 < store.now() - look.at < 1_000


def test_a_letter_about_a_person_names_them_too(
    store: Store, person: read.Record, business: dict[str, Any]
) -> None:
    letter = records.new(store, LETTER, business, subject=person.id)

    looks.at_record(store, read.record(store, letter.record), said.LETTER)

    [look] = here(store)
    assert (look.record, look.subject, look.how) == (letter.record, person.id, "letter")


def test_nothing_of_what_the_person_said_is_written_down(store: Store, person: read.Record) -> None:
    looks.at_record(store, person)
    with store.read() as conn:
        plain = looks.waiting(conn, 10)

    for value in person.answers.values():
        if isinstance(value, str) and len(value) > 3:
            assert value.encode() not in plain


def test_the_same_look_within_minutes_is_the_same_look(
    desk: Desk, store: Store, person: read.Record
) -> None:
    for _ in range(3):
        looks.at_record(store, person)
    looks.at_record(store, person, said.LETTER)
    desk.clock.time += looks.AGAIN_MS
    looks.at_record(store, person)

    assert [look.how for look in here(store)] == ["record", "letter", "record"]


def test_a_clock_that_went_back_hides_no_look(
    desk: Desk, store: Store, person: read.Record
) -> None:
    looks.at_record(store, person)
    desk.clock.time -= 3_600_000
    looks.at_record(store, person)

    assert len(here(store)) == 2


def test_records_about_people_are_told_from_others(store: Store) -> None:
    forms = store.catalogue.forms

    assert looks.is_personal(forms[RESIDENT], NOBODY)
    assert looks.is_personal(forms[LETTER], NOBODY)
    assert looks.is_personal(forms["mail/incoming"], b"s" * 16)
    assert not looks.is_personal(forms["mail/incoming"], NOBODY)
    assert not looks.is_personal(forms["office/operator"], NOBODY)


def test_a_list_is_counted_and_one_that_shows_more_is_another_look(store: Store) -> None:
    for count in (0, 40, 40, 41, 12):
        looks.at_list(store, said.LIST, "register", count)

    assert [(look.what, look.count, look.record) for look in here(store)] == [
        ("register", 40, NOBODY),
        ("register", 41, NOBODY),
    ]


def test_what_the_city_has_goes_no_more_until_the_city_is_put_back(
    store: Store, person: read.Record
) -> None:
    looks.at_record(store, person)
    looks.at_list(store, said.LIST, "register", 3)
    before = here(store)
    with store.write() as conn:
        looks.received(store, conn, said.decode(looks.waiting(conn, 1)).last)

    assert here(store) == before[1:]

    with store.write() as conn:
        looks.again(conn)
    assert here(store) == before


def test_a_number_is_never_given_twice_even_when_all_are_gone(
    desk: Desk, store: Store, person: read.Record
) -> None:
    looks.at_record(store, person)
    with store.write() as conn:
        first = said.decode(looks.waiting(conn, 10)).last
        looks.received(store, conn, first)
        desk.clock.time += looks.KEPT_MS + 1
        looks.received(store, conn, first)
        assert conn.exec_driver_sql("SELECT count(*) FROM look").scalar_one() == 0
    looks.at_record(store, person)

    with store.read() as conn:
        assert said.decode(looks.waiting(conn, 10)).last > first


def test_too_many_go_and_it_is_said_how_many_the_city_never_had(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "KEPT_MAX", 20)
    monkeypatch.setattr(looks, "SPARE", 5)
    for count in range(1, 60):
        looks.at_list(store, said.LIST, "register", count)

    kept = here(store)
    lists = [look for look in kept if look.how == said.LIST]
    assert len(kept) <= 21
    assert lists[-1].count == 59
    dropped = sum(look.count for look in kept if look.how == said.FORGOTTEN)
    assert dropped + len(lists) == 59


def test_a_full_disk_keeps_nobody_from_reading_and_no_look_is_lost(
    store: Store, person: read.Record
) -> None:
    with store.write() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    filler = 0
    while not store.unnoted:
        filler += 1
        looks.at_list(store, said.LIST, "register", filler)
    looks.at_record(store, person)
    assert store.unnoted[-1].record == person.id

    with store.write() as conn:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1_000}")
    looks.at_list(store, said.LIST, "register", filler + 1)

    assert not store.unnoted
    assert [look.count for look in here(store)][-2:] == [1, filler + 1]
    assert len(here(store)) == filler + 2


def test_a_message_says_nothing_that_is_no_id_or_word() -> None:
    for field, value in (("how", "<b>"), ("what", "=1+1"), ("record", bytes(17))):
        plain: dict[str, Any] = {"at": 1, "operator": b"o", "record": b"r", "how": "record"}
        look = Look(**{**plain, field: value})
        with pytest.raises(Refused):
            said.decode(said.encode(Looks([look], 1)))
