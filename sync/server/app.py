"""The server's doors over HTTP: bytes in, bytes out; what they mean is decided behind them.

    GET  /v1/hello      who the server is
    POST /v1/enrol      a new device
    POST /v1/exchange   the MessagePack array [ask, batch, ...] up, an answer down
    GET  /healthz       the process lives
    GET  /readyz        and its database answers
    GET  /periksa       whether a letter is genuine, for everybody (sync.server.public)

A refusal is JSON {"problems": [...]} with the status of its first problem; it is plain, since it
proves nothing: only what is signed does. Bodies are bounded before they are read, and work is done
in threads.
"""

import logging
from collections.abc import Callable

import msgspec
from fastapi import FastAPI, Request, Response
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.exchange import (
    CONTENT_TYPE,
    PATH_ENROL,
    PATH_EXCHANGE,
    PATH_HELLO,
)
from sync.server import enrolment, exchange, public, tables
from sync.server.city import City

EXCHANGE_MAX = (
    4 * SEALED_MAX
)  # 16 batches of 1,000 plain changes are 1 MB; of long letters a few go
ENROL_MAX = 16 * 1024
JSON = "application/json"

# What a problem is in HTTP; every other refusal is 422, the words are in the code.
STATUS = {
    "signature_wrong": 401,
    "device_unknown": 401,
    "device_revoked": 403,
    "code_unknown": 403,
    "code_used": 403,
    "code_expired": 403,
    "batch_fork": 409,
    "cursor_unknown": 409,
    "body_too_large": 413,
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

    @app.post(PATH_EXCHANGE)
    async def exchanged(request: Request) -> Response:
        return await _received(request, EXCHANGE_MAX, lambda body: _exchange(city, body))

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response('{"ok":true}', media_type=JSON)

    @app.get("/readyz")
    async def readyz() -> Response:
        return await _answered(lambda: _ready(city), media_type=JSON)

    public.add(app, city)
    return app


def _exchange(city: City, body: bytes) -> bytes:
    envelopes = wire.decode(body, list[bytes])
    return exchange.exchange(city, envelopes)


def _ready(city: City) -> bytes:
    with city.database.read() as connection:
        table = tables.region
        connection.execute(select(table.c.region).where(table.c.region == city.code)).one()
    return b'{"ok":true}'


async def _received(request: Request, most: int, work: Callable[[bytes], bytes]) -> Response:
    try:
        body = await _body(request, most)
    except Refused as refused:
        return _refusal(refused)
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
        content = await run_in_threadpool(work)
    except Refused as refused:
        return _refusal(refused)
    except DBAPIError:
        _log.exception("the database can't be used now")
        return Response(status_code=503)  # the desk tries again; nothing was acknowledged
    return Response(content, media_type=media_type)


def _refusal(refused: Refused) -> Response:
    status = STATUS.get(refused.problems[0].code, 422)
    content = msgspec.json.encode({"problems": refused.problems})
    return Response(content, status_code=status, media_type=JSON)
