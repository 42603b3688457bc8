"""Who comes in: the right name, passphrase and code together; and how long others wait."""

from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Locked, Refused
from sync.crypto import passphrase as phrases
from sync.crypto import totp
from sync.server import accounts, administration, entrance, factor, sessions, throttle
from sync.server.city import City
from sync.server.entrance import Attempt
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time

HEAD_PHRASE = "perahu kecil di teluk yang tenang"


@pytest.fixture
def secret(city: City) -> bytes:
    return factor.give(city, ADMINISTRATOR, ADMINISTRATOR)[0]


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        work()
    return error.value.problems[0].code


def attempt(city: City, secret: bytes = b"", **parts: str) -> Attempt:
    code = totp.at(secret, totp.step_of(city.now())) if secret else ""
    plain = {"name": ADMINISTRATOR, "passphrase": PASSPHRASE, "code": code, "address": "192.0.2.1"}
    return Attempt(**{**plain, **parts})


def wrong(city: City, **parts: Any) -> str:
    return refused(lambda: entrance.sign_in(city, attempt(city, passphrase="salah", **parts)))


def test_whoever_fails_is_told_the_same(city: City, secret: bytes) -> None:
    found = {
        wrong(city),
        wrong(city, name="Tidak Ada"),
        refused(lambda: entrance.sign_in(city, attempt(city, code="000000"))),
    }

    assert found == {"sign_in_wrong"}


