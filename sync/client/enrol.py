"""How this laptop joins an office: once, by a code, from nothing to a store that works fully."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from forms.engine.problem import Problem, Refused
from sync.client.https import Https
from sync.crypto import code as codes
from sync.crypto import envelope, keys, passphrase, signed, trust
from sync.protocol import wire
from sync.protocol.enrol import Hello, Join, Request, Welcome
from sync.protocol.header import CLASSICAL, Header
from sync.protocol.stream import Signed
from sync.protocol.trust import KEYS_MAX, KeyList
from sync.store import attempt
from sync.store import open as door
from sync.store.attempt import Attempt
from sync.store.handle import Store
from sync.store.keystore import Keystore

INCARNATION_BYTES = 8
PROTOCOL_VERSION = 1


class Road(Protocol):
    """A way to a city that nobody here has met before."""

    def hello(self) -> bytes:
        """Ask who the city is."""
        ...

    def enrol(self, join: bytes) -> bytes:
        """Bring a Join, get a Welcome."""
        ...


def enrol(
    folder: Path,
    *,
    url: str,
    code: str,
    operator: str,
    phrase: str,
    keystore: Keystore,
    now: Callable[[], int],
) -> Store:
    """Make keys and store in an empty folder and join the office that the code names.

    Refused(server_unknown) before anything is told to a server that isn't the code's own; nothing
    stays in the folder unless the welcome was whole.
    """
    _check(folder, code, phrase)
    road = Https(url)
    try:
        return join(
            folder,
            road,
            url=road.url,
            code=code,
            operator=operator,
            phrase=phrase,
            keystore=keystore,
            now=now,
        )
    finally:
        road.close()


def join(
    folder: Path,
    road: Road,
    *,
    url: str,
    code: str,
    operator: str,
    phrase: str,
    keystore: Keystore,
    now: Callable[[], int],
) -> Store:
    """Join by a road that is there; `url` is where trips go from then on, "" for nowhere.

    What was cut short after the city was asked goes on with the same code and operator.
    """
    secret, digest = _check(folder, code, phrase)
    hello = _greet(road, digest)
    begun = attempt.read(folder, secret, operator)
    if begun is None:
        incarnation = secrets.token_bytes(INCARNATION_BYTES)
        begun = Attempt(keys.DeviceKeys.make(), incarnation, operator)
        attempt.keep(folder, secret, begun)
    device, incarnation = begun.keys, begun.incarnation
    welcome = _join(
        road,
        hello,
        device,
        incarnation,
        Join(
            secret=secret,
            incarnation=incarnation,
            sign=device.public().sign,
            seal=device.public().seal,
            letter=device.public().letter,
            operator=operator,
            clock=now(),
        ),
    )
    store = door.create(
        folder,
        welcome,
        device,
        incarnation,
        operator,
        phrase,
        url=url,
        keystore=keystore,
        now=now,
    )
    attempt.drop(folder)
    return store


def _check(folder: Path, code: str, phrase: str) -> tuple[bytes, bytes]:
    """Check what needs no city; give the code's secret and digest."""
    secret, digest = codes.read(code)
    problem = passphrase.check_rules(phrase)
    if problem is not None:
        raise Refused(problem)
    door.check_vacant(folder)
    return secret, digest


def reach(url: str) -> int:
    """Ask a server who it is, before anything is told to it; gives the time of its clock in ms.

    Refused(url_malformed | http_plain), and Barred, which says what stands between.
    """
    road = Https(url)
    try:
        greeting = wire.decode(road.hello(), Signed)
    finally:
        road.close()
    return wire.decode(greeting.plain, Hello).time


def _greet(road: Road, digest: bytes) -> Hello:
    greeting = wire.decode(road.hello(), Signed)
    hello = wire.decode(greeting.plain, Hello)
    if not codes.matches(digest, hello.keys.sign):
        _check_handed_over(hello, digest)
    signed.check(greeting, hello.keys.sign, "hello")
    if hello.version != PROTOCOL_VERSION:
        raise Refused(Problem("server_version"))
    return hello


def _check_handed_over(hello: Hello, digest: bytes) -> None:
    """Check that the signing key of a code vouches for those that came after it.

    Refused(server_unknown | code_outdated).
    """
    with suppress(Refused):
        for former in hello.former[:KEYS_MAX]:
            if codes.matches(digest, former.sign) and hello.listed is not None:
                plain = signed.check(former.listed, former.sign, "handover")
                root = wire.decode(plain, KeyList).root
                newest = trust.checked(hello.listed, root)
                if (newest.signs[0].public, root) == (hello.keys.sign, hello.keys.root):
                    return
    raise Refused(Problem("code_outdated" if _had(hello, digest) else "server_unknown"))


def _had(hello: Hello, digest: bytes) -> bool:
    """Tell whether the server says that the code's key was its own; that proves nothing."""
    with suppress(Refused):
        if hello.listed is not None:
            listed = trust.checked(hello.listed, hello.keys.root)
            return any(codes.matches(digest, sign.public) for sign in listed.signs)
    return False


def _join(
    road: Road, hello: Hello, device: keys.DeviceKeys, incarnation: bytes, join: Join
) -> Welcome:
    header = Header(
        kind="enrol",
        suite=CLASSICAL,
        writer=keys.key_id(join.sign),
        reader=keys.key_id(hello.keys.seal),
        incarnation=incarnation,
        seq=0,
        prev=bytes(32),
        epoch=b"",
    )
    sealed = envelope.seal(wire.encode(join), header, sign=device.sign, reader=hello.keys.seal)
    answer = envelope.read(road.enrol(wire.encode(Request(join.sign, sealed))))
    if answer.header.kind != "welcome":
        raise Refused(Problem("envelope_malformed"))
    return wire.decode(envelope.open_sealed(answer, hello.keys.sign, device.seal), Welcome)
