"""The live room over HTTP: who sees it, what goes over the line, and the way on from a cell."""

import re

import pytest
from sqlalchemy import select

from forms.engine import words
from forms.engine.problem import Refused
from sync.protocol import wire
from sync.server import live, tables
from sync.server.city import City
from sync.server.live_tables import live_token
from sync.server.run import Running
from sync.server.wall import tokens
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE, SignIn
from tests.sync.server.conftest import ADMINISTRATOR, Enrol, Time

AREA = "99.71.01.1001"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def screen(running: Running, city: City) -> Browser:
    """A screen on a wall that has opened its address."""
    browser = Browser(running.url)
    seen = browser.get(f"/live?token={tokens.make(city, 'ruang rapat', ADMINISTRATOR)}")
    assert (seen.status, seen.location) == (303, "/live")
    return browser


def test_a_screen_with_a_token_sees_the_room(screen: Browser) -> None:
    seen = screen.follow()

    assert seen.status == 200
    assert "Surat terbit" in seen.words
    assert seen.headers["cache-control"] == "no-store"


def test_the_token_stays_out_of_the_address_and_of_scripts(screen: Browser) -> None:
    [cookie] = screen.at.cookies

    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "token" not in screen.follow().text


@pytest.mark.parametrize(
    "path", ["/live", "/live/parts", "/live?token=abc", "/live?token=" + "x" * 900]
)
def test_without_a_token_nothing_is_seen(running: Running, path: str) -> None:
    seen = Browser(running.url).get(path)

    assert seen.status == 401
    assert "Surat terbit" not in seen.text


def test_a_revoked_screen_sees_nothing_any_more(screen: Browser, city: City) -> None:
    tokens.revoke(city, "ruang rapat", ADMINISTRATOR)

    assert screen.get("/live/parts").status == 401


def test_the_database_keeps_no_token(city: City) -> None:
    token = tokens.make(city, "lobi", ADMINISTRATOR)

    with city.database.read() as connection:
        assert token not in repr(connection.execute(select(live_token)).all())


def test_a_screen_has_one_token_at_a_time(city: City) -> None:
    tokens.make(city, "lobi", ADMINISTRATOR)
    with pytest.raises(Refused):
        tokens.make(city, "lobi", ADMINISTRATOR)
    tokens.revoke(city, "lobi", ADMINISTRATOR)

    assert tokens.admits(city, tokens.make(city, "lobi", ADMINISTRATOR))


def test_who_guesses_tokens_has_to_wait(running: Running) -> None:
    browser = Browser(running.url)
    statuses = [browser.get(f"/live?token={n}").status for n in range(40)]

    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_the_room_speaks_the_language_of_its_browser(screen: Browser) -> None:
    seen, parts = screen.get("/live", **ENGLISH), screen.get("/live/parts", **ENGLISH)

    [body] = [given for tag, given in seen.tags if tag == "body"]
    assert "Letters issued" in seen.words
    assert (body["data-midnight"], body["data-broken"]) == (
        "00:00", "Cut off from the server; last figures",
    )  # fmt: skip
    ours, theirs = words.texts("id"), words.texts("en")
    left = [
        said
        for code, said in ours.items()
        if code.startswith("live_room.") and said != theirs[code] and said in seen.text + parts.text
    ]
    assert left == []


def test_screens_of_two_languages_do_not_get_each_others_parts(screen: Browser) -> None:
    ours = screen.get("/live/parts")
    theirs = screen.get("/live/parts", **ENGLISH, **{"If-None-Match": ours.headers["etag"]})

    assert theirs.status == 200
    assert "Letters issued" not in ours.words
    assert "Surat terbit" not in theirs.words
    assert screen.get("/live/parts").headers["etag"] == ours.headers["etag"]


def test_what_has_not_changed_is_not_sent_again(screen: Browser) -> None:
    first = screen.get("/live/parts")
    again = screen.get("/live/parts", **{"If-None-Match": first.headers["etag"]})

    assert (first.status, again.status, again.text) == (200, 304, "")
    assert int(again.headers["x-teras-now"]) > 0


def test_a_letter_that_is_taken_shows_within_the_next_look(
    screen: Browser, city: City, enrol: Enrol, time: Time
) -> None:
    before = screen.get("/live/parts")
    laptop = enrol("kel-a")
    laptop.send(*(laptop.resident() for _ in range(7)))
    live.catch_up(city)
    time.ms += 3_000

    after = screen.get("/live/parts", **{"If-None-Match": before.headers["etag"]})

    assert after.status == 200
    assert re.search(r'id="tile-residents-recorded".*?figure">7<', after.text, re.DOTALL)


def test_everything_the_page_loads_comes_from_this_server(screen: Browser) -> None:
    page = screen.get("/live")
    loaded = [
        given.get("src") or given.get("href") or ""
        for tag, given in page.tags
        if tag in {"script", "link", "img"}
    ]

    assert len(loaded) == 6
    for path in loaded:
        found = screen.get(path)
        assert (found.status, path.startswith("/live/assets/")) == (200, True)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page.text)


def test_a_screen_has_no_way_on_and_the_head_has(
    screen: Browser, sign_in: SignIn, head: str, enrol: Enrol
) -> None:
    enrol("kel-a")
    signed_in = sign_in(head, HEAD_PHRASE)

    assert f"/admin/live/{AREA}" not in screen.get("/live").text
    assert f"/admin/live/{AREA}" in signed_in.get("/live").text


def test_a_screen_that_asks_by_itself_keeps_no_session_alive(
    sign_in: SignIn, head: str, time: Time
) -> None:
    browser = sign_in(head, HEAD_PHRASE)
    for _ in range(16):
        time.ms += 60_000
        browser.get("/live/parts")

    assert browser.at.status == 401


def test_the_list_of_an_area_is_noted_with_who_looked(
    sign_in: SignIn, head: str, city: City, enrol: Enrol
) -> None:
    laptop = enrol("kel-a")
    laptop.send(*laptop.letter({"nama": "AHMAD FAUZI"}))
    live.catch_up(city)

    seen = sign_in(head, HEAD_PHRASE).get(f"/admin/live/{AREA}")

    assert "AHMAD FAUZI" in seen.words
    with city.database.read() as connection:
        events = connection.scalars(select(tables.audit.c.event)).all()
    last = wire.decode(events[-1], dict[str, object])
    assert (last["act"], last["by"], last["area"]) == ("live_list_seen", HEAD, AREA)


def test_a_list_is_for_who_is_signed_in(screen: Browser) -> None:
    seen = screen.get(f"/admin/live/{AREA}")

    assert (seen.status, seen.location.partition("?")[0]) == (303, "/admin/sign-in")
