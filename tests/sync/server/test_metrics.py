"""Prometheus reads how a city does: by token, in its format, without anybody in it."""

import os
import re
from pathlib import Path

import pytest
from sqlalchemy import update

from sync.protocol import wire
from sync.protocol.standing import Standing
from sync.server import backup, gauges, metrics, tables
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS
from sync.server.metrics import METRICS
from sync.server.run import Running
from tests.sync.server.calling import call
from tests.sync.server.conftest import ADMINISTRATOR, PASSPHRASE, Enrol, Time

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
LINE = re.compile(r'(teras_\w+)(?:\{((?:\w+="[^"\n]*",?)*)\})? (-?[0-9.e+-]+)')


def scrape(running: Running, token: str) -> dict[tuple[str, str], float]:
    """Read all values as a scraper does; a line that is none fails."""
    reply = call(running, "GET", "/metrics", Authorization=f"Bearer {token}")
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {}
    for line in reply.text.splitlines():
        if not line.startswith("#"):
            matched = LINE.fullmatch(line)
            assert matched is not None, line
            found[matched[1], matched[2] or ""] = float(matched[3])
    return found


def values(city: City) -> dict[tuple[str, str], float]:
    return {(one.metric, one.office): one.value for one in gauges.read(city)}


def test_without_the_token_nothing_is_told(city: City, running: Running) -> None:
    assert call(running, "GET", "/metrics").status == 401
    assert call(running, "GET", "/metrics", Authorization="Bearer ").status == 401

    first = metrics.make_token(city, ADMINISTRATOR)
    second = metrics.make_token(city, ADMINISTRATOR)

    assert call(running, "GET", "/metrics", Authorization=f"Bearer {first}").status == 401
    assert call(running, "GET", "/metrics", Authorization=f"Basic {second}").status == 401
    assert scrape(running, second)


def test_what_passed_is_told_by_route_and_status(
    city: City, running: Running, enrol: Enrol
) -> None:
    token = metrics.make_token(city, ADMINISTRATOR)
    laptop = enrol()
    body = wire.encode([laptop.ask(), laptop.batch(laptop.resident("AHMAD"))])
    call(running, "POST", "/v1/exchange", body)
    call(running, "GET", "/periksa/ABCD-EFGH?nama=AHMAD")
    call(running, "GET", "/AHMAD")

    found = scrape(running, token)

    exchange = 'method="POST",route="/v1/exchange"'
    assert found["teras_requests_total", exchange + ',status="200"'] == 1
    assert found["teras_received_bytes_total", exchange] == len(body)
    assert found["teras_request_duration_seconds_bucket", exchange + ',le="+Inf"'] == 1
    assert found["teras_request_duration_seconds_count", exchange] == 1
    assert found["teras_receipts_total", ""] == found["teras_batches_total", ""] == 1
    assert found["teras_writer_turns_total", ""] > 0
    assert any('route="/periksa/{text:path}"' in labels for _, labels in found)
    assert not any("AHMAD" in labels or "ABCD" in labels for _, labels in found)


def test_every_metric_is_told_once_it_has_something_to_say(
    city: City, running: Running, enrol: Enrol
) -> None:
    enrol()
    token = metrics.make_token(city, ADMINISTRATOR)
    scrape(running, token)

    told = {name for name, _ in scrape(running, token)}

    base = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
    assert base == {f"teras_{name}" for name in METRICS}


