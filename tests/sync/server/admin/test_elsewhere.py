"""What belongs to another region of the same database is on no page, whatever address is typed."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from forms.engine import words
from sync.server import codes, offices, operators, settling
from sync.server.admin.pages import PAGES
from sync.server.city import City
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.conftest import STRANGER
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]


@pytest.fixture
def theirs(neighbour: City) -> dict[str, str]:
    """Name an office, a laptop, a person, a dispute and an account of the region next door."""
    first, second = (
        Laptop(neighbour, codes.make(neighbour, "kel-x", "kepala", STRANGER)[0]) for _ in range(2)
    )
    made = first.resident("TETANGGA", telepon="081200000001")
    first.send(made)
    first.send(first.edit(made, telepon="081200000002"))
    second.send(second.edit(made, telepon="081200000003"))
    [conflict] = settling.listing(neighbour)
    with neighbour.database.read() as connection:
        office = offices.by_code(connection, neighbour.code, "kel-x")
    return {
        "office": office.hex(),
        "device": first.device.hex(),
        "operator": operators.listing(neighbour, limit=1)[0].id.hex(),
        "conflict": conflict.id.hex(),
        "name": quote(STRANGER),
    }


def test_no_page_shows_or_changes_what_is_another_regions(
    browser: Browser, city: City, neighbour: City, theirs: dict[str, str]
) -> None:
    pages = [page for page in PAGES if any(f"{{{name}}}" in page.path for name in theirs)]
    assert len(pages) > 5
    for page in pages:
        path = page.path.format(**theirs)
        for seen in (browser.get(path), browser.fill(path, name="X", keep="proposed")):
            assert seen.status in {403, 404, 422}, (path, seen.status)
            assert not {"TETANGGA", "Seberang", "0812"} & set(seen.words.split()), path
    filtered = browser.get(f"/admin/devices?office={theirs['office']}")
    assert theirs["device"] not in filtered.text
    assert len(settling.listing(neighbour)) == 1
    assert [one.state for one in operators.listing(neighbour, limit=9)] == ["active", "active"]


def test_an_office_in_an_area_of_another_region_is_refused(browser: Browser, city: City) -> None:
    browser.get("/admin/offices/new")
    form = {"code": "pkm-1", "kind": "puskesmas", "name": "Puskesmas", "area": "99.72.01.1001"}

    seen = browser.fill("/admin/offices/new", **form)

    assert seen.status == 422
    assert words.say("region_unknown", region="99.72.01.1001") in seen.words
