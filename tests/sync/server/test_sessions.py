"""A session ends by itself, by its owner, and with its account."""

import pytest

from sync.server import accounts, sessions
from sync.server.city import City
from sync.server.sessions import IDLE_MS, SESSIONS_MAX, WHOLE, WHOLE_MS, Session
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, Time


def begin(city: City) -> str:
    with city.database.write() as connection:
        return sessions.begin(connection, city, ADMINISTRATOR, WHOLE)


def found(city: City, key: str) -> Session:
    session = sessions.find(city, key)
    assert session is not None
    return session


def test_a_session_ends_a_quarter_of_an_hour_after_its_last_page(city: City, time: Time) -> None:
    key = begin(city)

    time.ms += IDLE_MS - 1
    assert sessions.find(city, key) is not None
    time.ms += IDLE_MS - 1
    assert sessions.find(city, key) is not None
    time.ms += IDLE_MS
    assert sessions.find(city, key) is None


def test_a_session_ends_after_twelve_hours_however_busy(city: City, time: Time) -> None:
    key, began = begin(city), time.ms
    while time.ms < began + WHOLE_MS - IDLE_MS:
        time.ms += IDLE_MS // 2
        assert sessions.find(city, key) is not None

    time.ms = began + WHOLE_MS

    assert sessions.find(city, key) is None


def test_twelve_hours_count_from_the_sign_in_also_under_a_new_cookie(
    city: City, time: Time
) -> None:
    began = time.ms
    time_left = found(city, begin(city))
    time.ms += IDLE_MS // 2
    with city.database.write() as connection:
        key = sessions.renew(connection, city, time_left, WHOLE)

    assert found(city, key).made == began


def test_the_database_holds_no_cookie(city: City) -> None:
    key = begin(city)

    assert len(key) > 16
    assert key.encode() not in databases.stored(city.database.url)


@pytest.mark.parametrize("act", ["remove", "role", "reset", "passphrase"])
def test_a_session_ends_when_its_account_changes(city: City, act: str) -> None:
    phrase = "perahu kecil di teluk yang tenang"
    accounts.add(city, "Lain", accounts.ADMINISTRATOR, phrase, ADMINISTRATOR)
    key = begin(city)

    match act:
        case "remove":
            accounts.remove(city, ADMINISTRATOR, "Lain")
        case "role":
            accounts.set_role(city, ADMINISTRATOR, accounts.HEAD, "Lain")
        case "reset":
            accounts.reset(city, ADMINISTRATOR, phrase, "Lain")
        case _:
            accounts.change_passphrase(city, ADMINISTRATOR, phrase)

    assert sessions.find(city, key) is None


def test_an_account_has_no_more_than_ten_sessions(city: City, time: Time) -> None:
    keys = []
    for _ in range(SESSIONS_MAX + 2):
        time.ms += 1
        keys.append(begin(city))

    living = [key for key in keys if sessions.find(city, key) is not None]

    assert living == keys[2:]


def test_a_clock_that_was_far_ahead_gives_no_longer_session(city: City, time: Time) -> None:
    time.ms += 10 * WHOLE_MS
    key = begin(city)
    time.ms -= 10 * WHOLE_MS

    assert sessions.find(city, key) is None
