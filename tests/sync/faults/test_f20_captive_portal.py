"""F20: whatever a portal, a proxy or a cut line answers, nothing is taken as received."""

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.engine.problem import Refused, Unreachable
from sync.client.https import TRIES, Https
from sync.client.pace import SIZE_MIN, Pace
from sync.client.trip import trip
from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE
from sync.protocol.upload import ANSWER, Place
from sync.server import exchange
from sync.server.city import City
from sync.store import outbox, read, records, status
from sync.store.handle import Store
from tests import scale
from tests.sync.faults.carrying import RESIDENT, save

Enrol = Callable[..., Store]
VARIATIONS = scale.of(1_000, 300)
PAGE = b"<!doctype html><title>Wi-Fi</title><form action=/login>Selamat datang</form>"


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    short: int  # how many bytes of the stated length never come


class Portal(HTTPServer):
    """Answers everything with one and the same reply, which a test may change."""

    reply = Reply(200, {}, b"", 0)


class _Handler(BaseHTTPRequestHandler):
    server: Portal

    def _reply(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = self.server.reply
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + reply.short))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = _reply  # noqa: N815 - the names that http.server calls

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Scene(NamedTuple):
    store: Store
    portal: Portal
    genuine: list[bytes]


@pytest.fixture
def scene(city: City, desk: Enrol, portal: Portal) -> Scene:
    """A desk with something to send, and answers of the real city: old ones, and another desk's."""
    store, other = desk("Rina"), desk("Budi")
    old = outbox.ask(store)
    genuine = [
        exchange.exchange(city, [old.envelope]),
        exchange.exchange(city, [outbox.ask(other).envelope]),
    ]
    save(store, 30)
    outbox.freeze(store)
    return Scene(store, portal, genuine)


KINDS = [CONTENT_TYPE, "text/html", "application/json", "application/octet-stream", ""]
STATUSES = [200, 200, 200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 410, 413]
STATUSES += [415, 422, 429, 500, 502, 503, 511]


@st.composite
def replies(draw: Any, genuine: list[bytes]) -> Reply:
    sealed = draw(st.sampled_from(genuine))
    at = draw(st.integers(0, len(sealed) - 1))
    body = draw(
        st.one_of(
            st.just(PAGE),
            st.binary(max_size=200),
            st.just(sealed),
            st.just(sealed[:at]),
            st.just(sealed[:at] + bytes([sealed[at] ^ 0x40]) + sealed[at + 1 :]),
            st.integers(0, 100_000).map(lambda place: wire.encode(Place(place))),
            st.sampled_from(
                [b"", b"{}", b'{"problems":[]}', b'{"problems":[{"code":"device_unknown"}]}']
            ),
        )
    )
    headers = {"Content-Type": draw(st.sampled_from(KINDS))}
    if draw(st.booleans()):
        headers["Location"] = "http://127.0.0.1:9/login"
    if draw(st.booleans()):
        headers[ANSWER] = "0" * 32
    if draw(st.booleans()):
        headers["Content-Range"] = f"bytes {len(body)}-{len(body) + 9}/{len(body) + 10}"
    if draw(st.booleans()):
        headers["Retry-After"] = draw(st.sampled_from(["5", "-1", "x", "9" * 12]))
    return Reply(draw(st.sampled_from(STATUSES)), headers, body, draw(st.sampled_from([0, 0, 7])))


@settings(
    max_examples=VARIATIONS,
    deadline=None,
)
@given(data=st.data(), size=st.sampled_from([SIZE_MIN, 64 * 1024]))
def test_hundreds_of_answers_that_are_not_the_citys_mark_nothing(
    scene: Scene, data: st.DataObject, size: int
) -> None:
    before = status.status(scene.store)
    frozen = outbox.unreceipted(scene.store)
    scene.portal.reply = data.draw(replies(scene.genuine))
    road = Https(f"http://127.0.0.1:{scene.portal.server_port}", Pace(size), pause=lambda _: None)

    with pytest.raises((Unreachable, Refused)):
        trip(scene.store, road)

    road.close()
    assert status.status(scene.store) == before
    assert outbox.unreceipted(scene.store) == frozen


def test_behind_the_portal_the_work_stays_marked_as_local(scene: Scene) -> None:
    saved = records.new(scene.store, RESIDENT, {"nama": "SARI MELATI"})
    scene.portal.reply = Reply(200, {"Content-Type": "text/html"}, PAGE + os.urandom(8), 0)

    with pytest.raises(Unreachable):
        trip(scene.store, Https(f"http://127.0.0.1:{scene.portal.server_port}"))

    assert read.record(scene.store, saved.record).sync == "local"


def test_an_answer_that_begins_and_never_goes_on_ends_the_trip(scene: Scene) -> None:
    scene.portal.reply = Reply(
        200, {"Content-Type": CONTENT_TYPE, ANSWER: "0" * 32}, scene.genuine[0], 7
    )
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        assert len(pauses) < 4 * TRIES, "it asks for ever"

    road = Https(f"http://127.0.0.1:{scene.portal.server_port}", pause=pause)
    with pytest.raises(Unreachable):
        trip(scene.store, road)
    road.close()
