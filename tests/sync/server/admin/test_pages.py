"""Every page of administrators: what it shows, what is done on it, and who may."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from forms.engine import words
from forms.engine.check import check
from forms.engine.region import Office
from sync.protocol.change import Change
from sync.server import (
    accounts,
    administration,
    codes,
    offices,
    operators,
    records,
    revocation,
    scope,
    trail,
)
from sync.server.admin.pages import PAGES
from sync.server.city import City
from sync.server.trail import Asked
from sync.server.web import paging
from sync.server.web.templates import PAGES as TEMPLATES
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE, Phone, SignIn
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Time
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
LISTS = [page.path for page in PAGES if page.menu]
HOSTILE = "<b onmouseover=alert(1)>'\"&{{7*7}}"


def office_of(city: City, code: str = "kel-a") -> str:
    with city.database.read() as connection:
        return offices.by_code(connection, city.code, code).hex()


def acts(city: City) -> list[str]:
    """What the audit's chain says of late, the newest last."""
    return [event.act for event in trail.look(city, Asked(), 50, "x").events][1:][::-1]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_says_where_one_is_and_what_it_is_for_when_it_is_empty(
    browser: Browser, path: str
) -> None:
    seen = browser.get(path)

    assert seen.status == 200
    tags = [tag for tag, _ in seen.tags]
    assert (tags.count("h1"), tags.count("main"), tags.count("nav")) == (1, 1, 1)
    here = [attributes for _, attributes in seen.tags if attributes.get("aria-current")]
    assert [attributes["href"] for attributes in here] == [path]
    assert "<table>" in seen.text or 'class="empty"' in seen.text


def test_every_word_of_the_pages_is_there() -> None:
    known = words.texts(words.OFFICIAL)
    asked = {
        f"admin.{code}"
        for path in (TEMPLATES / "admin").glob("*.html")
        for code in re.findall(r'\bword\("([a-z_]+[a-z])"[,)]', path.read_text("utf-8"))
    }
    asked |= {f"admin.menu_{page.menu}" for page in PAGES if page.menu}

    assert asked - known.keys() == set()


def test_every_field_and_button_has_a_name(browser: Browser, city: City, enrol: Enrol) -> None:
    laptop = enrol()
    paths = [
        *LISTS,
        "/admin/offices/new",
        f"/admin/offices/{office_of(city)}",
        f"/admin/offices/{office_of(city)}/edit",
        f"/admin/devices/{laptop.device.hex()}",
        f"/admin/devices/{laptop.device.hex()}/revoke",
        f"/admin/operators/{laptop.operator.hex()}",
        "/admin/account",
        "/admin/administrators/new",
    ]
    for path in paths:
        seen = browser.get(path)
        labelled = {attributes.get("for") for tag, attributes in seen.tags if tag == "label"}
        inside = set(re.findall(r'<label class="tick"><input [^>]*value="([^"]*)"', seen.text))
        nameless = [
            attributes
            for tag, attributes in seen.tags
            if tag in {"input", "select", "textarea"}
            and attributes.get("type") != "hidden"
            and not attributes.get("aria-label")
            and attributes.get("id") not in labelled
            and attributes.get("value") not in inside
        ]
        ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
        assert (path, seen.status, nameless) == (path, 200, [])
        assert len(ids) == len(set(ids)), path


def test_the_head_of_the_city_reads_lists_and_nothing_else(
    city: City, sign_in: SignIn, head: str, enrol: Enrol
) -> None:
    device = enrol().device.hex()
    browser = sign_in(HEAD, HEAD_PHRASE)
    given = {
        "office": office_of(city),
        "device": device,
        "operator": device,
        "conflict": device,
        "name": quote(HEAD),
    }
    for page in PAGES:
        if page.right in (accounts.LISTS, accounts.OVERVIEW):
            continue
        if page.right:
            assert browser.get(page.path.replace(":path", "").format(**given)).status == 403, (
                page.path
            )
    for path in ("/admin/offices", "/admin/devices", "/admin/operators"):
        assert browser.get(path).status == 200
    shown = browser.get(f"/admin/devices/{device}")
    assert "/revoke" not in shown.text
    assert browser.fill(f"/admin/devices/{device}").status == 403
    office = browser.get(f"/admin/offices/{given['office']}")
    assert 'name="catchment"' not in office.text
    assert browser.fill(f"/admin/offices/{given['office']}", catchment="").status == 403


