"""The carrier over the network: envelopes up by POST, one answer down.

The only place with requests.

Nothing here decides that anything was received: a captive portal's 200, a proxy's page or a cut
answer is Unreachable, and only a signed receipt inside the answer marks changes as received.
"""

import ipaddress
from urllib.parse import urlsplit

import msgspec
import requests

from forms.engine.problem import Problem, Refused, Unreachable
from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE, PATH_ENROL, PATH_EXCHANGE, PATH_HELLO

CONNECT_S = 10
STALL_S = 30  # without a single byte; there is no limit on the whole, a slow line may take its time
ANSWER_MAX = 64 * 1024 * 1024  # a full answer is a few megabytes; more is not from our server
_CHUNK = 64 * 1024
_REFUSALS = frozenset({400, 401, 403, 404, 409, 410, 413, 415, 422})


class Https:
    """One server, reached by its URL; plain HTTP is refused but for this machine itself."""

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self._session = requests.Session()
        self._session.trust_env = True
        self._session.headers.update({"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE})

    def hello(self) -> bytes:
        """Ask who the server is."""
        return self._call("GET", PATH_HELLO, None)

    def enrol(self, join: bytes) -> bytes:
        """Bring a Join, get a Welcome."""
        return self._call("POST", PATH_ENROL, join)

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and batches, get the answer."""
        return self._call("POST", PATH_EXCHANGE, wire.encode(envelopes))

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        try:
            with self._session.request(
                method,
                self.url + path,
                data=body,
                timeout=(CONNECT_S, STALL_S),
                allow_redirects=False,  # a redirect is a portal's, never our server's
                stream=True,
            ) as answer:
                return _read(answer)
        except requests.RequestException as error:
            raise Unreachable(self.url) from error


def _read(answer: requests.Response) -> bytes:
    ours = answer.headers.get("Content-Type", "").split(";")[0].strip()
    if answer.status_code in _REFUSALS and ours == "application/json":
        raise Refused(*_problems(_body(answer)))
    if answer.status_code != requests.codes.ok or ours != CONTENT_TYPE:
        raise Unreachable(f"{answer.status_code} {ours}")
    return _body(answer)


def _body(answer: requests.Response) -> bytes:
    parts = []
    size = 0
    for part in answer.iter_content(_CHUNK):
        size += len(part)
        if size > ANSWER_MAX:
            raise Unreachable("answer_too_long")
        parts.append(part)
    return b"".join(parts)


class _Refusal(msgspec.Struct):
    problems: list[Problem]


def _problems(body: bytes) -> list[Problem]:
    try:
        return msgspec.json.decode(body, type=_Refusal).problems
    except msgspec.MsgspecError as error:
        raise Unreachable("answer_malformed") from error


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(Problem("url_malformed"))
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise Refused(Problem("http_plain"))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
