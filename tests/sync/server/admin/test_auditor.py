"""The auditor sees who did what and who looked at whom, takes it along, and changes nothing."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from sync.protocol import looks as said
from sync.protocol.looks import Look, Looks
from sync.server import accounts, audit_file, factor, looks_file, trail
from sync.server.admin.door import PAGES as DOOR
from sync.server.admin.pages import PAGES
from sync.server.city import City
from sync.server.run import Running
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.admin.conftest import Phone
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
NAME, PHRASE = "Ratna Auditor", "meja kayu jati di ruang arsip"
NIK = "9971010101900001"


@pytest.fixture
def auditor(city: City, running: Running, time: Time) -> Browser:
    accounts.add(city, NAME, accounts.AUDITOR, PHRASE, ADMINISTRATOR)
    phone = Phone(factor.give(city, NAME, ADMINISTRATOR)[0], time)
    browser = Browser(running.url)
    seen = browser.post(
        "/admin/sign-in", {"name": NAME, "passphrase": PHRASE, "code": phone.code()}
    )
    assert seen.location == "/admin"
    return browser


@pytest.fixture
def looked(enrol: Enrol) -> Laptop:
    laptop = enrol()
    change = laptop.resident("SITI RAHMA", nik=NIK)
    laptop.send(change)
    look = Look(laptop.clock, laptop.operator, change.id, said.RECORD, RESIDENT)
    laptop.exchange(looks=said.encode(Looks([look], 1)))
    return laptop


def test_every_act_of_the_pages_is_refused_to_the_auditor(
    auditor: Browser, looked: Laptop, city: City
) -> None:
    name = looked.device.hex()
    keys = ("device", "operator", "conflict")
    given = dict.fromkeys(keys, name) | {"office": looked.welcome.office.id.hex()}
    given |= {"name": quote(ADMINISTRATOR), "area": "99.71.01.1001", "finding": name}
    given |= {"code": "en"}
    home = auditor.get("/admin/account")
    refused = 0
    for page in PAGES:
        path = page.path.replace(":path", "").format(**given)
        if page.right not in {accounts.OVERVIEW, accounts.LISTS, accounts.AUDIT, ""}:
            assert auditor.get(path).status == 403, path
        if page.act is None or page in DOOR or page.acts == accounts.AUDIT:
            continue
        form = {"token": home.token, "act": "revoke"}
        assert auditor.post(path, form).status == 403, path
        refused += 1
    assert refused > 8


def test_a_person_is_asked_for_by_nik_and_no_nik_stands_in_an_address(
    auditor: Browser, looked: Laptop
) -> None:
    auditor.get("/admin/looks")
    sent = auditor.fill("/admin/looks", do="find", whom=NIK)
    assert NIK not in sent.location

    seen = auditor.get(sent.location)

    assert "SITI RAHMA" in seen.words
    assert "Siti Rahma" in seen.words
    none = auditor.get(f"/admin/looks?whom={looked.operator.hex()}")
    assert "SITI RAHMA" not in none.words
    assert auditor.fill("/admin/looks", do="find", whom="9971010101900009").status == 422


def test_both_chains_are_taken_along_signed_and_both_are_noted(
    auditor: Browser, looked: Laptop, city: City
) -> None:
    keys = {city.code: [city.public.sign]}
    auditor.get("/admin/looks")
    looks = auditor.fill("/admin/looks", do="export", whom=looked.operator.hex())
    auditor.get("/admin/trail")
    trail_file = auditor.fill("/admin/trail")

    assert looks_file.check(looks.text.encode(), keys) == 1
    assert audit_file.check(trail_file.text.encode(), keys)[0] > 3
    assert json.loads(looks.text)["kind"] == looks_file.KIND
    found = trail.look(city, trail.Asked(by=NAME), 20, ADMINISTRATOR).events
    assert {"looks_exported", "audit_exported", "looks_read"} <= {one.act for one in found}


def test_the_report_of_a_lost_laptop_is_asked_for_on_its_page_and_noted(
    auditor: Browser, looked: Laptop, city: City
) -> None:
    page = f"/admin/devices/{looked.device.hex()}"
    assert page + "/lost" in auditor.get(page).text

    shown = auditor.get(page + "/lost")
    assert "1" in shown.words
    taken = auditor.fill(page + "/lost", kind="json")

    assert [one["name"] for one in json.loads(taken.text)["persons"]] == ["SITI RAHMA"]
    assert taken.headers["content-disposition"].endswith(".json")
    auditor.get(page + "/lost")
    assert auditor.fill(page + "/lost", kind="exe").status == 400
    found = trail.look(city, trail.Asked(by=NAME, act="device_lost_report"), 9, ADMINISTRATOR)
    assert len(found.events) == 4
