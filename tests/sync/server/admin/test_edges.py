"""The page of what goes to other systems: how it stands, why it waits, and a new try."""

from sync.server import edge_queue
from sync.server.city import City
from tests.sync.server.admin.browsing import Browser
from tests.sync.server.conftest import Enrol
from tests.sync.server.edges.conftest import Counter, items, point


def test_an_item_that_was_given_up_is_seen_and_sent_again(
    browser: Browser, city: City, enrol: Enrol
) -> None:
    assert "Belum ada kiriman." in browser.get("/admin/edges").words
    Counter(enrol()).complain()
    [item] = items(city)
    with city.database.write() as connection:
        taken = edge_queue.take(connection, city, item)
        assert taken is not None
        words = "<b>Gangguan</b>"
        edge_queue.move(connection, city, taken, "expired", code="unreachable", words=words)
        rest = edge_queue.Rest("lapor", city.now() + 60_000, 7, "unreachable")
        edge_queue.rest(connection, city, rest)

    seen = browser.get("/admin/edges?state=given_up")
    assert "<b>Gangguan</b> Tidak dapat dihubungi" in seen.words
    assert "7 kali berturut-turut" in seen.words
    assert "AHMAD" not in seen.text
    browser.fill("/admin/edges", item=item.change.hex())

    assert "Dikirim sekarang." in browser.follow().words
    assert [one.state for one in items(city)] == ["waiting"]
    assert browser.get("/admin/edges?state=nowhere").status == 404


def test_a_file_that_others_may_read_is_told_of(browser: Browser, city: City) -> None:
    path = point(city.folder, '[lapor]\nurl = "https://x.example"\ntoken = "kunci"\n')
    path.chmod(0o644)

    seen = browser.get("/admin/edges")

    assert "chmod 600 edges.toml" in seen.words
    assert "kunci" not in seen.text.replace("Kuncinya", "")
