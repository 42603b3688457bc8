"""Opens pages over HTTP: finds out who asks, whether they may, and whether they mean it.

    no session that lives                     sent to the sign-in, and back afterwards
    a right that the role lacks               403
    a form of another site, or of another     403: Sec-Fetch-Site and Origin must be ours, and the
    session                                   session's token must be in it
    what is dangerous, unproved               sent to show passphrase and code again
    a refused act                             its page again, with what was typed and why

Whoever isn't signed in is told of no page whether it exists.
"""

import asyncio
import hmac
import logging
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import msgspec
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from forms.engine.problem import Problem, Refused
from forms.engine.words import official, speaking
from sync.server import city_keys, logs, sessions
from sync.server.city import City
from sync.server.sessions import ENROLLING, Session
from sync.server.web import cookies, enclosed, fields, tongue
from sync.server.web.fields import Fields
from sync.server.web.frame import ALWAYS_TLS, HEADERS, KEPT, POLICY, SCRIPTS, Frame
from sync.server.web.visit import HOME, OPEN, Page, Pages, Reply, Sent, Shown, Told, Visit

SIGN_IN = HOME + "/sign-in"
ENROL = HOME + "/second-factor"
PROVE = HOME + "/prove"
TOKEN = "token"  # noqa: S105 - the name of a form's field
HTML = "text/html"
STATUS = {
    "content_type": 415,
    "body_too_large": 413,
    "form_malformed": 400,
    "form_foreign": 403,
    "right_missing": 403,
    "page_unknown": 404,
    "sign_in_wait": 429,
}
REFUSED = 422
BUSY, FAULT = 503, 500
RETRY_S = 30
AT_ONCE = 4  # of the threads that answer requests; the desks have the others
WAITING_MAX = 64  # visits under way; a city has a handful of administrators

_log = logging.getLogger(__name__)


class Doors:
    """The pages of one city, behind their doors."""

    def __init__(self, city: City, pages: Pages) -> None:
        self._city = city
        self._frame = Frame(city, pages)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._inside = 0

    def style(self, request: Request) -> Response:
        """Give the stylesheet, by the name that it has now."""
        if request.url.path != self._frame.style_path:
            return Response(status_code=404)
        headers = {"Cache-Control": KEPT, "X-Content-Type-Options": "nosniff"}
        return Response(self._frame.style, headers=headers, media_type="text/css")

    async def visited(self, request: Request, page: Page | None) -> Response:
        """Answer one visit; no page is one that isn't there."""
        form = fields.NONE
        if request.method == "POST":
            try:
                read = enclosed.read if page is not None and page.encloses else fields.read
                form = await read(request)
            except Refused as refused:
                return self._troubled(request, None, refused)
            except ClientDisconnect:
                return Response(status_code=400)
        if self._inside >= WAITING_MAX:
            return self._busy(request)
        self._inside += 1
        try:
            async with self._turns:
                return await run_in_threadpool(self._spoken, request, page, form)
        finally:
            self._inside -= 1

    def _spoken(self, request: Request, page: Page | None, form: Fields) -> Response:
        with speaking(tongue.of(request)):
            return self._answered(request, page, form)

    def _answered(self, request: Request, page: Page | None, form: Fields) -> Response:
        session = None
        try:
            city_keys.attend(self._city)  # a code that is made here names the key of now
            key = cookies.session_of(request)
            session = sessions.find(self._city, key) if key else None
            return self._given(request, session, self._reply(request, page, session, form))
        except Refused as refused:
            return self._troubled(request, session, refused)
        except (DBAPIError, OSError) as error:
            logs.trouble(_log, "database or disk can't be used now", error)
            return self._busy(request)
        except Exception as error:  # noqa: BLE001 - the last door: nobody is shown a trace
            logs.trouble(_log, "a page failed", error)
            return self._busy(request, FAULT)

    def _reply(
        self, request: Request, page: Page | None, session: Session | None, form: Fields
    ) -> Reply:
        """Decide what a visit is answered with; Refused where it is not answered."""
        is_act = request.method == "POST"
        if is_act:
            _check_origin(request)
        if (page is None or page.right != OPEN) and session is None:
            return Sent(SIGN_IN + _back(request.url.path))
        if page is None or (is_act and page.act is None):
            raise Refused(Problem("page_unknown"))
        if session is not None and page.right != OPEN:
            if session.stage == ENROLLING and not page.enrolling:
                return Sent(ENROL)
            if not session.may(page.right) or (is_act and page.acts and not session.may(page.acts)):
                raise Refused(Problem("right_missing"))
            if is_act and not hmac.compare_digest(form.get(TOKEN).encode(), session.token.encode()):
                raise Refused(Problem("form_foreign"))
            if page.proved and not sessions.is_proved(self._city, session):
                return Sent(PROVE + _back(request.url.path))
        visit = Visit(
            city=self._city,
            session=session,
            path=request.url.path,
            given={name: str(value) for name, value in request.path_params.items()},
            query=fields.parsed(request.url.query),
            form=form,
            address=request.client.host if request.client else "",
            browser=cookies.browser_of(request),
            cookie=cookies.session_of(request),
        )
        return _done(page, visit) if is_act else page.show(visit)

    def _given(self, request: Request, session: Session | None, reply: Reply) -> Response:
        if isinstance(reply, Shown):
            drawn_for = session if reply.cookies is None else None
            content = self._frame.drawn(reply.template, drawn_for, request.url.path, reply.facts)
            shown = self._sent(request, content, reply.status, scripts=reply.scripts)
            if reply.cookies is not None:
                cookies.set_on(shown, request, reply.cookies)
            return shown
        if isinstance(reply, Told):
            extra = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(reply.name, '')}"}
            return self._sent(
                request, reply.content, 200, kind=reply.kind, extra=extra if reply.name else {}
            )
        response = self._sent(request, b"", 303, extra={"Location": reply.path})
        cookies.set_on(response, request, reply)
        return response

    def _busy(self, request: Request, status: int = BUSY) -> Response:
        content = self._frame.drawn("admin/busy.html", None, "", {})
        return self._sent(request, content, status, extra={"Retry-After": str(RETRY_S)})

    def _troubled(self, request: Request, session: Session | None, refused: Refused) -> Response:
        logs.tell(refused=refused.problems[0].code)
        status = STATUS.get(refused.problems[0].code, REFUSED)
        facts = {"problems": refused.problems}
        content = self._frame.drawn("admin/trouble.html", session, "", facts)
        return self._sent(request, content, status)

    def _sent(
        self,
        request: Request,
        content: bytes,
        status: int,
        *,
        kind: str = HTML,
        scripts: bool = False,
        extra: dict[str, str] | None = None,
    ) -> Response:
        policy = POLICY.format(scripts=SCRIPTS if scripts else "")
        headers = {**HEADERS, "Content-Security-Policy": policy, **(extra or {})}
        if request.url.scheme == "https":
            headers["Strict-Transport-Security"] = ALWAYS_TLS
        return Response(content, status, headers, media_type=kind)


