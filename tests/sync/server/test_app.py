"""The same over a real socket: bounds and statuses, and a killed server's port is free at once."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from forms.engine.problem import Refused
from sync.crypto import envelope, signed
from sync.protocol import wire
from sync.protocol.enrol import Hello
from sync.protocol.exchange import CONTENT_TYPE
from sync.protocol.stream import Signed
from sync.server import app, records, run
from sync.server.city import City
from sync.server.run import Address, Running
from tests.sync.server.laptop import RESIDENT, Laptop

Enrol = Callable[..., Laptop]
Reply = tuple[int, str, bytes]
HOUSE = Path(__file__).parents[3]


@pytest.fixture
def running(folder: Path, city: City) -> Iterator[Running]:
    running = run.start(folder, Address(), city.now)
    yield running
    running.stop()


def call(
    running: Running, method: str, path: str, body: bytes | None = None, kind: str = CONTENT_TYPE
) -> Reply:
    place = urlsplit(running.url)
    line = HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        line.request(method, path, body, {"Content-Type": kind})
        reply = line.getresponse()
        return reply.status, reply.headers.get("Content-Type", ""), reply.read()
    finally:
        line.close()


def problems(reply: Reply) -> list[str]:
    assert reply[1] == "application/json"
    return [problem["code"] for problem in json.loads(reply[2])["problems"]]


def test_a_batch_goes_up_and_its_receipt_comes_down(
    city: City, enrol: Enrol, running: Running
) -> None:
    laptop = enrol()
    body = wire.encode([laptop.ask(), laptop.batch(laptop.resident("AHMAD"))])

    status, kind, answer = call(running, "POST", "/v1/exchange", body)

    assert (status, kind) == (200, CONTENT_TYPE)
    assert laptop.receipt(laptop.open(answer)).received == 1
    assert len(records.listing(city, RESIDENT)) == 1


def test_the_server_says_who_it_is(city: City, running: Running) -> None:
    status, _, body = call(running, "GET", "/v1/hello")

    plain = signed.check(wire.decode(body, Signed), city.public.sign, "hello")
    assert status == 200
    assert wire.decode(plain, Hello).keys == city.public


def test_health_is_answered(running: Running) -> None:
    assert call(running, "GET", "/healthz")[::2] == (200, b'{"ok":true}')
    assert call(running, "GET", "/readyz")[0] == 200


def test_a_body_of_another_kind_is_refused(running: Running) -> None:
    reply = call(running, "POST", "/v1/exchange", b"<html>", "text/html")

    assert (reply[0], problems(reply)) == (415, ["content_type"])


def test_a_body_past_the_bound_is_refused_before_it_is_held(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ENROL_MAX", 100)

    reply = call(running, "POST", "/v1/enrol", b"x" * 101)

    assert (reply[0], problems(reply)) == (413, ["body_too_large"])


def test_a_body_of_unstated_length_is_bounded_too(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "ENROL_MAX", 100)
    place = urlsplit(running.url)
    line = HTTPConnection(place.hostname or "", place.port, timeout=10)
    line.request("POST", "/v1/enrol", iter([b"x" * 60, b"y" * 60]), {"Content-Type": CONTENT_TYPE})

    assert line.getresponse().status == 413
    line.close()


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x90", b"\x91\xc4\x01x", b"\x91" * 5_000])
def test_nonsense_is_refused_with_a_code(running: Running, body: bytes) -> None:
    reply = call(running, "POST", "/v1/exchange", body)

    assert reply[0] == 422
    assert problems(reply)


def test_a_wrong_signature_is_401_and_a_fork_is_answered(
    city: City, enrol: Enrol, running: Running
) -> None:
    laptop = enrol()
    ask, batch = laptop.ask(), laptop.batch(laptop.resident())
    forged = batch[:-1] + bytes([batch[-1] ^ 1])
    assert call(running, "POST", "/v1/exchange", wire.encode([ask, forged]))[0] == 401
    call(running, "POST", "/v1/exchange", wire.encode([ask, batch]))
    laptop.batches, laptop.prev = 0, bytes(32)

    reply = call(running, "POST", "/v1/exchange", wire.encode([ask, laptop.batch()]))

    assert reply[0] == 200
    assert laptop.receipt(laptop.open(reply[2])).head == envelope.read(batch).id


def test_without_a_certificate_the_server_stays_on_this_machine(folder: Path) -> None:
    with pytest.raises(Refused) as error:
        run.start(folder, Address(host="0.0.0.0"))  # noqa: S104 - that is what is refused

    assert [problem.code for problem in error.value.problems] == ["host_not_loopback"]


def test_a_port_in_use_is_refused(folder: Path, city: City) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        with pytest.raises(Refused) as error:
            run.start(folder, Address(port=other.getsockname()[1]))

    assert [problem.code for problem in error.value.problems] == ["port_taken"]


def test_a_killed_servers_port_is_free_at_once_and_its_work_is_there(
    folder: Path, city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = (
        "import sys; from pathlib import Path; from sync.server import run; "
        "run.run(Path(sys.argv[1]), run.Address(port=int(sys.argv[2])))"
    )
    batches = [laptop.batch(laptop.resident()), laptop.batch(laptop.resident())]
    for batch in batches:
        server = subprocess.Popen(
            [sys.executable, "-c", serve, str(folder), str(port)],
            cwd=HOUSE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        assert url == f"http://127.0.0.1:{port}"
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        line.request(
            "POST",
            "/v1/exchange",
            wire.encode([laptop.ask(), batch]),
            {"Content-Type": CONTENT_TYPE},
        )
        assert line.getresponse().status == 200
        server.kill()
        server.wait()
        server.stdout.close()
        line.close()

    assert len(records.listing(city, RESIDENT)) == 2


def test_many_desks_at_once_lose_nothing(city: City, enrol: Enrol, running: Running) -> None:

    laptops = [enrol() for _ in range(4)]

    def day(laptop: Laptop) -> int:
        for _ in range(5):
            body = wire.encode([laptop.ask(), laptop.batch(laptop.resident(), laptop.resident())])
            status, _, answer = call(running, "POST", "/v1/exchange", body)
            assert status == 200
        return laptop.receipt(laptop.open(answer)).received

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(day, laptops)) == [5] * 4

    assert len(records.listing(city, RESIDENT)) == 40