def test_the_tables_are_read_once_for_many_scrapers(
    city: City, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, count = metrics.make_token(city, ADMINISTRATOR), list[City]()

    def read(city: City) -> list[gauges.Value]:
        count.append(city)
        return []

    monkeypatch.setattr(gauges, "read", read)
    for _ in range(5):
        scrape(running, token)

    assert len(count) == 1


def test_a_database_that_is_gone_leaves_the_counters(
    city: City, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = metrics.make_token(city, ADMINISTRATOR)

    def read(_city: City) -> list[gauges.Value]:
        raise OSError

    monkeypatch.setattr(gauges, "read", read)
    found = scrape(running, token)

    assert found["teras_readings_failed_total", ""] == 1
    assert ("teras_gaps_open", "") not in found
    assert ("teras_writers_waiting", "") in found


def test_a_laptop_that_is_silent_for_a_day_is_counted_in_its_office(
    city: City, enrol: Enrol, time: Time
) -> None:
    enrol("kel-a")
    time.ms += DAY_MS + 1
    enrol("kel-b").send()

    found = values(city)

    assert found["devices_silent_24h", "kel-a"] == 1
    assert found["devices_silent_24h", "kel-b"] == 0
    assert found["devices", "kel-a"] == found["devices", "kel-b"] == 1


def test_a_change_whose_record_has_not_come_is_a_gap_until_it_comes(
    city: City, enrol: Enrol
) -> None:
    ours, theirs = enrol(), enrol()
    first = ours.resident()
    theirs.send(theirs.edit(first, nama="AHMAD"))
    before = values(city)["gaps_open", ""]

    ours.send(first)

    assert (before, values(city)["gaps_open", ""]) == (1, 0)


def test_a_backup_makes_both_ages_young_only_when_it_was_rehearsed(
    city: City, time: Time, tmp_path: Path
) -> None:
    time.ms += 3 * DAY_MS
    before = values(city)
    place = tmp_path / "usb"
    place.mkdir()
    backup.backup(city, place / "kota.bak", PASSPHRASE, ADMINISTRATOR)
    time.ms += 60_000

    after = values(city)

    assert before["backup_age", ""] == before["restore_test_age", ""] == 3 * DAY_MS / 1000
    assert after["backup_age", ""] == 60
    assert after["restore_test_age", ""] == 3 * DAY_MS / 1000 + 60


def test_a_lease_is_low_when_less_than_a_quarter_is_left(city: City, enrol: Enrol) -> None:
    enrol("kel-a")
    before = values(city)["lease_low", "kel-a"]
    lease = tables.lease
    with city.database.write() as connection:
        connection.execute(
            update(lease)
            .where(lease.c.region == city.code, lease.c.series == "surat")
            .values(reached=lease.c.high - 1)
        )

    assert (before, values(city)["lease_low", "kel-a"]) == (0, 1)
    assert values(city)["lease_low", "kel-b"] == 0


def test_the_oldest_unsent_change_is_a_laptops_own_word_until_it_comes(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop, other = enrol(), enrol()
    time.ms += 2 * SEEN_EVERY_MS
    laptop.exchange(standing=Standing(1, 5 * HOUR_MS, "2026.11"))
    other.exchange(standing=Standing(1, HOUR_MS, "2026.11"))
    time.ms += 1
    before = values(city)["oldest_unacked_age", ""]

    laptop.send(laptop.resident())
    one = values(city)["oldest_unacked_age", ""]
    other.send(other.resident())

    assert (before, one) == (18_000.001, 3600.001)
    assert values(city)["oldest_unacked_age", ""] == 0


def test_many_laptops_whose_work_came_do_not_hide_one_whose_did_not(
    city: City, enrol: Enrol, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "STANDINGS_AT_ONCE", 1)
    laptops = [enrol() for _ in range(3)]
    time.ms += 2 * SEEN_EVERY_MS
    for hours, laptop in enumerate(laptops, 1):
        laptop.exchange(standing=Standing(1, hours * HOUR_MS, "2026.11"))
    time.ms += 1
    for laptop in laptops[1:]:
        laptop.send(laptop.resident())

    assert values(city)["oldest_unacked_age", ""] == 3600.001


def test_a_copy_and_a_new_life_are_forks(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    before = values(city)["forks_total", ""]
    laptop.incarnation = os.urandom(8)
    laptop.exchange()

    assert (before, values(city)["forks_total", ""]) == (0, 1)
