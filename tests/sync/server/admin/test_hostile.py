"""Whatever is typed into any field of any page does nothing but what it says."""

import pytest

from sync.server import verify
from sync.server.admin.pages import PAGES
from sync.server.city import City
from tests.sync.server.admin.browsing import Browser

# Kept for other tests: they end the session, or change the account that is asking.
LEFT_OUT = {"/admin/sign-out", "/admin/sign-out-all", "/admin/account", "/admin/second-factor"}
FORMS = [page.path for page in PAGES if page.act and "{" not in page.path]
LISTS = [page.path for page in PAGES if "{" not in page.path]
MARK = "<img src=x onerror=alert(1)>"
HOSTILE = (
    f"\"'>{MARK}<!--",
    "'; DROP TABLE audit; -- ",
    "x' OR '1'='1",
    "{{ 7*7 }}${7*7}%s%(x)s{0}",
    "\u202e\ufeff\U0010ffff" + "a" * 7_000,
)


def fields(browser: Browser, path: str) -> set[str]:
    """Name everything that the forms of a page take."""
    browser.get(path)
    named = {
        given.get("name")
        for tag, given in browser.at.tags
        if tag in {"input", "select", "textarea", "button"}
    }
    return {name for name in named if name} - {"token"}


@pytest.mark.parametrize("path", sorted(set(FORMS) - LEFT_OUT))
def test_a_field_of_a_form_takes_words_and_no_orders(
    browser: Browser, city: City, path: str
) -> None:
    names = fields(browser, path)
    token = browser.at.token

    for text in HOSTILE:
        given = dict.fromkeys(names | {"act", "back", "id", "record"}, text)
        seen = browser.post(path, {"token": token, **given})

        assert seen.status < 500, text
        assert MARK not in seen.text
        assert "49$" not in seen.text
        assert "\n" not in seen.location

    assert verify.verify(city) == ()


def test_a_question_of_a_list_takes_words_and_no_orders(browser: Browser, city: City) -> None:
    for path in LISTS:
        if path in LEFT_OUT:
            continue
        names = sorted(fields(browser, path) | {"after", "office", "state", "service", "back", "q"})
        for text in HOSTILE[:4]:
            question = "&".join(f"{name}={_quoted(text)}" for name in names)
            seen = browser.get(f"{path}?{question}")

            assert seen.status < 500, (path, text)
            assert MARK not in seen.text, path

    assert verify.verify(city) == ()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())
