"""The line itself: one request, one answer of our server's own, or a name for what went wrong.

The only place with requests.

| what came                                    | what it is                                       |
|----------------------------------------------|--------------------------------------------------|
| 200, 202, 206 of our content type            | an answer; what it proves is checked elsewhere   |
| a refusal in JSON, with problems             | Refused                                          |
| 413, whoever said so                         | TooLong                                          |
| 429 or 503 with a Retry-After in seconds     | Busy, at most BUSY_MAX_S of it                   |
| nobody there; a page, a redirect, other news | Unreachable                                      |
| a connection that was there and broke or     | Cut                                              |
| stood still for STALL_S                      |                                                  |
"""

import errno
import io
import re
import ssl
from typing import Any

import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter

from forms.engine.problem import Problem, Refused, Unreachable
from sync.client.carrier import Barred, Busy, Why
from sync.protocol.exchange import CONTENT_TYPE
from sync.protocol.hub import KEPT
from sync.protocol.upload import ANSWER, PATH_ANSWER

CONNECT_S = 10
STALL_S = 30  # without a single byte; there is no limit on the whole, a slow line may take its time
ANSWER_MAX = 64 * 1024 * 1024  # a full answer is a few megabytes; more is not from our server
BUSY_MAX_S = 10 * 60  # A portal may say anything; our server asks for half a minute.
_READ = 2 * 1024  # so little of what came is lost when the line breaks
_WRITE = 4 * 1024  # so little has to leave before the stall's clock begins anew
_OK, _PART, _TOO_LONG = 200, 206, 413
_BUSY = frozenset({429, 503})
_REFUSALS = frozenset({400, 401, 403, 404, 409, 410, 415, 422})
_BROKEN_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
_NOT_NOW = frozenset({9, 10})  # OpenSSL's verdicts: the certificate isn't valid yet, or any more
_NO_ROAD = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_AWAY = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class Cut(Unreachable):
    """The line was there and broke: what went may or may not have arrived."""


class TooLong(Unreachable):
    """Somebody on the way takes no body as long as this one."""


class Coming:
    """An answer that is on its way: what of it is here, and how it is asked for again."""

    def __init__(self, content: bytearray, name: str, size: int) -> None:
        self.content = content
        self.name = name
        self.size = size

    @property
    def left(self) -> int:
        """Bytes that have not come yet."""
        return self.size - len(self.content)


