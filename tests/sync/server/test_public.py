"""The public check over a real socket: a small page without scripts, JSON, bounds."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple, get_args
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from forms.engine.words import label
from sync.protocol.change import Change
from sync.server import public, run
from sync.server.city import City
from sync.server.finding import Finding, Shown, Status
from sync.server.page import AREA, Page
from sync.server.run import Address, Running
from tests.sync.server.conftest import Time
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
NUMBER = "0001/470/kel-a/11/2026"


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture
def running(folder: Path, city: City) -> Iterator[Running]:
    running = run.start(folder, Address(), city.now)
    yield running
    running.stop()


@pytest.fixture
def issue(city: City, enrol: Enrol) -> Change:
    """A letter of somebody whose name must not be shown."""
    laptop = enrol()
    made = laptop.letter({"nama": "AHMAD FAUZI"})
    issue = laptop.issue(made, city.catalogue.form(LETTER), 1, NUMBER)
    laptop.send(*made, issue)
    return issue


def get(running: Running, path: str, accept: str = BROWSER, **headers: str) -> Reply:
    place = urlsplit(running.url)
    line = HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        line.request("GET", path, headers={"Accept": accept, **headers})
        reply: HTTPResponse = line.getresponse()
        return Reply(reply.status, dict(reply.headers.items()), reply.read().decode())
    finally:
        line.close()


def paper(change: Change) -> tuple[str, str]:
    """A letter's QR as it stands in an address, and its short code."""
    assert change.body.paper is not None
    return quote(change.body.paper["qr"], safe=""), change.body.paper["data"]["letter"][:12]


class Words(HTMLParser):
    """Collects what a page shows, and every tag and attribute that it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"] and data.strip():
            self.words.append(data.strip())


def test_the_text_of_a_qr_is_answered_by_a_page(
    city: City, running: Running, issue: Change
) -> None:
    reply = get(running, f"/periksa?k={paper(issue)[0]}")

    shown = Words(reply.text).words
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/html")
    for said in (label(AREA, "genuine"), NUMBER, "Kelurahan A", "A.F.", "21 November 2026"):
        assert said in shown
    assert "AHMAD" not in reply.text
    assert "FAUZI" not in reply.text


def test_every_way_of_asking_finds_the_same_letter(
    city: City, running: Running, issue: Change
) -> None:
    qr, code = paper(issue)
    number = quote(NUMBER)
    ways = [
        f"/periksa?k={qr}",
        f"/periksa?k={code}",
        f"/periksa/{code}",
        f"/periksa/kel-a/{number}",
        f"/periksa?nomor={number}&kantor=kel-a",
    ]

    told = [json.loads(get(running, way, "application/json").text) for way in ways]

    assert {one["status"] for one in told} == {"genuine"}
    assert {one["letter"]["number"] for one in told} == {NUMBER}
    assert [one["letter"]["initials"] for one in told] == ["A.F."] * 3 + [""] * 2
    assert all(one["proves_not"] for one in told)


def test_without_a_question_the_page_asks(running: Running) -> None:
    reply = get(running, "/periksa")

    assert reply.status == 200
    assert reply.text == get(running, "/periksa/").text
    assert {"k", "nomor", "kantor"} <= set(re.findall(r'name="(\w+)"', reply.text))
    assert "role" not in Words(reply.text).attributes  # nothing is answered yet


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/periksa/0000-0000-0000", 404, "unknown"),
        ("/periksa/kel-a/7", 404, "unknown"),
        ("/periksa?k=halo", 400, "unreadable"),
        ("/periksa/halo", 400, "unreadable"),
    ],
)
def test_what_is_not_recorded_is_told_apart_from_what_is_no_code(
    city: City, running: Running, path: str, status: int, said: str
) -> None:
    reply = get(running, path, "application/json")

    assert (reply.status, json.loads(reply.text)["status"]) == (status, said)


def test_the_page_runs_nothing_and_loads_nothing(running: Running, issue: Change) -> None:
    reply = get(running, f"/periksa?k={paper(issue)[0]}")

    parts = Words(reply.text)
    [style] = re.findall(r"<style>(.*?)</style>", reply.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert not {"script", "link", "img", "iframe"} & set(parts.tags)
    assert not [name for name in parts.attributes if name.startswith("on") or name == "style"]
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert len(reply.text) < 8_000


def test_an_answer_may_be_kept_for_a_minute_and_is_not_sent_twice(
    running: Running, issue: Change
) -> None:
    path = f"/periksa/{paper(issue)[1]}"
    first = get(running, path)

    again = get(running, path, **{"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, max-age=60"
    assert (again.status, again.text) == (304, "")


def test_who_asks_without_end_is_told_to_wait(
    city: City, running: Running, issue: Change, time: Time
) -> None:
    path = f"/periksa/{paper(issue)[1]}"
    statuses = [get(running, path).status for _ in range(public.BURST)]

    late = get(running, path)

    assert set(statuses) == {200}
    assert (late.status, late.headers["retry-after"]) == (429, "1")
    assert late.headers["cache-control"] == "no-store"
    assert get(running, "/periksa").status == 200
    time.ms += 1_000
    assert get(running, path).status == 200


def test_what_stands_on_a_paper_is_never_markup(city: City) -> None:
    shown = Shown("<b>Surat</b>", '"&<script>', "kapan", "<i>Kantor</i>", "<")

    page = Page(city.region).html(Finding("superseded", shown, "<u>1</u>")).decode()

    parts = Words(page)
    assert not {"b", "i", "u", "script"} & set(parts.tags)
    assert {"<b>Surat</b>", '"&<script>', "kapan", "<u>1</u>"} <= set(parts.words)


@pytest.mark.parametrize("status", get_args(Status))
def test_every_finding_has_words(city: City, status: Status) -> None:
    shown = Shown("Surat", "1", "2026-11-21", "Kantor", valid_until="2026-11-22", expired=True)
    for found in (Finding(status), Finding(status, shown, "2")):
        told = json.loads(Page(city.region).json(found))

        assert told["title"] != told["status"]
        assert not told["says"].startswith(AREA)
        assert "{" not in told["says"] + told["title"]
        assert msgspec.json.decode(Page(city.region).json(found))["status"] == status


def test_the_check_speaks_the_language_of_who_asks(running: Running, issue: Change) -> None:
    path = "/periksa?nomor=" + quote(NUMBER, safe="") + "&kantor=kel-a"

    theirs = get(running, path, **{"Accept-Language": "en"})
    assert "Recorded and in force" in theirs.text
    assert '<html lang="en">' in theirs.text
    assert "Accept-Language" in theirs.headers["vary"]

    assert "Tercatat dan berlaku" in get(running, path).text
    assert "Recorded and in force" in get(running, path + "&bahasa=en").text


def test_the_way_to_the_other_language_asks_the_same_again(running: Running) -> None:
    shown = get(running, "/periksa?nomor=7%2F%22x%22&kantor=kel-a").text

    assert 'href="?nomor=7%2F%22x%22&amp;kantor=kel-a&amp;bahasa=en"' in shown


def test_programs_are_answered_in_the_official_language(running: Running, issue: Change) -> None:
    path = "/periksa?nomor=" + quote(NUMBER, safe="") + "&kantor=kel-a"

    told = get(running, path, "application/json", **{"Accept-Language": "en"})

    assert json.loads(told.text)["title"] == "Tercatat dan berlaku"