def test_an_unknown_name_costs_the_same_work(
    city: City, secret: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    stretch = phrases.matches

    def watched(typed: str, hashed: str) -> bool:
        compared.append(hashed.rpartition("$")[0].rpartition("$")[0])
        return stretch(typed, hashed)

    monkeypatch.setattr(phrases, "matches", watched)
    wrong(city)
    wrong(city, name="Tidak Ada")

    # What stands before salt and digest says how, and how long, a passphrase is stretched.
    assert len(compared) == 2
    assert compared[0] == compared[1]


def test_a_code_lets_in_once(city: City, secret: bytes) -> None:
    shown = attempt(city, secret)

    entrance.sign_in(city, shown)

    assert refused(lambda: entrance.sign_in(city, shown)) == "sign_in_wrong"


def test_a_recovery_code_lets_in_once(city: City, secret: bytes) -> None:
    _, codes = factor.give(city, ADMINISTRATOR, ADMINISTRATOR)
    typed = codes[3].lower().replace("-", " ").replace("0", "o")

    entered = entrance.sign_in(city, attempt(city, code=typed))

    assert entered.stage == sessions.WHOLE
    assert refused(lambda: entrance.sign_in(city, attempt(city, code=typed))) == "sign_in_wrong"
    [mine] = accounts.listing(city)
    assert mine.codes == factor.CODES - 1


def test_without_a_second_factor_a_short_passphrase_does_not_do(city: City) -> None:
    with city.database.write() as connection:
        accounts.set_hash(connection, city.code, ADMINISTRATOR, phrases.hash_text("kxvbqmwtzr"))

    shown = attempt(city, passphrase="kxvbqmwtzr")

    assert refused(lambda: entrance.sign_in(city, shown)) == "factor_first"


def test_an_administrator_without_a_second_factor_comes_to_its_setting_up_alone(
    city: City,
) -> None:

    assert entrance.sign_in(city, attempt(city)).stage == sessions.ENROLLING


def test_the_head_of_the_city_may_come_by_a_long_passphrase_alone(city: City) -> None:
    accounts.add(city, "Rahmat", accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)

    entered = entrance.sign_in(city, attempt(city, name="Rahmat", passphrase=HEAD_PHRASE))

    assert entered.stage == sessions.WHOLE


def test_the_head_of_the_city_may_not_command(city: City) -> None:
    accounts.add(city, "Rahmat", accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)

    assert refused(lambda: administration.sign_in(city, "Rahmat", HEAD_PHRASE)) == "right_missing"
    with pytest.raises(Locked):
        administration.sign_in(city, "Rahmat", "salah")


def test_after_five_failures_even_the_right_passphrase_waits(
    city: City, secret: bytes, time: Time
) -> None:
    for _ in range(5):
        wrong(city)

    assert refused(lambda: entrance.sign_in(city, attempt(city, secret))) == "sign_in_wait"
    time.ms += throttle.FIRST_MS
    assert entrance.sign_in(city, attempt(city, secret)).stage == sessions.WHOLE


def test_the_wait_outlives_a_restart(city: City, secret: bytes, time: Time) -> None:
    for _ in range(5):
        wrong(city)

    again = City.open(city.folder, time)
    try:
        assert refused(lambda: entrance.sign_in(again, attempt(again, secret))) == "sign_in_wait"
    finally:
        again.close()


def test_a_name_that_nobody_has_waits_as_others_do(city: City) -> None:
    said = [wrong(city, name="Tidak Ada", address=f"192.0.2.{n}") for n in range(6)]

    assert said == ["sign_in_wrong"] * 5 + ["sign_in_wait"]


def test_trying_while_one_waits_makes_the_wait_no_longer(
    city: City, secret: bytes, time: Time
) -> None:
    for _ in range(5):
        wrong(city)
    for _ in range(50):
        assert wrong(city) == "sign_in_wait"

    time.ms += throttle.FIRST_MS
    assert entrance.sign_in(city, attempt(city, secret)).stage == sessions.WHOLE


def test_nobody_can_lock_the_owner_out_of_a_browser_that_is_known(
    city: City, secret: bytes, time: Time
) -> None:
    known = entrance.sign_in(city, attempt(city, secret)).browser
    for number in range(300):
        time.ms += throttle.DAY_MS if number % 2 else 1
        wrong(city, address="192.0.2.99")

    shown = attempt(city, secret, browser=known, address="192.0.2.99")

    assert entrance.sign_in(city, shown).stage == sessions.WHOLE


def test_a_known_browser_of_one_account_is_none_of_another(city: City, secret: bytes) -> None:
    accounts.add(city, "Rahmat", accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)
    known = entrance.sign_in(city, attempt(city, secret)).browser

    said = [wrong(city, name="Rahmat", browser=known) for _ in range(6)]

    assert said[-1] == "sign_in_wait"


def test_a_known_browser_is_counted_too(city: City, secret: bytes) -> None:
    known = entrance.sign_in(city, attempt(city, secret)).browser

    assert [wrong(city, browser=known) for _ in range(6)][-1] == "sign_in_wait"


@pytest.mark.parametrize(
    ("failed", "seconds"),
    [(4, 0), (5, 30), (6, 60), (7, 120), (40, 3600), (99, 3600), (100, 86400)],
)
def test_the_wait_of_an_account_doubles_up_to_an_hour_and_then_is_a_day(
    failed: int, seconds: int
) -> None:
    assert throttle.wait_of(throttle.ACCOUNT, failed) == seconds * 1000


def test_an_office_shares_an_address_without_waiting_soon(city: City) -> None:
    said = [wrong(city, name=f"Nama {n}") for n in range(31)]

    assert said == ["sign_in_wrong"] * 30 + ["sign_in_wait"]


def test_an_administrator_ends_the_wait_of_another(city: City, secret: bytes) -> None:
    for number in range(5):
        wrong(city, address=f"192.0.2.{number}")

    accounts.unlock(city, ADMINISTRATOR, ADMINISTRATOR)

    assert entrance.sign_in(city, attempt(city, secret)).stage == sessions.WHOLE


def test_a_passphrase_longer_than_any_is_wrong(city: City) -> None:
    with city.database.write() as connection:
        accounts.set_hash(connection, city.code, ADMINISTRATOR, phrases.hash_text("a" * 256))

    assert refused(lambda: entrance.sign_in(city, attempt(city, passphrase="a" * 257)))


def test_a_reset_account_has_no_second_factor_no_session_and_no_known_browser(
    city: City, secret: bytes
) -> None:
    entered = entrance.sign_in(city, attempt(city, secret))

    accounts.reset(city, ADMINISTRATOR, HEAD_PHRASE, ADMINISTRATOR)

    assert sessions.find(city, entered.key) is None
    with city.database.read() as connection:
        assert not sessions.is_familiar(connection, city, ADMINISTRATOR, entered.browser)
    [mine] = accounts.listing(city)
    assert (mine.has_factor, mine.codes) == (False, 0)


def test_the_last_administrator_stays(city: City) -> None:
    accounts.add(city, "Rahmat", accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)

    assert refused(lambda: accounts.remove(city, ADMINISTRATOR, "x")) == "account_last"
    assert (
        refused(lambda: accounts.set_role(city, ADMINISTRATOR, accounts.HEAD, "x"))
        == "account_last"
    )