class Line:
    """One server's address, and the connection to it while there is one.

    `pin` is the SHA-256 of the certificate, in hex, of a server that nobody else vouches for.
    """

    def __init__(self, url: str, pin: str = "") -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = not pin  # a hub is near: no proxy leads to it
        if pin:
            self._session.mount("https://", _Pinned(pin))
            self._session.verify = False  # nobody vouches for it: the fingerprint is all
        self._session.headers.update(
            {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE, "Accept-Encoding": "identity"}
        )

    def call(self, method: str, path: str, body: bytes | None) -> bytes:
        """Ask once and read the whole answer."""
        with self._asked(method, path, body) as answer:
            coming = _begun(answer)
        if coming.left > 0:
            raise Cut(self._url)
        return bytes(coming.content)

    def told(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Ask a hub once: the status, which says whose answer it is, and the whole answer."""
        with self._asked("POST", path, body) as answer:
            content = bytearray()
            if not _read_into(content, answer, ANSWER_MAX):
                raise Cut(self._url)
            return answer.status_code, bytes(content)

    def begin(self, path: str, body: bytes) -> Coming:
        """Ask once; an answer that breaks off may be asked for again if it has a name."""
        with self._asked("POST", path, body) as answer:
            coming = _begun(answer)
        if coming.left > 0 and not coming.name:
            raise Cut(self._url)
        return coming

    def go_on(self, coming: Coming) -> None:
        """Have more of an answer that broke off."""
        begin = len(coming.content)
        path = f"{PATH_ANSWER}/{coming.name}"
        with self._asked("GET", path, None, {"Range": f"bytes={begin}-"}) as answer:
            stated = answer.headers.get("Content-Range", "")
            if stated != f"bytes {begin}-{coming.size - 1}/{coming.size}":
                raise Unreachable(self._url)
            _read_into(coming.content, answer, coming.size)
        if len(coming.content) == begin:
            raise Cut(self._url)

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        try:
            answer = self._session.request(
                method,
                self._url + path,
                data=None if body is None else _Body(body),
                headers=headers,
                timeout=(CONNECT_S, STALL_S),
                allow_redirects=False,  # a redirect is a portal's, never our server's
                stream=True,
            )
        except requests.RequestException as error:
            raise (_barred(error, self._url) if _is_away(error) else Cut(self._url)) from error
        try:
            _check(answer)
        except BaseException:
            answer.close()
            raise
        return answer


class _Pinned(HTTPAdapter):
    """Connections to the one certificate of a fingerprint, whoever signed it."""

    def __init__(self, pin: str) -> None:
        self._pin = pin
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Have every connection check the fingerprint before anything is sent."""
        super().init_poolmanager(*given, **named, assert_fingerprint=self._pin)


class _Body(io.BytesIO):
    """A body that leaves in small parts: the time for each is bounded, not for all of them."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(_WRITE if size is None or not 0 <= size <= _WRITE else size)


def _check(answer: requests.Response) -> None:
    status = answer.status_code
    ours = answer.headers.get("Content-Type", "").split(";")[0].strip()
    if status == _TOO_LONG:
        raise TooLong(answer.url)
    if status in _REFUSALS and ours == "application/json":
        raise Refused(*_problems(answer))
    rest = answer.headers.get("Retry-After", "")
    if status in _BUSY and re.fullmatch(r"\d{1,9}", rest):
        raise Busy(min(int(rest), BUSY_MAX_S))
    if status not in {_OK, KEPT, _PART} or ours != CONTENT_TYPE:
        raise Barred("portal", f"{status} {ours}")


def _begun(answer: requests.Response) -> Coming:
    if answer.status_code != _OK:
        raise Unreachable(f"{answer.status_code}")
    stated = answer.headers.get("Content-Length", "")
    size = int(stated) if re.fullmatch(r"\d{1,12}", stated) else 0
    name = answer.headers.get(ANSWER, "")
    content = bytearray()
    whole = _read_into(content, answer, size or ANSWER_MAX)
    if size == 0 and not whole:
        raise Cut(answer.url)
    named = name if size and re.fullmatch(r"[0-9a-f]{32}", name) else ""
    return Coming(content, named, size or len(content))


def _read_into(content: bytearray, answer: requests.Response, most: int) -> bool:
    """Read what comes; False where the line broke before its end."""
    if most > ANSWER_MAX:
        raise Unreachable("answer_too_long")
    try:
        for part in answer.iter_content(_READ):
            content += part
            if len(content) > most:
                raise Unreachable("answer_too_long")
    except requests.RequestException:
        return False
    return True


class _Refusal(msgspec.Struct):
    problems: list[Problem]


def _problems(answer: requests.Response) -> list[Problem]:
    body = bytearray()
    whole = _read_into(body, answer, ANSWER_MAX)
    try:
        problems = msgspec.json.decode(body, type=_Refusal).problems if whole else []
    except msgspec.MsgspecError as error:
        raise Unreachable("answer_malformed") from error
    if not problems:
        raise Unreachable("answer_malformed")
    return problems


def _barred(error: requests.RequestException, url: str) -> Barred:
    """Say what stands between, where there never was a connection to our server."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    why: Why = "server"
    if isinstance(reason, urllib3.exceptions.SSLError):
        told = reason.args[0] if reason.args else None
        why = "clock" if getattr(told, "verify_code", 0) in _NOT_NOW else "portal"
    elif isinstance(reason, urllib3.exceptions.NameResolutionError):
        why = "network"
    elif isinstance(reason, urllib3.exceptions.NewConnectionError):
        why = (
            "network"
            if isinstance(reason.__cause__, OSError) and (reason.__cause__.errno in _NO_ROAD)
            else "server"
        )
    return Barred(why, url)


def _is_away(error: requests.RequestException) -> bool:
    """Tell whether there never was a connection, or one to somebody else."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if isinstance(reason, urllib3.exceptions.SSLError):
        return not isinstance(reason.args[0] if reason.args else None, _BROKEN_OFF)
    return isinstance(reason, _AWAY)
