"""The live room in Debian's Chromium: whole at every size, readable, fresh by itself.

TERAS_PICTURES names a folder in which pictures are left.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from sync.server import live, run
from sync.server.city import City
from sync.server.run import Address
from sync.server.wall import tokens
from tests import scale
from tests.chromium import RULES, launched
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop
from tests.sync.server.wall.conftest import Issue

pytestmark = pytest.mark.browser

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))[: scale.of(3, 2)]
FAR_PX = 40  # of a figure on a screen of 1080 lines: 21 mm at 50 inches, 18 minutes of arc at 4 m
# Text that lies outside of its own box, or of the box that it belongs in.
CUT = """() => [...document.querySelectorAll(
    '.tile h2 > span, .figure, .line, .means, .view-says, .key, .hours h2, .attention h2, header h1'
)].filter((one) => one.offsetParent).filter((one) => {
    const frame = (one.closest('article, section, header') || one).getBoundingClientRect();
    const box = one.getBoundingClientRect();
    return box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1
        || one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline';
}).map((one) => one.className + ': ' + one.textContent)"""
OVERLAPS = """() => [...document.querySelectorAll('article')].flatMap((tile) => {
    const parts = [...tile.children].filter((one) => one.textContent.trim());
    const boxes = parts.map((one) => one.getBoundingClientRect());
    return parts.flatMap((one, n) => boxes.slice(n + 1).some((other) =>
        Math.min(boxes[n].right, other.right) - Math.max(boxes[n].left, other.left) > 2 &&
        Math.min(boxes[n].bottom, other.bottom) - Math.max(boxes[n].top, other.top) > 2)
        ? [tile.id + ': ' + one.textContent.trim()] : []);
})"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def address(city: City, issue: Issue, desks: dict[str, Laptop]) -> Iterator[str]:
    """The wall of a city that has worked since the morning."""
    for hour, count in ((8, 6), (9, 12), (10, 9), (11, 7)):
        issue("kel-a", count, hour=hour)
        issue("kel-b", count + 3, hour=hour)
    for week in (1, 2, 3):
        issue("kel-a", 12, hour=9, day=-7 * week)
    desks["kel-a"].send(*desks["kel-a"].letter({"nama": "ANI"}))
    live.catch_up(city)
    running = run.start(city.folder, Address(), city.now)
    yield f"{running.url}/live?token={tokens.make(city, 'tes', ADMINISTRATOR)}"
    running.stop()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="id-ID")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#chart .uplot")
    yield page
    context.close()
    assert said == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_wall_is_whole_at_every_size(page: Page, size: tuple[int, int], theme: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if theme == "light":
        page.click("#theme")
    page.wait_for_timeout(400)  # the chart is drawn anew after the size has settled
    if folder := os.environ.get("TERAS_PICTURES"):
        page.screenshot(path=Path(folder, f"live_{size[0]}_{theme}.png"))

    assert page.evaluate(CUT) == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_figures_can_be_read_from_four_metres(page: Page) -> None:
    sizes = page.evaluate(
        "[...document.querySelectorAll('.figure')]"
        ".map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )

    assert min(sizes) >= FAR_PX


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_an_automated_check_finds_nothing_that_shuts_people_out(page: Page, theme: str) -> None:
    if theme == "light":
        page.click("#theme")
    found = Axe().run(page, options=RULES).response["violations"]

    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []


def test_a_new_letter_comes_by_itself(page: Page, issue: Issue, time: Time) -> None:
    before = page.inner_text("#tile-letters-issued .figure")
    issue("kel-a", 5, hour=11)
    time.ms += 3_000

    page.wait_for_function(
        "(was) => document.querySelector('#tile-letters-issued .figure').textContent !== was",
        arg=before,
    )

    assert int(page.inner_text("#tile-letters-issued .figure")) == int(before) + 5


def test_the_map_turns_to_what_is_asked_and_stays_after_news(
    page: Page, issue: Issue, time: Time
) -> None:
    page.click(".views button:has-text('Waktu layanan')")
    issue("kel-b", 5, hour=11)
    time.ms += 3_000
    page.wait_for_timeout(6_000)

    assert page.get_attribute(".views button:has-text('Waktu layanan')", "aria-pressed") == "true"
    shown = page.evaluate(
        "[...document.querySelectorAll('.group b:not([hidden])')].map((one) => one.dataset.view)"
    )
    assert set(shown) == {"letters/minutes"}


def test_a_server_that_is_gone_is_said_with_the_time_of_the_last_figures(page: Page) -> None:
    page.route("**/live/parts", lambda route: route.abort())
    page.evaluate("() => { heard -= 60000; }")
    page.wait_for_selector("#state.broken")

    assert "Terputus" in page.inner_text("#state")
