"""Signing in at the pages, and every way in which somebody else might come in."""

import base64
import re

import pytest

from forms.engine.words import say
from sync.crypto import totp
from sync.server import accounts, entrance, sessions
from sync.server.city import City
from sync.server.entrance import Attempt
from sync.server.run import Running
from sync.server.web.fields import BODY_MAX
from tests.sync.server.admin.browsing import Browser, Seen
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE, Phone, SignIn
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, STRANGER, Time

SESSION = "teras-session"


def form(phone: Phone, **parts: str) -> dict[str, str]:
    return {"name": ADMINISTRATOR, "passphrase": PASSPHRASE, "code": phone.code(), **parts}


def test_whoever_is_not_signed_in_sees_the_sign_in_and_comes_back(
    running: Running, phone: Phone
) -> None:
    browser = Browser(running.url)
    assert browser.get("/admin/account").location == "/admin/sign-in?back=/admin/account"

    page = browser.follow()
    assert 'name="back" value="/admin/account"' in page.text
    browser.post("/admin/sign-in", form(phone, back="/admin/account"))

    assert browser.at.location == "/admin/account"
    assert ADMINISTRATOR in browser.follow().words


@pytest.mark.parametrize("path", ["/admin/offices", "/admin/there-is-none"])
def test_a_stranger_does_not_learn_which_pages_there_are(running: Running, path: str) -> None:
    assert Browser(running.url).get(path).location == f"/admin/sign-in?back={path}"


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/admin",
        "//elsewhere.example",
        "/adminx",
        "/admin/../v1/hello",
        "/admin/a\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "/admin?x=1",
        "\\\\elsewhere",
    ],
)
def test_nobody_is_sent_to_another_place(running: Running, phone: Phone, back: str) -> None:
    browser = Browser(running.url)

    seen = browser.post("/admin/sign-in", form(phone, back=back))

    assert (seen.status, seen.location) == (303, "/admin")
    assert {one.partition("=")[0] for one in seen.cookies} == {SESSION, "teras-browser"}


def test_the_cookie_is_kept_from_scripts_and_other_sites(running: Running, phone: Phone) -> None:
    browser = Browser(running.url)

    cookies = browser.post("/admin/sign-in", form(phone)).cookies

    for cookie in cookies:
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()
    assert "Secure" not in cookies[0].split("; ")  # loopback speaks plain HTTP


def test_behind_https_the_cookie_is_for_this_host_alone(running: Running, phone: Phone) -> None:
    browser = Browser(running.url)
    origin = running.url.replace("http", "https")

    headers = {"X_Forwarded_Proto": "https", "Origin": origin}
    seen = browser.post("/admin/sign-in", form(phone), **headers)

    assert seen.status == 303
    for cookie in seen.cookies:
        assert cookie.startswith("__Host-teras-")
        assert "Secure" in cookie.split("; ")
    assert seen.headers["strict-transport-security"]


def test_a_session_that_a_browser_was_given_before_is_not_the_one_after(
    running: Running, phone: Phone
) -> None:
    browser = Browser(running.url)
    browser.cookies[SESSION] = "A" * 43

    browser.post("/admin/sign-in", form(phone))

    assert browser.cookies[SESSION] != "A" * 43
    thief = Browser(running.url)
    thief.cookies[SESSION] = "A" * 43
    assert thief.get("/admin").status == 303


def test_signing_in_again_ends_the_session_before(sign_in: SignIn, phone: Phone) -> None:
    browser = sign_in()
    old = browser.cookies[SESSION]

    browser.post("/admin/sign-in", form(phone))

    thief = Browser(browser.url)
    thief.cookies[SESSION] = old
    assert thief.get("/admin").status == 303
    assert browser.get("/admin").status == 200


def test_a_wrong_sign_in_shows_what_was_typed_but_no_passphrase(
    running: Running, phone: Phone
) -> None:
    seen = Browser(running.url).post("/admin/sign-in", form(phone, passphrase="rahasia sekali"))

    assert seen.status == 422
    assert say("sign_in_wrong") in seen.words
    assert f'value="{ADMINISTRATOR}"' in seen.text
    assert "rahasia sekali" not in seen.text
    assert seen.cookies == []


def test_a_code_that_was_used_lets_nobody_in(running: Running, phone: Phone) -> None:
    shown = form(phone)
    assert Browser(running.url).post("/admin/sign-in", shown).status == 303

    assert Browser(running.url).post("/admin/sign-in", shown).status == 422


def test_too_many_tries_are_told_to_wait(running: Running, phone: Phone) -> None:
    browser = Browser(running.url)
    shown = form(phone, passphrase="salah")
    said = [browser.post("/admin/sign-in", shown).status for _ in range(6)]

    assert said == [422] * 5 + [429]
    assert say("sign_in_wait", minutes=1) in browser.at.words