def test_an_office_is_added_and_its_catchment_changed(browser: Browser, city: City) -> None:
    browser.get("/admin/offices/new")
    form = {"code": "pkm-1", "kind": "puskesmas", "name": "Puskesmas Satu", "area": "99.71.01.1001"}

    made = browser.fill("/admin/offices/new", **form)
    assert browser.get("/admin/offices?q=satu").words.count("Puskesmas Satu") == 1
    browser.get(made.location)
    page = browser.fill(made.location, catchment="99.71.01.1002")

    assert page.location.endswith("?came=0&went=0")
    with city.database.read() as connection:
        office = offices.by_id(
            connection, city.code, offices.by_code(connection, city.code, "pkm-1")
        )
    assert office.catchment == ("99.71.01.1002",)
    assert acts(city)[-2:] == ["office_added", "catchment_changed"]


def test_what_stands_on_an_offices_letterhead_is_changed(browser: Browser, city: City) -> None:
    path = f"/admin/offices/{office_of(city)}"
    browser.get(f"{path}/edit")

    given = {
        "name": HOSTILE,
        "address": "Jalan Melati 1",
        "phone": "021",
        "email": "",
        "postcode": "",
    }
    done = browser.fill(f"{path}/edit", **given)
    shown = browser.get(done.location)

    assert words.say("admin.office_edited") in shown.words
    assert "Jalan Melati 1" in shown.words
    assert "<b onmouseover" not in shown.text
    assert acts(city)[-1] == "office_changed"
    refused = browser.fill(f"{path}/edit", **(given | {"name": " "}))
    assert refused.status == 422
    assert words.say("office_name", max=120) in refused.words


def test_a_refused_office_keeps_what_was_typed(browser: Browser) -> None:
    browser.get("/admin/offices/new")

    seen = browser.fill(
        "/admin/offices/new", code="kel-a", kind="kelurahan", name=HOSTILE, area="99.71.01.1001"
    )

    assert seen.status == 422
    assert words.say("office_code_taken", office="kel-a") in seen.words
    assert "<b onmouseover" not in seen.text
    assert HOSTILE in [attributes.get("value") for _, attributes in seen.tags]


