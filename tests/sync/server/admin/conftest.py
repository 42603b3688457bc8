"""A running city, accounts of both roles, and browsers that are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.crypto import totp
from sync.server import accounts, factor, run
from sync.server.city import City
from sync.server.run import Address, Running
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time

HEAD = "Rahmat Wijaya"
HEAD_PHRASE = "perahu kecil di teluk yang tenang"


@pytest.fixture
def running(folder: Path, city: City) -> Iterator[Running]:
    running = run.start(folder, Address(), city.now)
    yield running
    running.stop()


class Phone:
    """An authenticator with one secret; each code it shows is of a later step than the last."""

    def __init__(self, secret: bytes, time: Time) -> None:
        self.secret = secret
        self._time = time

    def code(self) -> str:
        self._time.ms += totp.STEP_MS
        return totp.at(self.secret, totp.step_of(self._time.ms))


@pytest.fixture
def phone(city: City, time: Time) -> Phone:
    """The administrator's second factor."""
    secret, _ = factor.give(city, ADMINISTRATOR, ADMINISTRATOR)
    return Phone(secret, time)


@pytest.fixture
def head(city: City) -> str:
    return accounts.add(city, HEAD, accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)


SignIn = Callable[..., Browser]


@pytest.fixture
def sign_in(running: Running, phone: Phone) -> SignIn:
    """A new browser, signed in."""

    def enter(name: str = ADMINISTRATOR, passphrase: str = PASSPHRASE) -> Browser:
        browser = Browser(running.url)
        code = phone.code() if name == ADMINISTRATOR else ""
        form = {"name": name, "passphrase": passphrase, "code": code}
        seen = browser.post("/admin/sign-in", form)
        assert (seen.status, seen.location) == (303, "/admin"), seen.words
        return browser

    return enter


@pytest.fixture
def browser(sign_in: SignIn) -> Browser:
    return sign_in()
