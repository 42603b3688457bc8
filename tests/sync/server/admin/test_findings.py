"""Findings on the pages: begun and judged by the inspectorate, read by who may see lists."""

from collections.abc import Callable

import pytest

from forms.engine.words import label
from sync.server import accounts, factor, findings
from sync.server.city import City
from sync.server.run import Running
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE, Phone, SignIn
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
NAME, PHRASE = "Bambang Inspektur", "meja kayu jati di ruang arsip"
GIVEN = {
    "office": "kel-a",
    "nomor_lhp": "700/012/LHP/2026",
    "tanggal_lhp": "2026-11-20",
    "diterima": "2026-11-21",
    "tentang": "Nomor <b>tanpa</b> surat",
    "uraian": "Tiga nomor.",
    "rekomendasi": "Jelaskan.",
}


@pytest.fixture
def inspector(city: City, running: Running, time: Time) -> Browser:
    accounts.add(city, NAME, accounts.INSPECTOR, PHRASE, ADMINISTRATOR)
    phone = Phone(factor.give(city, NAME, ADMINISTRATOR)[0], time)
    browser = Browser(running.url)
    form = {"name": NAME, "passphrase": PHRASE, "code": phone.code()}
    assert browser.post("/admin/sign-in", form).location == "/admin"
    return browser


def test_a_finding_is_begun_judged_and_settled(
    inspector: Browser, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    inspector.get("/admin/findings/new")
    made = inspector.fill("/admin/findings/new", **GIVEN)
    record = bytes.fromhex(made.location.rpartition("/")[2])
    shown = inspector.follow()
    assert "Nomor <b>tanpa</b> surat" in shown.words
    assert "<b>tanpa" not in shown.text
    change = laptop.change(
        findings.SERVICE, "answer", record=record, base={"state": record}, state="answered",
        reason="Sudah dijelaskan.",
    )  # fmt: skip
    assert [v.verdict for v in laptop.send(change)] == ["applied"]

    shown = inspector.get(made.location)
    assert "Sudah dijelaskan." in shown.words
    assert label("action", "send_back") in shown.words
    inspector.fill(made.location, act="accept", reason="Cukup.")
    inspector.follow()
    inspector.fill(made.location, act="settle_finding", reason="Selesai.")

    assert findings.find(city, record)[0].state == "settled"
    listed = inspector.get("/admin/findings")
    assert label("state", "settled") in listed.words


def test_what_was_typed_stays_when_it_is_refused(inspector: Browser) -> None:
    inspector.get("/admin/findings/new")
    seen = inspector.fill("/admin/findings/new", **{**GIVEN, "diterima": "2026-11-19"})

    assert (seen.status, "700/012/LHP/2026" in seen.text) == (422, True)
    assert inspector.fill("/admin/findings/new", **{**GIVEN, "diterima": "kemarin"}).status == 422
    none = inspector.get("/admin/findings/of/" + "ab" * 16)
    assert none.status == 422


def test_the_inspectorate_does_no_act_of_administrators(inspector: Browser) -> None:
    for path in ("/admin/administrators", "/admin/codes", "/admin/conflicts", "/admin/offices/new"):
        assert inspector.get(path).status == 403
    assert inspector.get("/admin/looks").status == 200


def test_the_head_of_the_city_reads_findings_and_judges_none(
    sign_in: SignIn, head: str, city: City
) -> None:
    record = findings.begin(
        city,
        findings.Finding(
            "kel-a",
            city.day(city.now()),
            city.day(city.now()),
            {key: GIVEN[key] for key in findings.TEXT if key in GIVEN},
        ),
        NAME,
    )
    browser = sign_in(HEAD, HEAD_PHRASE)
    page = f"/admin/findings/of/{record.hex()}"

    assert '<form class="card"' not in browser.get(page).text
    assert browser.fill(page, act="waive", reason="x").status == 403
    assert browser.get("/admin/findings/new").status == 403
    assert "700/012" in browser.get("/admin/findings?as=csv").text