def test_a_hostile_name_is_shown_as_it_is_everywhere(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    area = "99.71.01.1003"
    office = offices.add(city, Office(b"", "kel-x", "kelurahan", HOSTILE, area), ADMINISTRATOR)
    code, _ = codes.make(city, "kel-x", "kepala", ADMINISTRATOR)
    laptop = Laptop(city, code)
    paths = ["/admin/offices", f"/admin/offices/{office.hex()}", "/admin/codes", "/admin/devices"]
    paths += [f"/admin/devices/{laptop.device.hex()}", "/admin/operators", "/admin/trail"]

    for path in paths:
        seen = browser.get(path)
        assert "<b onmouseover" not in seen.text, path
        assert "49" not in re.findall(r"&amp;(.*?)<", seen.text), path


def test_a_code_is_shown_once_and_lets_a_laptop_in(browser: Browser, city: City) -> None:
    browser.get("/admin/codes")

    seen = browser.fill("/admin/codes", act="make", office=office_of(city), role="kepala")
    code = re.search(r'<p class="code big">([0-9A-Z-]+)</p>', seen.text)
    assert code is not None
    assert "<svg" in seen.text
    laptop = Laptop(city, code[1])

    listed = browser.get("/admin/codes")
    assert code[1] not in listed.text
    assert words.say("admin.code_used") in listed.words
    assert laptop.device.hex() in listed.text


def test_a_withdrawn_code_lets_nobody_in(browser: Browser, city: City) -> None:
    code, _ = codes.make(city, "kel-a", "kepala", ADMINISTRATOR)
    name = re.search(r'name="code" value="([0-9a-f]+)"', browser.get("/admin/codes").text)
    assert name is not None

    browser.fill("/admin/codes", act="withdraw", code=name[1])

    with pytest.raises(Exception, match="code_expired"):
        Laptop(city, code)
    browser.get("/admin/codes")
    assert words.say("admin.code_over") in browser.at.words


def test_a_fingerprint_is_compared_once(browser: Browser, city: City, enrol: Enrol) -> None:
    device = enrol().device.hex()
    unsure = words.say("admin.device_unconfirmed")
    assert unsure in browser.get("/admin/devices?state=unconfirmed").words
    browser.get(f"/admin/devices/{device}")

    browser.fill(f"/admin/devices/{device}")

    assert words.say("admin.confirmed") in browser.get(f"/admin/devices/{device}").words
    assert device not in browser.get("/admin/devices?state=unconfirmed").text
    assert acts(city)[-1] == "device_confirmed"


def test_a_silent_laptop_is_told_apart(
    running: object, sign_in: SignIn, city: City, enrol: Enrol, time: Time
) -> None:
    silent = enrol().device.hex()
    time.ms += 4 * 86_400_000
    loud = enrol().device.hex()

    seen = sign_in().get("/admin/devices?state=silent")

    assert silent in seen.text
    assert loud not in seen.text


def test_a_revoked_laptop_is_out_and_what_it_brings_waits_for_a_word(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    path = f"/admin/devices/{laptop.device.hex()}"
    browser.get(path + "/revoke")
    browser.fill(path + "/revoke", act="revoke")
    assert revocation.keep(city, [laptop.batch(laptop.resident("AHMAD"))]) == 1
    assert records.listing(city, RESIDENT) == []
    assert words.say("admin.evidence_says", count=1) in browser.get(path).words
    assert laptop.device.hex() in browser.get("/admin/devices?state=evidence").text

    browser.get(path + "/revoke")
    browser.fill(path + "/revoke", act="release")

    assert [one.answers["nama"] for one in records.listing(city, RESIDENT)] == ["AHMAD"]
    assert acts(city)[-1] == "evidence_released"


def test_revoking_asks_who_one_is_after_five_minutes(
    browser: Browser, city: City, enrol: Enrol, phone: Phone, time: Time
) -> None:
    path = f"/admin/devices/{enrol().device.hex()}/revoke"
    token = browser.get(path).token
    time.ms += 5 * 60_000

    assert browser.post(path, {"token": token, "act": "revoke"}).location.startswith("/admin/prove")
    assert administration.status(city).devices == 1

    browser.follow()
    browser.fill("/admin/prove", passphrase=PASSPHRASE, code=phone.code(), back=path)
    browser.follow()
    browser.fill(path, act="revoke")
    assert administration.status(city).devices == 0


def test_roles_changed_here_are_changes_that_reach_the_office(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    path = f"/admin/operators/{laptop.operator.hex()}"
    browser.get(path)

    browser.post(path, {"token": browser.at.token, "act": "roles", "role": ["petugas", "auditor"]})

    assert set(operators.find(city, laptop.operator).roles) == {"petugas", "auditor"}
    rows = [row for page in laptop.pages(laptop.exchange()) for row in page.fates]
    assert rows
    assert acts(city)[-1] == "operator_roles"
    browser.get(path)
    assert browser.fill(path, act="roles").status == 422


def test_an_operator_who_left_has_no_rights_any_more(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    path = f"/admin/operators/{laptop.operator.hex()}"
    browser.get(path)
    assert browser.fill(path, act="leave", reason="").status == 422

    browser.fill(path, act="leave", reason="Pindah tugas")

    assert operators.find(city, laptop.operator).state != "active"
    [verdict] = laptop.send(laptop.resident("AHMAD"))
    assert verdict.verdict == "refused"
    browser.get(path)
    assert words.say("admin.operator_gone") in browser.at.words


@pytest.fixture
def disputed(enrol: Enrol) -> Change:
    ours, theirs = enrol(), enrol()
    resident = ours.resident("AHMAD", telepon="081200000001")
    ours.send(resident)
    ours.send(ours.edit(resident, telepon="081200000002"))
    theirs.send(theirs.edit(resident, telepon="081200000003"))
    return resident


def test_a_dispute_is_shown_side_by_side_and_settled(
    browser: Browser, city: City, disputed: Change
) -> None:
    path = re.search(r"/admin/conflicts/[0-9a-f]+", browser.get("/admin/conflicts").text)
    assert path is not None
    shown = browser.get(path[0])
    assert {"081200000002", "081200000003"} <= set(shown.words.split())
    assert acts(city)[-1] == "conflict_seen"
    assert browser.fill(path[0], keep="neither").status == 400

    browser.fill(path[0], keep="proposed", reason="Ditelepon")

    [resident] = records.listing(city, RESIDENT)
    assert resident.answers["telepon"] == "081200000003"
    assert administration.status(city).conflicts == 0
    assert browser.get(path[0]).status == 422


def test_removals_are_allowed_by_ticking_and_refused_all_at_once(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    people = [laptop.resident(f"WARGA {chr(65 + n)}") for n in range(14)]
    laptop.send(*people)
    laptop.send(*(laptop.move(one, "move_out", "moved", one, reason="Pindah") for one in people))
    waiting = re.findall(r'name="change" value="([0-9a-f]+)"', browser.get("/admin/removals").text)
    assert len(waiting) == 14
    assert browser.fill("/admin/removals", act="allow", which="ticked").status == 422
    assert browser.fill("/admin/removals", act="burn", which="all").status == 400

    browser.fill("/admin/removals", act="allow", which="ticked", change=waiting[0])
    browser.get("/admin/removals")
    browser.fill("/admin/removals", act="refuse", which="all")

    assert [one.state for one in records.listing(city, RESIDENT)].count("moved") == 1
    assert administration.status(city).removals == 0
    assert acts(city)[-2:] == ["removals_released", "removals_refused"]


def test_a_change_in_quarantine_is_tried_again(
    browser: Browser, city: City, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = enrol()

    def broken(form: Any, answers: Any, *rest: Any, **more: Any) -> Any:
        if answers.get("nama") == "RACUN":
            raise ZeroDivisionError
        return check(form, answers, *rest, **more)

    with monkeypatch.context() as patched:
        patched.setattr(scope, "check", broken)
        poison = laptop.resident("RACUN")
        laptop.send(poison, laptop.edit(poison, telepon="081200000009"))
        browser.get("/admin/quarantine")
        browser.fill("/admin/quarantine", which="all")
        assert browser.at.location == "/admin/quarantine?done=0&kept=1"
    browser.get("/admin/quarantine")

    browser.fill("/admin/quarantine", which="ticked", change=poison.id.hex())

    assert browser.at.location == "/admin/quarantine?done=1&kept=0"
    [resident] = records.listing(city, RESIDENT)
    assert resident.answers == {"nama": "RACUN", "telepon": "081200000009"}
    fates = [fate for page in laptop.pages(laptop.exchange()) for fate in page.fates]
    assert poison.id in {fate.change for fate in fates}


def test_the_trail_shows_who_did_what_and_who_looked(browser: Browser, city: City) -> None:
    browser.get("/admin/trail?act=office_added")
    assert browser.at.words.count("kel-a") > 0

    seen = browser.get("/admin/trail?act=trail_read")

    assert words.say("audit.trail_read") in seen.words
    assert acts(city)[-2:] == ["trail_read", "trail_read"]


def test_a_list_goes_on_after_its_last_row(
    browser: Browser, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "ROWS", 3)
    for number in range(5):
        office = Office(b"", f"a-{number}", "kelurahan", f"Kelurahan N{number}", "99.71.01.1003")
        offices.add(city, office, ADMINISTRATOR)
    found = []
    path = "/admin/offices?kind=kelurahan"
    while path:
        seen = browser.get(path)
        found += re.findall(r'<td class="code">([^<]+)</td>', seen.text)
        onward = re.search(r'href="([^"]+)" rel="next"', seen.text)
        path = onward[1].replace("&amp;", "&") if onward else ""

    assert found == [f"a-{number}" for number in range(5)] + ["kel-a", "kel-b"]


@pytest.mark.parametrize("after", ["x", "////", "gaF4", "%00"])
def test_a_place_that_is_none_of_ours_is_no_page(browser: Browser, after: str) -> None:
    for path in ("/admin/offices", "/admin/devices", "/admin/operators", "/admin/trail"):
        assert browser.get(f"{path}?after={after}").status in {400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "/admin/devices/zz",
        "/admin/devices/" + "0" * 32,
        "/admin/operators/" + "0" * 32,
        "/admin/conflicts/" + "0" * 32,
        "/admin/administrators/of/Tidak%20Ada",
        "/admin/devices?state=other",
        "/admin/devices?office=zz",
    ],
)
def test_what_is_not_there_is_told_in_words(browser: Browser, path: str) -> None:
    seen = browser.get(path)

    assert seen.status in {404, 422}
    assert 'role="alert"' in seen.text


def test_another_administrator_is_added_changed_and_removed(browser: Browser, city: City) -> None:
    name = "Budi / Santoso"
    browser.get("/admin/administrators/new")
    form = {"name": name, "role": "administrator", "passphrase": HEAD_PHRASE}
    browser.fill("/admin/administrators/new", **form)
    link = re.search(r'href="(/admin/administrators/of/[^"]+)"', browser.follow().text)
    assert link is not None
    browser.get(link[1])

    browser.fill(link[1], act="role", role="walikota")
    browser.get(link[1])
    browser.fill(link[1], act="unlock")
    browser.get(link[1])
    assert browser.fill(link[1], act="reset", passphrase="pendek").status == 422
    browser.fill(link[1], act="remove")

    assert [one.name for one in accounts.listing(city)] == [ADMINISTRATOR]
    said = [act for act in acts(city) if act.startswith("administrator_")]
    assert said[-4:] == [
        "administrator_added",
        "administrator_role",
        "administrator_unlocked",
        "administrator_removed",
    ]


def test_nobody_changes_the_own_account_as_anothers(browser: Browser, city: City) -> None:
    path = f"/admin/administrators/of/{quote(ADMINISTRATOR)}"
    browser.get(path)

    seen = browser.fill(path, act="remove")

    assert seen.status == 422
    assert words.say("account_own") in seen.words