def add(app: FastAPI, city: City, pages: Pages) -> None:
    """Open the pages of a city."""
    doors = Doors(city, pages)

    @app.get(HOME + "/style-{name}.css")
    async def style(request: Request) -> Response:
        return doors.style(request)

    for page in pages:
        app.add_api_route(page.path, _door(doors, page), methods=["GET", "POST"])
    app.add_api_route(HOME + "/{rest:path}", _door(doors, None), methods=["GET", "POST"])


def _door(doors: Doors, page: Page | None) -> Callable[[Request], object]:
    async def visited(request: Request) -> Response:
        return await doors.visited(request, page)

    return visited


def _done(page: Page, visit: Visit) -> Reply:
    """Do an act; where it is refused, show its page again with the reasons."""
    assert page.act is not None, page.path
    try:
        return official(page.act)(visit)  # what is kept is in the official language
    except Refused as refused:
        again = page.show(msgspec.structs.replace(visit, problems=refused.problems))
        if not isinstance(again, Shown):
            raise
        logs.tell(refused=refused.problems[0].code)
        status = STATUS.get(refused.problems[0].code, REFUSED)
        return msgspec.structs.replace(again, status=status)


def _check_origin(request: Request) -> None:
    """Refuse a form that another site sent; Refused(form_foreign).

    Every browser of the last years says at least one of both.
    """
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    ours = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if not (site or origin) or site not in ("", "same-origin") or origin not in ("", ours):
        raise Refused(Problem("form_foreign"))


def _back(path: str) -> str:
    return "?back=" + quote(path, safe="/")


def way_back(text: str) -> str:
    """Give the path to go on to: one of our own pages, else the first one."""
    parts = urlsplit(text)
    is_ours = text == parts.path and (text == HOME or text.startswith(HOME + "/"))
    return quote(text, safe="/") if is_ours and ".." not in text else HOME
