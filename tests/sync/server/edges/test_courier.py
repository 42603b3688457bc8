"""What is queued goes once, waits while its destination fails, and the counter hears the answer."""

import logging
from typing import Any

import pytest

from sync.protocol import wire
from sync.protocol.change import Change
from sync.server import edge_queue, gauges, reading, tables, verify
from sync.server.city import City
from sync.server.edges import courier
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.edges.conftest import Counter, Run, items, point
from tests.sync.server.edges.lapor import TOKEN, Lapor

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def state(city: City, made: Change) -> str:
    with city.database.read() as connection:
        return reading.records(connection, city.code, [made.id])[made.id].state


def told(city: City, made: Change) -> list[tuple[str, str]]:
    """What the city itself did on a record, with its words."""
    table = tables.change
    with city.database.read() as connection:
        rows = connection.execute(
            table.select()
            .where(table.c.region == city.code, table.c.record == made.id)
            .order_by(table.c.place)
        ).all()
    changes = [wire.decode(row.content, Change) for row in rows]
    return [(one.act, one.body.reason) for one in changes if one.operator == city.id]


def test_a_complaint_is_sent_taken_answered_and_the_counter_hears_it(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    made, sent = counter.complain()
    assert run() == 1
    assert (state(city, made), told(city, made)) == (
        "at_lapor", [("lapor_taken", "Diterima dengan nomor 7000001.")],
    )  # fmt: skip
    assert run() == 0  # asked again in an hour only

    lapor.replies[sent.id.hex()] = "Lampunya sudah diganti."
    time.ms += HOUR_MS
    assert run() == 1

    assert (state(city, made), told(city, made)[1:]) == (
        "replied", [("lapor_replied", "Lampunya sudah diganti.")],
    )  # fmt: skip
    [item] = items(city)
    assert (item.state, item.reference, item.due) == ("replied", "7000001", 0)
    pages = counter.laptop.pages(counter.laptop.exchange())
    [page] = [one for one in pages if one.stream.endswith("/aspirations")]
    assert len(page.fates) == 4  # its own two, and the city's two
    assert verify.verify(city) == ()


def test_what_goes_is_what_the_form_names_and_the_key_is_that_of_the_change(
    city: City, counter: Counter, lapor: Lapor, run: Run
) -> None:
    _, sent = counter.complain(kode_tujuan="dlh", mendesak=True)
    run()

    [(key, report)] = lapor.reports.items()
    assert key == sent.id.hex() == lapor.headers[0]["Idempotency-Key"]
    assert report["office"] == {"code": "kel-a", "name": "Kelurahan A"}
    assert report["answers"]["pelapor"]["nama"] == "AHMAD FAUZI"
    assert {"kode_tujuan", "mendesak", "batas_tutup"}.isdisjoint(report["answers"])


def test_an_anonymous_report_names_nobody_there(
    city: City, counter: Counter, lapor: Lapor, run: Run
) -> None:
    counter.complain(anonim=True, pelapor=None)
    run()

    [report] = lapor.reports.values()
    assert "pelapor" not in report["answers"]


def test_an_answer_that_was_lost_on_the_way_makes_no_second_report(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    counter.complain()
    lapor.lost_answer = True
    run()
    assert [one.state for one in items(city)] == ["waiting"]

    time.ms += HOUR_MS
    run()

    assert (len(lapor.reports), len(lapor.asked)) == (1, 2)
    assert [one.state for one in items(city)] == ["delivered"]


def test_what_it_refuses_comes_back_to_the_counter_in_its_words_and_may_be_sent_anew(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    made, sent = counter.complain(isi="Padam")
    run()
    assert (state(city, made), told(city, made)) == (
        "received", [("lapor_refused", "isi: terlalu singkat")],
    )  # fmt: skip

    with city.database.read() as connection:
        present = reading.records(connection, city.code, [made.id])[made.id]
    laptop = counter.laptop
    time.ms += 1
    mended = laptop.change(
        made.service, "edit", record=made.id,
        base={"isi": made.id}, answers={"judul": "Lampu jalan", "isi": "Lampu jalan padam."},
    )  # fmt: skip
    again = laptop.change(
        made.service, "send_lapor", record=made.id,
        base={"state": present.head("state")}, state="at_lapor",
    )  # fmt: skip
    assert [one.verdict for one in laptop.send(mended, again)] == ["applied", "applied"]
    run()

    assert [one.state for one in items(city)] == ["refused", "delivered"]
    assert state(city, made) == "at_lapor"
    assert sent.id.hex() not in lapor.reports


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503, 302])
def test_a_destination_that_fails_rests_and_every_item_waits(
    city: City, counter: Counter, lapor: Lapor, run: Run, status: int
) -> None:
    counter.complain()
    counter.complain()
    lapor.failures = [(status, {"Location": lapor.url})]

    assert run() == 1
    assert run() == 0

    assert (len(lapor.asked), len(lapor.reports)) == (1, 0)
    assert [one.state for one in items(city)] == ["waiting", "waiting"]
    with city.database.read() as connection:
        [rest] = edge_queue.rests(connection, city)
    assert rest.code == ("credential" if status in {401, 403} else f"http_{status}")


def test_retry_after_is_heeded_and_a_destination_that_answers_rests_no_more(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    counter.complain()
    lapor.failures = [(429, {"Retry-After": "7200"})]
    run()
    time.ms += 2 * HOUR_MS - 1
    assert run() == 0

    time.ms += 1
    assert run() == 1

    with city.database.read() as connection:
        assert edge_queue.rests(connection, city) == []
    assert len(lapor.reports) == 1


def test_waits_double_up_to_a_bound(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    counter.complain()
    waits = []
    lapor.failures = [(503, {})] * 12
    for _ in range(12):
        run()
        with city.database.read() as connection:
            [rest] = edge_queue.rests(connection, city)
        waits.append((rest.until - time.ms) // 1000)
        time.ms = max(rest.until, items(city)[0].due)

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]


def test_an_item_that_alone_fails_holds_up_no_other(
    city: City, counter: Counter, lapor: Lapor, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.complain()
    counter.complain()
    first = items(city)[0].change.hex()
    decide = lapor._decide
    garbled: Any = (200, {}, b"<html>")
    monkeypatch.setattr(
        lapor, "_decide", lambda ask, key, body: garbled if key == first else decide(ask, key, body)
    )

    assert run() == 2

    found = {one.change.hex(): (one.state, one.code) for one in items(city)}
    assert found.pop(first) == ("waiting", "answer_malformed")
    assert list(found.values()) == [("delivered", "")]


def test_what_never_goes_is_given_up_for_a_person_who_sends_it_again(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    counter.complain()
    time.ms += 14 * DAY_MS + 1
    assert gauge(city, "edge_oldest_age") > 14 * 86_400
    lapor.failures = [(503, {})]
    run()
    [item] = items(city)
    assert (item.state, gauge(city, "edges_given_up"), gauge(city, "edge_oldest_age")) == (
        "given_up", 1, 0,
    )  # fmt: skip

    edge_queue.retry(city, item.change, ADMINISTRATOR)
    run()

    assert [one.state for one in items(city)] == ["delivered"]
    assert gauge(city, "edges_given_up") == 0


def gauge(city: City, name: str) -> float:
    return next(one.value for one in gauges.read(city) if one.metric == name)


def test_what_the_counter_takes_back_before_it_went_does_not_go(
    city: City, counter: Counter, lapor: Lapor, run: Run
) -> None:
    made, sent = counter.complain()
    laptop = counter.laptop
    back = laptop.move(made, "recall_lapor", "received", sent, reason="Keliru.")
    assert [one.verdict for one in laptop.send(back)] == ["applied"]

    run()

    assert (lapor.asked, [one.state for one in items(city)]) == ([], ["recalled"])


def test_a_destination_that_forgot_a_report_gets_it_again(
    city: City, counter: Counter, lapor: Lapor, run: Run, time: Time
) -> None:
    counter.complain()
    run()
    lapor.reports.clear()  # it was put back to a backup
    lapor.bodies.clear()
    time.ms += HOUR_MS

    run()
    assert [one.state for one in items(city)] == ["waiting"]
    run()

    assert len(lapor.reports) == 1


def test_nothing_is_tried_and_nothing_lost_before_somebody_says_where(
    city: City, counter: Counter
) -> None:
    counter.complain()

    assert courier.run(city) == 0
    point(city.folder, "")
    assert courier.run(city) == 0

    assert [(one.state, one.attempts) for one in items(city)] == [("waiting", 0)]


def test_the_log_says_that_a_destination_failed_and_neither_token_nor_person(
    city: City, counter: Counter, lapor: Lapor, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    counter.complain()
    lapor.failures = [(503, {})]
    run()
    lapor.token = "lain"

    ours = [one for one in caplog.records if one.name.startswith("sync.")]
    assert [(one.getMessage(), one.__dict__["reason"]) for one in ours] == [
        ("a destination rests", "http_503")
    ]
    assert TOKEN not in caplog.text
    assert "AHMAD" not in caplog.text
    assert TOKEN.encode() not in b"".join(
        path.read_bytes() for path in city.folder.glob("*.log*") if path.is_file()
    )
