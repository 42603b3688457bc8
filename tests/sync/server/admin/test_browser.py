"""The pages in Debian's Chromium: reached by keys alone, read by everybody, nothing blocked.

TERAS_PICTURES names a folder in which a picture of every page is left.
"""

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from sync.crypto import totp
from sync.protocol import looks
from sync.protocol.looks import Look, Looks
from sync.protocol.standing import VERSION, Standing
from sync.server import accounts, codes, findings, revocation, scope
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS
from sync.server.run import Running
from tests.chromium import RULES, launched
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE, Phone
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time
from tests.sync.server.laptop import Laptop

pytestmark = pytest.mark.browser

Enrol = Callable[..., Laptop]
SCREEN = {"width": 1366, "height": 768}
PAGES = (
    "", "/offices", "/offices/new", "/operators", "/codes", "/devices", "/conflicts", "/removals",
    "/quarantine", "/trail", "/administrators", "/administrators/new", "/account",
    "/directives", "/live/99.71.01.1001", "/looks", "/findings", "/findings/new",
)  # fmt: skip


def failing(*_given: object, **_named: object) -> None:
    raise ZeroDivisionError


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def full(city: City, enrol: Enrol, time: Time, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A city in which something waits on every page; paths of single things by name."""
    ours, theirs, lost = enrol(), enrol(role="petugas"), enrol("kel-b")
    resident = ours.resident("AHMAD FAUZI", telepon="081200000001")
    ours.send(resident)
    ours.send(ours.edit(resident, telepon="081200000002"))
    theirs.send(theirs.edit(resident, telepon="081200000003"))
    people = [ours.resident(f"WARGA {chr(65 + n)}") for n in range(14)]
    ours.send(*people)
    ours.send(*(ours.move(one, "move_out", "moved", one, reason="Pindah") for one in people))
    with monkeypatch.context() as patched:
        patched.setattr(scope, "check", failing)
        ours.send(ours.resident("RACUN"))
    revocation.revoke(city, lost.device, ADMINISTRATOR)
    revocation.keep(city, [lost.batch(lost.resident("SITI"))])
    codes.make(city, "kel-a", "petugas", ADMINISTRATOR)
    time.ms += 2 * SEEN_EVERY_MS
    ours.exchange(standing=Standing(41, 90 * 3_600_000, VERSION, "Windows 11", True, "unknown"))
    theirs.exchange(standing=Standing(0, 0, VERSION, "Linux 6.1", True, "sealed"))
    accounts.add(city, HEAD, accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)
    look = Look(time.ms, ours.operator, resident.id, looks.RECORD, resident.service)
    ours.exchange(looks=looks.encode(Looks([look], 1)))
    texts = {"nomor_lhp": "700/012", "tentang": "Nomor tanpa surat", "uraian": "Tiga."}
    today = city.day(city.now())
    found = findings.Finding("kel-a", today, today, {**texts, "rekomendasi": "Jelaskan."})
    finding = findings.begin(city, found, ADMINISTRATOR)
    office = f"/offices/{ours.welcome.office.id.hex()}"
    return {
        "office": office,
        "letterhead": f"{office}/edit",
        "finding": f"/findings/of/{finding.hex()}",
        "lost": f"/devices/{ours.device.hex()}/lost",
        "device": f"/devices/{ours.device.hex()}",
        "revoke": f"/devices/{ours.device.hex()}/revoke",
        "revoked": f"/devices/{lost.device.hex()}",
        "operator": f"/operators/{theirs.operator.hex()}",
        "person": f"/administrators/of/{HEAD}",
    }


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=SCREEN, locale="id-ID")  # type: ignore[arg-type] # a plain pair does
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # A browser asks for /favicon.ico by itself, and for nothing else that isn't there.
    assert [line for line in said if "404" not in line] == []


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
    folder = os.environ.get("TERAS_PICTURES")
    if folder:
        page.screenshot(path=Path(folder, name.strip("/").replace("/", "_") + ".png"))


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


def test_every_page_can_be_read_by_everybody(
    page: Page, running: Running, phone: Phone, full: dict[str, str]
) -> None:
    sign_in(page, running, phone)
    paths = {**{path or "overview": path for path in PAGES}, **full}
    page.goto(running.url + "/admin/conflicts")
    link = page.locator("td a").first.get_attribute("href")
    assert link
    paths["conflict"] = link.removeprefix("/admin")

    found = {}
    for name, path in paths.items():
        page.goto(f"{running.url}/admin{path}")
        keep(page, name)
        wrong = faults(page)
        if sideways(page) > 0:
            wrong.append(f"wider than the screen by {sideways(page)}")
        if cut(page):
            wrong.append("a table is cut")
        if wrong:
            found[name] = wrong

    assert found == {}


def test_in_the_dark_and_on_a_narrow_screen_the_same_holds(
    page: Page, running: Running, phone: Phone, full: dict[str, str]
) -> None:
    sign_in(page, running, phone)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 683, "height": 384})  # 1366x768 at 200 % text
    found = {}
    for path in ("", "/devices", "/trail", "/offices/new", full["device"]):
        page.goto(f"{running.url}/admin{path}")
        keep(page, "dark" + (path or "/overview")[:20])
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
    keep(page, "sign_in")
    assert faults(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor")
    keep(page, "second_factor")
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
