"""One destination by HTTPS: PUT <url>/<key> brings an item, GET <url>/<key> asks what became of it.

    200 201 202        an answer as sync.server.edges.reply reads it
    400 409 413 422    refused, with the answer's words
    404                to GET: it has no such item
    401 403 408 429 5xx, no connection, a redirect   the destination rests; Retry-After is heeded

The certificate is always verified; no redirect is followed, since the token would go along; neither
~/.netrc nor a proxy of the environment is asked.
"""

import datetime as dt
import time
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from sync.server.edges import reply
from sync.server.edges.places import Place
from sync.server.edges.reply import Reply

CONNECT_S, READ_S, WHOLE_S = 10, 30, 60
ANSWER_MAX = 65_536
WAIT_S_MAX = 86_400  # of a Retry-After
READ_BYTES = 8_192
_GOOD = frozenset({200, 201, 202})
_REFUSALS = frozenset({400, 409, 413, 422})
_KEYLESS = frozenset({401, 403})
_MISSING = 404


class Web:
    """Sends to one place; close it afterwards."""

    def __init__(self, place: Place) -> None:
        self._url = place.url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = place.ca or True
        self._session.headers["Accept"] = "application/json"
        if place.token:
            self._session.headers["Authorization"] = f"Bearer {place.token}"

    def send(self, key: str, body: bytes) -> Reply:
        """Bring an item; the same key twice is one item."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return self._ask("PUT", key, data=body, headers=headers)

    def ask(self, key: str) -> Reply:
        """Ask what became of an item."""
        return self._ask("GET", key)

    def forget(self, key: str) -> None:
        """Nothing of it is kept here."""

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _ask(self, method: str, key: str, **parts: Any) -> Reply:
        try:
            with self._session.request(
                method,
                f"{self._url}/{key}",
                timeout=(CONNECT_S, READ_S),
                allow_redirects=False,
                stream=True,
                **parts,
            ) as answer:
                return _told(answer, _content(answer))
        except requests.exceptions.SSLError:
            return Reply("rest", code="certificate")
        except (requests.RequestException, OSError):
            return Reply("rest", code="unreachable")


def _content(answer: requests.Response) -> bytes | None:
    """Read a bounded answer within a bounded time; None for a longer one."""
    until, content = time.monotonic() + WHOLE_S, b""
    for part in answer.iter_content(READ_BYTES):
        content += part
        if len(content) > ANSWER_MAX or time.monotonic() > until:
            return None
    return content


def _told(answer: requests.Response, content: bytes | None) -> Reply:
    status = answer.status_code
    if status in _GOOD:
        return Reply("later", code="answer_long") if content is None else reply.read(content)
    if status in _REFUSALS:
        said = reply.read(content or b"")
        words = said.words if said.event == "refused" else ""
        return Reply("refused", words=words, code=f"http_{status}")
    if status == _MISSING and answer.request.method == "GET":
        return Reply("unknown", code="http_404")
    code = "credential" if status in _KEYLESS else f"http_{status}"
    return Reply("rest", code=code, wait_s=_wait(answer.headers.get("Retry-After", "")))


def _wait(text: str) -> int:
    """Read a Retry-After, seconds or a date; 0 for anything else."""
    plain = text.strip()
    if plain.isascii() and plain.isdigit():
        return min(int(plain[:9]), WAIT_S_MAX)
    try:
        until = parsedate_to_datetime(plain)
    except ValueError:
        return 0
    if until.tzinfo is None:
        return 0
    left = (until - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(0, round(left)), WAIT_S_MAX)
