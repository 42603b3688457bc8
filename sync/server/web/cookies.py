"""The cookies of the pages: the session, a browser known here, the language that it chose.

Over HTTPS all are named `__Host-`, so no other host or path can set them. Over plain HTTP, which
this server speaks on loopback alone, browsers refuse that prefix: there they go without it.
"""

from starlette.requests import Request
from starlette.responses import Response

from forms.engine.words import LANGUAGES
from sync.server.sessions import BROWSER_MS
from sync.server.web.visit import Sent

SESSION, BROWSER, LANGUAGE = "teras-session", "teras-browser", "teras-language"
PREFIX = "__Host-"
KEY_MAX = 64
LANGUAGE_S = 400 * 86_400  # what browsers keep at most


def session_of(request: Request) -> str:
    """Read the session's cookie."""
    return _read(request, SESSION)


def browser_of(request: Request) -> str:
    """Read the cookie of a browser that has signed in before."""
    return _read(request, BROWSER)


def language_of(request: Request) -> str:
    """Read the language that was chosen in this browser; "" where none was."""
    found = _read(request, LANGUAGE)
    return found if found in LANGUAGES else ""


def set_on(response: Response, request: Request, reply: Sent) -> None:
    """Set the cookies that a reply brings."""
    if reply.session is None:
        _set(response, request, SESSION, "", 0)
    elif reply.session:
        _set(response, request, SESSION, reply.session, None)
    if reply.browser:
        _set(response, request, BROWSER, reply.browser, BROWSER_MS // 1000)
    if reply.language:
        _set(response, request, LANGUAGE, reply.language, LANGUAGE_S)


def _read(request: Request, name: str) -> str:
    found = request.cookies.get(_name(request, name), "")
    return found if len(found) <= KEY_MAX and found.isascii() else ""


def _set(response: Response, request: Request, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def _name(request: Request, name: str) -> str:
    return (PREFIX if request.url.scheme == "https" else "") + name
