"""The region's files on the pages: shown, compared before they count, taken by a proven person."""

import re
from collections.abc import Callable

import pytest

from sync.server import proposals, sessions
from sync.server.city import City
from sync.server.run import Running
from tests.sync.server.admin.browsing import Browser, Seen
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
NEW = "/admin/region/new"
EDGE = "batas-isian-7"


def multipart(token: str, *files: tuple[str, bytes], edge: str = EDGE) -> str:
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n']
    for name, content in files:
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"'
        kind = "Content-Type: application/octet-stream"
        parts.append(f"--{edge}\r\n{head}\r\n{kind}\r\n\r\n{content.decode()}\r\n")
    return "".join(parts) + f"--{edge}--\r\n"


def bring(browser: Browser, *files: tuple[str, bytes]) -> Seen:
    """Choose files and send them, as a browser does."""
    token = browser.get(NEW).token
    kind = f"multipart/form-data; boundary={EDGE}"
    return browser.post(NEW, multipart(token, *files), Content_Type=kind)


def renamed(city: City) -> bytes:
    return city.region.pack()["region.toml"].replace(b'"Kota Contoh"', b'"Kota Contoh Baru"')


def test_what_counts_is_shown_with_its_version_and_since_when(browser: Browser, city: City) -> None:
    words = browser.get("/admin/region").words

    assert "{no:04}/{kode}/{unit}/{bulan}/{tahun}" in words
    assert "08:00-12:00, 13:00-15:00" in words
    assert city.pack_digest.hex()[:12] in words
    assert "21 November 2026 12.00" in words


def test_a_file_counts_once_its_difference_was_seen_and_laptops_hear_of_it(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    laptop, before = enrol(), city.policy

    seen = bring(browser, ("C:\\berkas\\Wilayah Kita.toml", renamed(city)))
    assert city.policy == before
    shown = browser.get(seen.location)
    assert re.search(r"name Kota Contoh Kota Contoh Baru", shown.words)
    done = browser.fill(seen.location, act="apply")

    after = browser.get(done.location).words
    answer = laptop.exchange(policy=b"of before")
    assert (city.region.name, city.policy) == ("Kota Contoh Baru", before + 1)
    assert answer.policy is not None
    assert ADMINISTRATOR in after
    assert after.count("Kota Contoh Baru") >= 2  # in the frame as well
    assert browser.get(seen.location).status == 422  # decided


def test_every_page_goes_by_a_new_file_without_a_restart(browser: Browser, city: City) -> None:
    new = renamed(city).replace(b"#1b7a4b", b"#7a1b4b")
    seen = bring(browser, ("kota.toml", new))
    browser.get(seen.location)
    browser.fill(seen.location, act="apply")

    [style] = re.findall(r'href="(/admin/style-\w+\.css)"', browser.get("/admin").text)
    assert "#7a1b4b" in browser.get(style).text
    for path in ("/periksa", "/live"):
        assert "Kota Contoh Baru" in browser.get(path).text, path


def test_one_table_alone_is_compared_row_by_row(browser: Browser, city: City) -> None:
    codes = city.region.pack()["classification.csv"] + b"500.4,Perdagangan\n"

    seen = bring(browser, ("classification.csv", codes))

    assert "500.4 tidak ada Perdagangan" in browser.get(seen.location).words
    assert browser.fill(seen.location, act="drop").location == "/admin/region"
    assert city.region.pack()["classification.csv"] != codes


def test_what_is_wrong_in_a_file_is_named_and_nothing_is_kept(browser: Browser, city: City) -> None:
    good = city.region.pack()["region.toml"]
    wrong = {
        "lain.txt": good,
        "wilayah.csv": b"kode,nama,tingkat\n99,Provinsi,provinsi\n",
        "sama.toml": good,
        "rusak.toml": b"nama =",
        "lain.toml": good.replace(b'code = "99.71"', b'code = "99.72"'),
    }
    for name, content in wrong.items():
        seen = bring(browser, (name, content))
        assert (name, seen.status) == (name, 422)
    assert bring(browser).status == 422
    assert not (city.folder / proposals.FOLDER).exists()


def test_a_difference_that_was_seen_over_other_files_does_not_count(
    browser: Browser, city: City
) -> None:
    first = bring(browser, ("a.toml", renamed(city)))
    block = city.region.pack()["region.toml"].replace(b"block = 500", b"block = 600")
    second = bring(browser, ("b.toml", block))
    browser.get(second.location)
    assert browser.fill(second.location, act="apply").status == 303

    browser.get(first.location)
    late = browser.fill(first.location, act="apply")

    assert late.status == 422
    assert city.region.name == "Kota Contoh"


def test_only_the_newest_proposals_are_kept(browser: Browser, city: City) -> None:
    good = city.region.pack()["region.toml"]
    for n in range(proposals.KEPT + 3):
        bring(browser, ("a.toml", good.replace(b"block = 500", b"block = %d" % (600 + n))))

    assert len(list((city.folder / proposals.FOLDER).iterdir())) == proposals.KEPT


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"--{EDGE}--\r\n",
        multipart("x", edge="lain"),
        f"--{EDGE}\r\n\r\nnothing named\r\n--{EDGE}--\r\n",
        multipart("x").removesuffix(f"--{EDGE}--\r\n"),
        multipart("x", *[("a.toml", b"")] * 30),
    ],
)
def test_a_body_that_is_none_is_refused(browser: Browser, body: str) -> None:
    browser.get(NEW)

    seen = browser.post(NEW, body, Content_Type=f"multipart/form-data; boundary={EDGE}")

    assert seen.status in {400, 403}


def test_other_pages_take_no_files_and_this_one_no_more_than_a_region(browser: Browser) -> None:
    kind = f"multipart/form-data; boundary={EDGE}"
    assert browser.post("/admin/offices/new", multipart("x"), Content_Type=kind).status == 415
    large = multipart(browser.get(NEW).token, ("a.toml", b"#" * 9_000_001))
    assert browser.post(NEW, large, Content_Type=kind).status == 413


def test_who_reads_lists_changes_nothing_and_who_acts_proves_it(
    city: City, running: Running, head: str, browser: Browser, time: Time
) -> None:
    reader = Browser(running.url)
    reader.post("/admin/sign-in", {"name": HEAD, "passphrase": HEAD_PHRASE, "code": ""})
    assert reader.get("/admin/region").status == 200
    assert reader.get(NEW).status == 403
    seen = bring(browser, ("a.toml", renamed(city)))
    token = browser.get(seen.location).token

    time.ms += sessions.PROVED_MS + 1

    late = browser.post(seen.location, {"token": token, "act": "apply"})
    assert late.location.startswith("/admin/prove")
    assert city.region.name == "Kota Contoh"
