"""The server's doors over HTTP: bytes in, bytes out; what they mean is decided behind them.

    GET  /v1/hello      who the server is
    POST /v1/enrol      a new device
    POST /v1/exchange   the MessagePack array [ask, batch, ...] up, an answer down
    POST, PUT /v1/upload, GET /v1/answer    the same in pieces (sync.protocol.upload)
    GET  /healthz, /readyz    the process lives, and can work (sync.server.health)
    GET  /metrics       how it does, for Prometheus (sync.server.metrics)
    GET  /openapi.json  these doors, for programs (sync.server.openapi)
    GET  /periksa       whether a letter is genuine, for everybody (sync.server.public)
    GET  /live          the live room, for a wall (sync.server.wall)
    GET, POST /admin    the pages of administrators (sync.server.web, sync.server.admin)

A refusal is JSON {"problems": [...]} with the status of its first problem; it is plain, since it
proves nothing: only what is signed does. Bodies are bounded before they are read, and work is done
in threads. Every request passes sync.server.threshold first.
"""

import logging
import re
from collections.abc import Callable

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError, DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.exchange import (
    CONTENT_TYPE,
    PATH_ENROL,
    PATH_EXCHANGE,
    PATH_HELLO,
)
from sync.protocol.upload import (
    ANSWER,
    PATH_ANSWER,
    PATH_UPLOAD,
    PIECE_MAX,
    Opening,
    Piece,
    Place,
)
from sync.server import enrolment, exchange, health, logs, metrics, openapi, public, uploads
from sync.server.admin.pages import PAGES
from sync.server.answers import Answers
from sync.server.city import City
from sync.server.database import was_in_the_way
from sync.server.meter import BATCHES, RECEIPTS, Meter, Route
from sync.server.threshold import Threshold
from sync.server.uploads import Uploads
from sync.server.wall import doors as wall
from sync.server.web import doors

EXCHANGE_MAX = (
    4 * SEALED_MAX
)  # 16 batches of 1,000 plain changes are 1 MB; of long letters a few go
ENROL_MAX = 16 * 1024
OPENING_MAX = 256 * 1024  # the ask of a desk that heals a restored city shows what it was told
PIECE_FRAME_MAX = 64  # what a piece's body has beside its content
TRIES = 3  # of what the database undid for another transaction's sake; a desk would do the same
RETRY_S = 30  # a database or disk that can't be used now is not asked at once again
JSON = "application/json"
OK = 200

# What a problem is in HTTP; every other refusal is 422, the words are in the code.
STATUS = {
    "signature_wrong": 401,
    "device_unknown": 401,
    "device_revoked": 403,
    "code_unknown": 403,
    "code_used": 403,
    "code_expired": 403,
    "body_too_large": 413,
    "upload_unknown": 410,
    "content_type": 415,
}

_log = logging.getLogger(__name__)


