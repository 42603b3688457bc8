"""Opens the live room over HTTP: to a screen that has a token, and to whoever is signed in.

    GET /live?token=T          the first look of a screen: the token goes into a cookie
    GET /live                  the page
    GET /live/parts            what changes on it, with an ETag: 304 while nothing did
    GET /live/assets/NAME      what the page loads, for anybody: nothing of it is the region's work

Several screens are answered from one picture, taken anew after two seconds at the earliest.
"""

import hashlib
import math
import threading

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from forms.engine.words import language, speaking
from sync.server import sessions
from sync.server.accounts import LISTS
from sync.server.bucket import Buckets
from sync.server.city import City
from sync.server.sessions import WHOLE
from sync.server.wall import picture, tokens
from sync.server.wall.page import HOME, Page
from sync.server.wall.picture import Picture
from sync.server.web import cookies, tongue

COOKIE = "teras-wall"
COOKIE_S = 400 * 86_400  # what browsers keep at most; the token itself ends by command
TOKEN_MAX = 64
FRESH_MS = 2_000
BURST, PER_S = 20, 0.5  # wrong tokens of one address
HTML = "text/html"
KEPT = "public, max-age=31536000, immutable"  # an asset's name changes with it
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class Room:
    """The live room of one city."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._region, self._drawn = city.region, Page(city)
        self._turn = threading.Lock()
        self._picture: Picture | None = None
        self._kept: dict[tuple[bool, str], tuple[bytes, str]] = {}
        self._buckets = Buckets(BURST, PER_S, city.folder, "live-token")

    @property
    def page(self) -> Page:
        """The page of the region as its files are now."""
        with self._turn:
            if self._region is not self._city.region:
                self._region, self._drawn = self._city.region, Page(self._city)
                self._picture = None
            return self._drawn

    def looked(self, request: Request) -> Response:
        """Answer who opens the page."""
        token = request.query_params.get("token", "")
        if token:
            return self._entered(request, token)
        guest, known = self._who(request)
        if not (guest or known):
            return _page(self.page.closed(), 401)
        return self._stamped(_page(self.page.whole(self._taken(), linked=known)))

    def asked(self, request: Request) -> Response:
        """Answer a screen that asks for what is new."""
        guest, known = self._who(request)
        if not (guest or known):
            return Response(status_code=401, headers=HEADERS)
        content, tag = self._parts(linked=known)
        if request.headers.get("if-none-match") == tag:
            return self._stamped(Response(status_code=304, headers={**HEADERS, "ETag": tag}))
        answer = _page(content)
        answer.headers["ETag"] = tag
        return self._stamped(answer)

    def asset(self, name: str) -> Response:
        """Give a file of the page."""
        found = self.page.assets.find(name)
        if found is None:
            return Response(status_code=404)
        return Response(
            found.content, headers={**HEADERS, "Cache-Control": KEPT}, media_type=found.kind
        )

    def _entered(self, request: Request, token: str) -> Response:
        """Take a token out of the address, which histories keep, into a cookie."""
        host = request.client.host if request.client else ""
        wait = self._buckets.take(host, self._city.now())
        if wait:
            headers = {**HEADERS, "Retry-After": str(math.ceil(wait))}
            return Response(status_code=429, headers=headers)
        if len(token) > TOKEN_MAX or not tokens.admits(self._city, token):
            return _page(self.page.closed(), 401)
        answer = Response(status_code=303, headers={**HEADERS, "Location": HOME})
        answer.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_S,
            path=HOME,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return answer

    def _who(self, request: Request) -> tuple[bool, bool]:
        """Tell whether it is a screen with a token, and whether somebody who is signed in."""
        token = request.cookies.get(COOKIE, "")
        guest = 0 < len(token) <= TOKEN_MAX and tokens.admits(self._city, token)
        key = cookies.session_of(request)
        session = sessions.find(self._city, key, used=False) if key else None
        known = session is not None and session.stage == WHOLE and session.may(LISTS)
        return guest, known

    def _taken(self) -> Picture:
        with self._turn:
            now = self._city.now()
            if self._picture is None or not 0 <= now - self._picture.now < FRESH_MS:
                self._picture = picture.take(self._city)
                self._kept = {}
            return self._picture

    def _parts(self, *, linked: bool) -> tuple[bytes, str]:
        """Give what changes and its tag, drawn once for all screens of a language."""
        taken = self._taken()
        kept, screen = self._kept, (linked, language())
        if screen not in kept:
            content = self.page.parts(taken, linked=linked)
            kept[screen] = content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        return kept[screen]

    def _stamped(self, answer: Response) -> Response:
        answer.headers["X-Teras-Now"] = str(self._city.now())
        return answer


def add(app: FastAPI, city: City) -> None:
    """Open the live room."""
    room = Room(city)

    @app.get(HOME)
    async def look(request: Request) -> Response:
        with speaking(tongue.of(request)):
            return await run_in_threadpool(room.looked, request)

    @app.get(HOME + "/parts")
    async def parts(request: Request) -> Response:
        with speaking(tongue.of(request)):
            return await run_in_threadpool(room.asked, request)

    @app.get(HOME + "/assets/{name}")
    async def asset(name: str) -> Response:
        return room.asset(name)


def _page(content: bytes, status: int = 200) -> Response:
    return Response(content, status, dict(HEADERS), media_type=HTML)
