"""The administrators' pages in the language that a browser asks for or chose."""

from tests.sync.server.admin.browsing import Browser

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}


def test_a_page_speaks_the_language_of_its_browser(browser: Browser) -> None:
    said = browser.get("/admin/offices", **ENGLISH)

    assert ("html", {"lang": "en"}) in said.tags
    assert "Offices" in said.words
    assert "Kantor" in browser.get("/admin/offices").words


def test_a_language_that_was_chosen_goes_before_what_the_browser_says(browser: Browser) -> None:
    seen = browser.get("/admin/language/en?back=/admin/devices")

    assert (seen.status, seen.location) == (303, "/admin/devices")
    assert "Devices" in browser.follow().words
    assert "Perangkat" not in browser.at.words

    browser.get("/admin/language/id?back=/admin/devices")
    assert "Perangkat" in browser.get("/admin/devices", **ENGLISH).words


def test_a_page_links_to_itself_in_the_other_language(browser: Browser) -> None:
    seen = browser.get("/admin/devices")

    links = [facts["href"] for tag, facts in seen.tags if tag == "a" and facts.get("hreflang")]
    assert links == ["/admin/language/en?back=/admin/devices"]


def test_choosing_a_language_sends_to_no_other_site(browser: Browser) -> None:
    assert browser.get("/admin/language/en?back=https://contoh.test/").location == "/admin"


def test_a_refusal_is_told_in_the_language_of_the_browser(browser: Browser) -> None:
    assert "There is no such page." in browser.get("/admin/nowhere", **ENGLISH).words
