"""What anybody may ask the server: whether a letter is genuine.

    GET /periksa                                 a page that asks
    GET /periksa?k=TEXT                          the text of a letter's QR, or its short code
    GET /periksa?nomor=NUMBER&kantor=CODE        a number as it is printed, and the office's code
    GET /periksa/CODE, /periksa/OFFICE/NUMBER    the same, to be typed or linked

The answer is a page, or JSON for who accepts only that: 200 for what is recorded, 404 for what is
not, 400 for what is no code at all, 429 for who asks too often. It may be kept for a minute.
"""

import asyncio
import hashlib
import math
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from forms.engine.words import LANGUAGES, official, speaking
from sync.crypto import letter as seals
from sync.server import finding
from sync.server.bucket import Buckets
from sync.server.city import City
from sync.server.finding import Finding
from sync.server.page import SPOKEN, Page
from sync.server.web import tongue

PATH = "/periksa"
BURST = 60  # phones of one network share an address
PER_S = 2.0
AT_ONCE = 2  # of the database's eight readers; the desks have the others
KEPT_S = 60
KEPT_UNKNOWN_S = 10  # a letter that was just issued arrives within seconds
STATUS = {"unknown": 404, "unreadable": 400}
VARY = "Accept, Accept-Language, Cookie"
HTML, JSON = "text/html", "application/json"

Work = Callable[[], Finding]


class Window:
    """The counter at which everybody may ask."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._region, self._drawn = city.region, Page(city.region)
        self._buckets = Buckets(BURST, PER_S, city.folder, "periksa")
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def _page(self) -> Page:
        """The page of the region as its files are now."""
        if self._region is not self._city.region:
            self._region = self._city.region
            self._drawn = Page(self._region)
        return self._drawn

    async def answer(self, request: Request, work: Work | None) -> Response:
        """Answer one request; without work the page only asks."""
        chosen = request.query_params.get(SPOKEN, "")
        with speaking(chosen if chosen in LANGUAGES else tongue.of(request)):
            return await self._answered(request, work)

    async def _answered(self, request: Request, work: Work | None) -> Response:
        asked = [pair for pair in request.query_params.multi_items() if pair[0] != SPOKEN]
        if work is None:
            return self._kept(request, 200, self._page.html(None, asked), HTML)
        wait = self._buckets.take(request.client.host if request.client else "", self._city.now())
        if wait:
            return self._busy(math.ceil(wait))
        async with self._turns:
            found = await run_in_threadpool(work)
        status = STATUS.get(found.status, 200)
        if _wants_json(request):
            return self._kept(request, status, official(self._page.json)(found), JSON)
        return self._kept(request, status, self._page.html(found, asked), HTML)

    def _kept(self, request: Request, status: int, content: bytes, kind: str) -> Response:
        """Answer with what may be kept, or with 304 where the asker has the same."""
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        seconds = KEPT_S if status == 200 else KEPT_UNKNOWN_S  # noqa: PLR2004 - HTTP's own
        headers = {"Cache-Control": f"public, max-age={seconds}", "ETag": tag, "Vary": VARY}
        if request.headers.get("if-none-match") == tag:
            return self._sent(304, b"", kind, headers)
        return self._sent(status, content, kind, headers)

    def _busy(self, seconds: int) -> Response:
        headers = {"Cache-Control": "no-store", "Retry-After": str(seconds)}
        return self._sent(429, self._page.busy(seconds), HTML, headers)

    def _sent(self, status: int, content: bytes, kind: str, headers: dict[str, str]) -> Response:
        guards = {
            "Content-Security-Policy": self._page.policy,
            "Referrer-Policy": "no-referrer",  # the address holds the letter's code
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        }
        return Response(content, status, {**guards, **headers}, media_type=kind)


def add(app: FastAPI, city: City) -> None:
    """Open the window."""
    window = Window(city)

    @app.get(PATH)
    async def ask(request: Request, k: str = "", nomor: str = "", kantor: str = "") -> Response:
        if k.strip():
            return await window.answer(request, lambda: _by_text(city, k))
        if nomor.strip():
            return await window.answer(request, lambda: finding.by_number(city, kantor, nomor))
        return await window.answer(request, None)

    @app.get(PATH + "/{text:path}")
    async def check(request: Request, text: str) -> Response:
        office, _, number = text.partition("/")
        if number:
            return await window.answer(request, lambda: finding.by_number(city, office, number))
        if text:
            return await window.answer(request, lambda: finding.by_code(city, text))
        return await window.answer(request, None)


def _by_text(city: City, text: str) -> Finding:
    if text.strip().startswith(seals.PREFIX):
        return finding.by_qr(city, text)
    return finding.by_code(city, text)


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return JSON in accepted and HTML not in accepted