def create_app(city: City) -> FastAPI:
    """Make the application that serves one open city."""
    app = FastAPI(title="Teras", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(PATH_HELLO)
    async def hello() -> Response:
        return await _answered(lambda: wire.encode(enrolment.hello(city)))

    @app.post(PATH_ENROL)
    async def enrol(request: Request) -> Response:
        return await _received(request, ENROL_MAX, lambda body: enrolment.enrol(city, body))

    health.add(app, city)
    openapi.add(app)
    public.add(app, city)
    doors.add(app, city, PAGES)
    wall.add(app, city)
    meter = Meter(city.folder)
    _add_exchange(app, city, meter)
    metrics.add(app, city, meter)
    meter.lay(_routes(app))
    city.database.turn = meter.turn
    app.add_middleware(Threshold, meter=meter)
    return app


def _routes(app: FastAPI) -> list[Route]:
    """List the doors that are open, each method by itself."""
    return [
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def _add_exchange(app: FastAPI, city: City, meter: Meter) -> None:
    """Open the doors by which exchanges come, whole or in pieces."""
    kept, answers = Uploads(city.folder, city.now), Answers(city.folder, city.now)

    @app.post(PATH_EXCHANGE)
    async def exchanged(request: Request) -> Response:
        answer = await _received(
            request, EXCHANGE_MAX, lambda body: _exchange(city, kept, meter, body)
        )
        if answer.status_code == OK:
            meter.count(RECEIPTS)
            name = await run_in_threadpool(answers.keep, bytes(answer.body))
            answer.headers.update({ANSWER: name} if name else {})
        return answer

    @app.get(PATH_ANSWER + "/{name}")
    async def again(request: Request, name: str) -> Response:
        content = await run_in_threadpool(answers.get, name)
        return _rest(content, request.headers.get("range", ""))

    @app.post(PATH_UPLOAD)
    async def opened(request: Request) -> Response:
        return await _received(request, OPENING_MAX, lambda body: _open(city, kept, body))

    @app.put(PATH_UPLOAD + "/{name}")
    async def grown(request: Request, name: str) -> Response:
        most = PIECE_MAX + PIECE_FRAME_MAX
        return await _received(request, most, lambda body: _add(kept, name, body))


def _exchange(city: City, kept: Uploads, meter: Meter, body: bytes) -> bytes:
    brought = wire.decode(body, wire.Listed[bytes])
    envelopes = kept.filled(brought)
    answer = exchange.exchange(city, envelopes)
    for data in envelopes[:2]:
        if (header := envelope.read(data).header).kind == "ask":
            kept.settle(header.writer, brought)
            logs.tell(device=header.writer.hex())
    meter.count(BATCHES, len(envelopes) - 1)
    return answer


def _open(city: City, kept: Uploads, body: bytes) -> bytes:
    opening = wire.decode(body, Opening)
    device = uploads.owner(city, opening)
    return wire.encode(Place(kept.open(device, opening.name, opening.size)))


def _add(kept: Uploads, name: str, body: bytes) -> bytes:
    piece = wire.decode(body, Piece)
    try:
        named = bytes.fromhex(name)
    except ValueError as error:
        raise Refused(Problem("upload_unknown")) from error
    return wire.encode(Place(kept.add(named, piece)))


def _rest(content: bytes | None, wanted: str) -> Response:
    """Give an answer from the byte that a Range header names."""
    found = re.fullmatch(r"bytes=(\d{1,12})-", wanted)
    if content is None or found is None:
        return Response(status_code=404)
    size, begin = len(content), int(found[1])
    if begin >= size:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {begin}-{size - 1}/{size}"}
    return Response(content[begin:], 206, headers, media_type=CONTENT_TYPE)


async def _received(request: Request, most: int, work: Callable[[bytes], bytes]) -> Response:
    try:
        body = await _body(request, most)
    except Refused as refused:
        return _refusal(refused)
    except ClientDisconnect:  # bad lines break all day; who was there doesn't read this any more
        return Response(status_code=400)
    return await _answered(lambda: work(body))


async def _body(request: Request, most: int) -> bytes:
    """Read a body of ours; Refused(content_type | body_too_large) before `most` is passed."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise Refused(Problem("content_type"))
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > most:
        raise Refused(Problem("body_too_large", facts={"max": most}))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refused(Problem("body_too_large", facts={"max": most}))
    return bytes(body)


async def _answered(work: Callable[[], bytes], media_type: str = CONTENT_TYPE) -> Response:
    try:
        content = await run_in_threadpool(_done, work)
    except Refused as refused:
        return _refusal(refused)
    except (
        DataError
    ) as error:  # a value that no column can hold, where no check of ours met it before
        logs.trouble(_log, "a message says what the database can't keep", error)
        return _refusal(Refused(Problem("message_malformed")))
    except (DBAPIError, OSError) as error:
        logs.trouble(_log, "database or disk can't be used now", error)
        # The desk tries again; nothing was acknowledged.
        return Response(status_code=503, headers={"Retry-After": str(RETRY_S)})
    return Response(content, media_type=media_type)


def _done(work: Callable[[], bytes]) -> bytes:
    """Do it, again where it was only in another transaction's way; twice done is once done."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except DBAPIError as error:
            if not was_in_the_way(error):
                raise
    return work()


def _refusal(refused: Refused) -> Response:
    logs.tell(refused=refused.problems[0].code)
    status = STATUS.get(refused.problems[0].code, 422)
    content = msgspec.json.encode({"problems": refused.problems})
    return Response(content, status_code=status, media_type=JSON)
