"""The pages in Debian's Chromium: reached by keys alone, read by everybody, nothing blocked.

TERAS_PICTURES leaves a picture of every page among the documents.
"""

import base64
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from sync.crypto import totp
from sync.server import accounts, sessions
from sync.server.city import City
from sync.server.run import Running
from tests.chromium import RULES, launched
from tests.sync.server.admin.conftest import Phone
from tests.sync.server.admin.served import PHONE, PICTURES, SCREEN, WALK, Enrol, Stop, failing, fill
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time

pytestmark = pytest.mark.browser

STOPS = [stop for visits in WALK.values() for stop in visits]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def full(city: City, enrol: Enrol, time: Time) -> dict[str, str]:
    """A city in which something waits on every page; names of single things."""
    return fill(city, enrol, time)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=SCREEN, locale="id-ID")  # type: ignore[arg-type] # a plain pair does
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # A browser asks for /favicon.ico by itself; every other status is the page's own to expect.
    assert [line for line in said if "responded with a status of" not in line] == []


def sign_in(page: Page, running: Running, phone: Phone) -> None:
    """Come in by the keyboard alone."""
    page.goto(running.url + "/admin")
    page.wait_for_function("document.activeElement.id === 'name'")
    for text in (ADMINISTRATOR, PASSPHRASE, phone.code()):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(running.url + "/admin")


def keep(page: Page, name: str) -> None:
    if os.environ.get("TERAS_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")


def faults(page: Page) -> list[str]:
    """What an automated check of accessibility holds against a page."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def sideways(page: Page) -> int:
    """By how much a page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def cut(page: Page) -> int:
    """How many tables are wider than their place, so that one has to push them."""
    return int(
        page.evaluate(
            "[...document.querySelectorAll('.table')]"
            ".filter(one => one.scrollWidth > one.clientWidth).length"
        )
    )


def wrong(page: Page, url: str, stop: Stop, places: dict[str, str]) -> list[str]:
    """Visit a page, keep its pictures, and say what is wrong with it."""
    path = stop.path.format_map({name: quote(place, "") for name, place in places.items()})
    reply = page.goto(url + path)
    assert reply is not None
    said = [] if reply.status == stop.status else [f"answered {reply.status}"]
    if page.locator("#chart").count():
        page.wait_for_selector("#chart .uplot")
    for name, size in zip(stop.pictures, (SCREEN, PHONE), strict=False):
        page.set_viewport_size(size)  # type: ignore[arg-type] # a plain pair does
        said += faults(page)
        said += [f"wider than the screen by {sideways(page)}"] if sideways(page) > 0 else []
        said += ["a table is cut"] if cut(page) else []
        keep(page, name)
    page.set_viewport_size(SCREEN)  # type: ignore[arg-type] # the same
    return said


def test_every_page_can_be_read_by_everybody(
    page: Page, running: Running, phone: Phone, full: dict[str, str], monkeypatch: Any
) -> None:
    told = {stop.name: wrong(page, running.url, stop, full) for stop in STOPS if stop.is_public}
    sign_in(page, running, phone)
    page.goto(running.url + "/admin/conflicts")
    link = page.locator("td a").first.get_attribute("href") or ""
    places = {**full, "conflict": link.rpartition("/")[2]}
    told |= {
        stop.name: wrong(page, running.url, stop, places) for stop in STOPS if not stop.is_public
    }
    monkeypatch.setattr(sessions, "find", failing)
    told["busy"] = wrong(page, running.url, Stop("busy", "/admin", status=500), {})

    assert {name: said for name, said in told.items() if said} == {}


def test_in_the_dark_and_on_a_narrow_screen_the_same_holds(
    page: Page, running: Running, phone: Phone, full: dict[str, str]
) -> None:
    sign_in(page, running, phone)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 683, "height": 384})  # 1366x768 at 200 % text
    found = {}
    for path in ("", "/devices", "/trail", "/offices/new", f"/devices/{full['device']}"):
        page.goto(f"{running.url}/admin{path}")
        wrong = faults(page) + (["too wide"] if sideways(page) > 0 else [])
        if wrong:
            found[path] = wrong

    assert found == {}


def test_a_second_factor_is_set_up_and_a_code_made_without_a_mouse(
    page: Page, running: Running, city: City, time: Time
) -> None:
    page.goto(running.url + "/admin/codes")
    page.fill("#name", ADMINISTRATOR)
    page.fill("#passphrase", PASSPHRASE)
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor")
    assert faults(page) == []
    with city.database.read() as connection:
        proposed = accounts.known(connection, city.code, ADMINISTRATOR)
    secret = totp_secret(page)
    assert proposed.proposed
    page.keyboard.type(totp.at(secret, totp.step_of(time.ms)))
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.codes")
    keep(page, "recovery")
    assert faults(page) == []

    page.goto(running.url + "/admin/codes")
    page.focus("#role")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_selector("p.code.big")
    keep(page, "code")
    assert faults(page) == []


def totp_secret(page: Page) -> bytes:
    return base64.b32decode(page.inner_text("p.code").replace(" ", ""))
