"""The carrier over the network: envelopes up by POST, one answer down.

Nothing here decides that anything was received: a captive portal's 200, a proxy's page or a cut
answer is Unreachable, and only a signed receipt inside the answer marks changes as received.

| what goes                                   | how                                              |
|---------------------------------------------|--------------------------------------------------|
| ask and batches that fit the line's pace    | in one request                                   |
| more of them                                | the first that fit; the trip brings the others   |
| a first batch that is longer than the pace  | in pieces, then cited by its name                |
| an answer that broke off                    | goes on where it was                             |
| whatever was cut, or found too long         | again at a slower pace, a cut after a pause      |
| nobody there, after something got through   | again after a pause: the line comes and goes     |

After TRIES in a row with nothing got through the trip ends; the next one goes on where it was.
"""

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from forms.engine.problem import Problem, Refused, Unreachable
from sync.client.carrier import Busy
from sync.client.line import Cut, Line, TooLong
from sync.client.pace import SIZE_MIN, Pace
from sync.crypto import envelope
from sync.protocol import upload, wire
from sync.protocol.exchange import PATH_ENROL, PATH_EXCHANGE, PATH_HELLO
from sync.protocol.loopback import is_loopback
from sync.protocol.upload import PATH_UPLOAD, Opening, Piece, Place

TRIES = 5
PAUSE_FIRST_S = 0.5  # doubled each time: 7.5 s in all


class Https:
    """One server, reached by its URL; plain HTTP is refused but for this machine itself."""

    def __init__(
        self,
        url: str,
        pace: Pace | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = _checked(url)
        self.pace = pace or Pace()
        self.brought = 0  # batches of the last exchange that was answered
        self._line = Line(self.url)
        self._pause = pause
        self._through = False  # whether anything got through since the exchange began
        self._lost = 0  # how often in a row nothing did

    def hello(self) -> bytes:
        """Ask who the server is."""
        return self._line.call("GET", PATH_HELLO, None)

    def enrol(self, join: bytes) -> bytes:
        """Bring a Join, get a Welcome."""
        return self._line.call("POST", PATH_ENROL, join)

    def exchange(self, envelopes: list[bytes]) -> bytes:
        """Bring an ask and the first batches, get the answer."""
        self._through, self._lost = False, 0
        begins = 1 + (_kind(envelopes[0]) == "rejoin" and len(envelopes) > 1)
        while True:
            try:
                return self._exchanged(envelopes[:begins], envelopes[begins:])
            except Unreachable as error:
                self._broke(error)

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()

    def _exchanged(self, shown: Sequence[bytes], rest: Sequence[bytes]) -> bytes:
        fitting = self.pace.fitting(rest)
        pieces = bool(rest) and not fitting
        brought = [self._uploaded(shown, rest[0])] if pieces else rest[:fitting]
        data = wire.encode([*shown, *brought])
        try:
            answer = self._line.begin(PATH_EXCHANGE, data)
        except Refused as refused:
            if pieces and refused.problems[0].code == "upload_unknown":
                raise Cut(self.url) from refused  # the server forgot the pieces
            raise
        self._got(len(data))
        self.brought = len(brought)
        while answer.left:
            before = len(answer.content)
            try:
                self._line.go_on(answer)
                self._got(len(answer.content) - before)
            except Unreachable as error:
                self._broke(error)
        return bytes(answer.content)

    def _uploaded(self, shown: Sequence[bytes], data: bytes) -> bytes:
        """Bring one envelope in pieces, from where the server has it; give its name."""
        name = envelope.read(data).id
        opening = wire.encode(Opening(list(shown), name, len(data)))
        place = self._place("POST", PATH_UPLOAD, opening, len(data))
        while place < len(data):
            content = data[place : place + self.pace.size]
            piece = wire.encode(Piece(place, upload.digest(content), content))
            try:
                reached = self._place("PUT", f"{PATH_UPLOAD}/{name.hex()}", piece, len(data))
            except Refused as refused:
                raise Cut(self.url) from refused  # the server forgot the pieces
            if reached <= place:
                raise Cut(self.url)
            self._got(reached - place)
            place = reached
        return name

    def _place(self, method: str, path: str, body: bytes, most: int) -> int:
        answer = self._line.call(method, path, body)
        try:
            place = wire.decode(answer, Place).place
        except Refused as refused:
            raise Unreachable("answer_malformed") from refused
        if not 0 <= place <= most:
            raise Unreachable("answer_malformed")
        return place

    def _got(self, size: int) -> None:
        """Note that something got through: a break is now one of this line's habits."""
        self._through, self._lost = True, 0
        self.pace.went(size)

    def _broke(self, error: Unreachable) -> None:
        """Slow down and wait a little, or give up."""
        if isinstance(error, TooLong):
            if self.pace.size == SIZE_MIN:
                raise error
            self.pace.broke()
            return
        if isinstance(error, Busy) or not (self._through or isinstance(error, Cut)):
            raise error
        if isinstance(error, Cut):
            self.pace.broke()
        self._lost += 1
        # What an answer gave up over ends the exchange too: to begin anew would count from nothing.
        if self._lost >= TRIES:
            raise error
        self._pause(PAUSE_FIRST_S * 2 ** (self._lost - 1))


def _kind(data: bytes) -> str:
    try:
        return envelope.read(data).header.kind
    except Refused:
        return ""


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused(Problem("url_malformed"))
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise Refused(Problem("http_plain"))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