def test_the_second_factor_is_set_up_at_the_first_sign_in(
    running: Running, city: City, time: Time
) -> None:
    browser = Browser(running.url)
    seen = browser.post("/admin/sign-in", {"name": ADMINISTRATOR, "passphrase": PASSPHRASE})
    assert seen.location == "/admin/second-factor"
    # Nothing else is open yet.
    assert browser.get("/admin").location == "/admin/second-factor"

    page = browser.follow()
    typed = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', page.text)
    assert typed is not None
    assert "<svg" in page.text
    secret = _unbase32(typed[1])
    before = browser.cookies[SESSION]
    code = totp.at(secret, totp.step_of(time.ms))
    kept = browser.fill("/admin/second-factor", code=code)

    codes = re.findall(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b", kept.text)
    assert len(set(codes)) == 10
    assert browser.cookies[SESSION] != before
    assert browser.get("/admin").status == 200
    other = Browser(running.url)
    lost = {"name": ADMINISTRATOR, "passphrase": PASSPHRASE, "code": codes[0]}
    assert other.post("/admin/sign-in", lost).location == "/admin"


def test_a_wrong_code_sets_nothing_up(running: Running, city: City) -> None:
    browser = Browser(running.url)
    browser.post("/admin/sign-in", {"name": ADMINISTRATOR, "passphrase": PASSPHRASE})
    shown = browser.follow().text

    seen = browser.fill("/admin/second-factor", code="000000")

    assert seen.status == 422
    assert say("factor_wrong") in seen.words
    assert re.findall(r"<p class=.code.>.*?</p>", shown) == re.findall(
        r"<p class=.code.>.*?</p>", seen.text
    )
    assert not accounts.listing(city)[0].has_factor


def _unbase32(typed: str) -> bytes:
    return base64.b32decode(typed.replace(" ", ""))


def test_leaving_ends_the_session_here_alone(sign_in: SignIn) -> None:
    browser, other = sign_in(), sign_in()
    key = browser.cookies[SESSION]
    browser.get("/admin")

    assert browser.fill("/admin/sign-out").location == "/admin/sign-in"

    assert SESSION not in browser.cookies
    browser.cookies[SESSION] = key
    assert browser.get("/admin").status == 303
    assert other.get("/admin").status == 200


def test_leaving_everywhere_ends_every_session(sign_in: SignIn) -> None:
    browser, other = sign_in(), sign_in()
    browser.get("/admin/account")

    browser.fill("/admin/sign-out-all")

    assert other.get("/admin").status == 303


def test_a_new_passphrase_ends_every_session_and_the_old_one(
    sign_in: SignIn, running: Running, phone: Phone
) -> None:
    browser, other = sign_in(), sign_in()
    browser.get("/admin/account")
    assert browser.fill("/admin/account", passphrase="dewi lestari").status == 422
    assert say("passphrase_obvious") in browser.at.words

    browser.fill("/admin/account", passphrase="hujan turun sejak subuh")

    assert browser.at.location == "/admin/sign-in"
    assert other.get("/admin").status == 303
    assert Browser(running.url).post("/admin/sign-in", form(phone)).status == 422
    anew = form(phone, passphrase="hujan turun sejak subuh")
    assert Browser(running.url).post("/admin/sign-in", anew).status == 303


def test_what_is_dangerous_asks_again_after_five_minutes(
    browser: Browser, phone: Phone, time: Time
) -> None:
    time.ms += 5 * 60_000
    assert browser.get("/admin/account").location == "/admin/prove?back=/admin/account"
    browser.follow()
    before = browser.cookies[SESSION]
    assert browser.fill("/admin/prove", passphrase="salah", code=phone.code()).status == 422

    seen = browser.fill(
        "/admin/prove", passphrase=PASSPHRASE, code=phone.code(), back="/admin/account"
    )

    assert seen.location == "/admin/account"
    assert browser.cookies[SESSION] != before
    assert browser.follow().status == 200


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://elsewhere.example", "Sec_Fetch_Site": "cross-site"},
    {"Origin": "null", "Sec_Fetch_Site": ""},
    {"Origin": "", "Sec_Fetch_Site": "same-site"},
    {"Origin": "", "Sec_Fetch_Site": "none"},
    {"Origin": "", "Sec_Fetch_Site": ""},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_does_nothing(browser: Browser, headers: dict[str, str]) -> None:
    token = browser.get("/admin").token

    seen = browser.post("/admin/sign-out", {"token": token}, **headers)

    assert seen.status == 403
    assert browser.get("/admin").status == 200


@pytest.mark.parametrize("headers", FOREIGN[:1])
def test_another_site_cannot_sign_a_browser_in(
    running: Running, phone: Phone, headers: dict[str, str]
) -> None:
    seen = Browser(running.url).post("/admin/sign-in", form(phone), **headers)

    assert (seen.status, seen.cookies) == (403, [])


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_sessions_token_does_nothing(browser: Browser, token: str) -> None:
    assert browser.post("/admin/sign-out", {"token": token}).status == 403
    assert browser.get("/admin").status == 200


def test_the_token_of_another_session_does_nothing(sign_in: SignIn) -> None:
    browser, other = sign_in(), sign_in()

    assert browser.post("/admin/sign-out", {"token": other.get("/admin").token}).status == 403


def test_no_page_is_kept_framed_or_fetches_anything(browser: Browser) -> None:
    seen = browser.get("/admin")

    assert seen.headers["cache-control"] == "no-store"
    policy = seen.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    tags = seen.tags
    assert not [tag for tag, _ in tags if tag in {"script", "style", "iframe", "img", "object"}]
    names = {name for _, attributes in tags for name in attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    [style] = [attributes["href"] for tag, attributes in tags if tag == "link"]
    assert style is not None
    sheet = browser.get(style)
    assert sheet.headers["content-type"].startswith("text/css")
    assert "immutable" in sheet.headers["cache-control"]
    assert "url(" not in sheet.text
    assert "@import" not in sheet.text


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ("a=" + "x" * BODY_MAX, {}, 413),
        ("&".join(["a=1"] * 2000), {}, 400),
        ("name=%ff", {}, 400),
        ("name=a%00b", {}, 400),
        ("name=" + "x" * 9000, {}, 400),
        ("{}", {"Content_Type": "application/json"}, 415),
        ("", {"Content_Type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused(
    running: Running, body: str, headers: dict[str, str], status: int
) -> None:
    seen = Browser(running.url).post("/admin/sign-in", body, **headers)

    assert seen.status == status
    assert seen.headers["content-type"].startswith("text/html")


def test_a_name_is_shown_as_it_was_typed_and_does_nothing(running: Running) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}'

    seen = Browser(running.url).post("/admin/sign-in", {"name": hostile, "passphrase": "x" * 20})

    assert "<script>" not in seen.text
    assert "&#34;&gt;&lt;script&gt;" in seen.text
    assert "{{ 7*7 }}" in seen.text


def test_the_head_of_the_city_sees_the_overview_and_no_act(sign_in: SignIn, head: str) -> None:
    browser = sign_in(HEAD, HEAD_PHRASE)

    seen: Seen = browser.get("/admin")

    assert seen.status == 200
    links = {attributes.get("href") for tag, attributes in seen.tags if tag == "a"}
    assert not {link for link in links if link and "removals" in link}


def test_the_administrator_of_another_region_is_nobody_here(
    neighbour: City, running: Running
) -> None:
    entered = entrance.sign_in(neighbour, Attempt(STRANGER, PASSPHRASE, address="192.0.2.1"))
    assert sessions.find(neighbour, entered.key) is not None
    browser = Browser(running.url)

    browser.cookies[SESSION] = entered.key

    assert browser.get("/admin").status == 303
    here = browser.post("/admin/sign-in", {"name": STRANGER, "passphrase": PASSPHRASE})
    assert here.status == 422


def test_the_head_of_the_city_proves_by_passphrase_and_may_set_up_a_second_factor(
    sign_in: SignIn, head: str, city: City, time: Time
) -> None:
    browser = sign_in(HEAD, HEAD_PHRASE)
    time.ms += 5 * 60_000
    browser.get("/admin/second-factor")
    browser.follow()
    assert 'name="code"' not in browser.at.text
    browser.fill("/admin/prove", passphrase=HEAD_PHRASE, back="/admin/second-factor")

    typed = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', browser.follow().text)
    assert typed is not None
    code = totp.at(_unbase32(typed[1]), totp.step_of(time.ms))
    browser.fill("/admin/second-factor", code=code)

    assert [one.has_factor for one in accounts.listing(city) if one.name == HEAD] == [True]
    bare = {"name": HEAD, "passphrase": HEAD_PHRASE}
    assert Browser(browser.url).post("/admin/sign-in", bare).status == 422


def test_an_account_that_was_taken_away_is_out_at_once(
    city: City, sign_in: SignIn, head: str
) -> None:
    browser = sign_in(HEAD, HEAD_PHRASE)

    accounts.remove(city, HEAD, ADMINISTRATOR)

    assert browser.get("/admin").status == 303
