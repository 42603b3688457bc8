"""The way in to the pages: name, passphrase and code, all at once, so that none is told apart.

Whoever fails is told the same for an unknown name, a wrong passphrase and a wrong code, after the
same work. An administrator without a second factor comes as far as the page that sets one up, and
only by a passphrase that is long enough to stand alone.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from forms.engine.problem import Problem, Refused
from sync.crypto import passphrase as phrases
from sync.server import accounts, audit, factor, sessions, throttle
from sync.server.accounts import NAME_MAX, Account
from sync.server.city import City
from sync.server.phrases import ALONE_MIN
from sync.server.sessions import ENROLLING, WHOLE, Session
from sync.server.throttle import ACCOUNT, ADDRESS, BROWSER

AT_ONCE = 2  # passphrases that are stretched at once: 64 MiB and a core each
PHRASE_MAX = phrases.LENGTH_MAX
CODE_MAX = 40

NOTED = (5, 20, throttle.TRIES_MAX)  # failures in a row

T = TypeVar("T")

_turns = threading.BoundedSemaphore(AT_ONCE)


class Attempt(msgspec.Struct, frozen=True):
    """What somebody shows at the door; `browser` is the cookie of an earlier sign-in."""

    name: str
    passphrase: str
    code: str = ""
    address: str = ""
    browser: str = ""
    session: str = ""  # the cookie that the browser came with; it ends


class Entered(msgspec.Struct, frozen=True):
    """Who was let in: cookies of the session and of the browser, and how far."""

    key: str
    browser: str
    stage: str


def sign_in(city: City, shown: Attempt) -> Entered:
    """Let somebody in; Refused(sign_in_wrong | sign_in_wait | factor_first)."""
    return _let_in(city, shown, lambda conn, found: _entered(conn, city, found, shown))


def prove(city: City, session: Session, shown: Attempt) -> str:
    """Take passphrase and code again, before what is dangerous; return the session's new cookie.

    Refused(sign_in_wrong | sign_in_wait).
    """
    shown = msgspec.structs.replace(shown, name=session.name)
    return _let_in(city, shown, lambda conn, _: sessions.renew(conn, city, session, session.stage))


def _let_in(city: City, shown: Attempt, work: Callable[[Connection, Account], T]) -> T:
    name = " ".join(shown.name.split())[:NAME_MAX]
    counted = _count(city, name, shown)
    with city.database.read() as connection:
        before = accounts.find(connection, city.code, name)
    is_right = _is_phrase(before, shown.passphrase)
    with city.database.write() as connection:
        # Read again: somebody may have changed the account while the passphrase was stretched.
        found = accounts.find(connection, city.code, name)
        same = found is not None and before is not None and found.hashed == before.hashed
        if found is not None and same and is_right and _passes(connection, city, found, shown):
            for kind, place in counted:
                throttle.succeed(connection, city, kind, place)
            return work(connection, found)
        _note_failures(connection, city, found)
    raise Refused(Problem("sign_in_wrong"))


def _count(city: City, name: str, shown: Attempt) -> list[tuple[str, str]]:
    """Count the try where it belongs; Refused(sign_in_wait)."""
    with city.database.write() as connection:
        places = [(ACCOUNT, name), (ADDRESS, shown.address)]
        if shown.browser and sessions.is_familiar(connection, city, name, shown.browser):
            places = [(BROWSER, shown.browser)]
        for kind, place in places:
            wait = throttle.begin(connection, city, kind, place)
            if wait:
                minutes = -(-wait // 60_000)
                raise Refused(Problem("sign_in_wait", facts={"minutes": minutes}))
    return places


def _is_phrase(found: Account | None, passphrase: str) -> bool:
    """Compare the passphrase, and take as long where there is no account."""
    with _turns:
        hashed = found.hashed if found is not None else _nobody()
        fits = phrases.matches(passphrase[:PHRASE_MAX], hashed)
    return fits and found is not None and len(passphrase) <= PHRASE_MAX


@lru_cache
def _nobody() -> str:
    """Give the hash that no passphrase of a length that is taken fits."""
    return phrases.hash_text("\0" * (PHRASE_MAX + 1))


def _passes(connection: Connection, city: City, found: Account, shown: Attempt) -> bool:
    """Check what an account asks beside its passphrase; Refused(factor_first)."""
    if found.factor:
        return factor.accept(connection, city, found, shown.code[:CODE_MAX])
    if len(shown.passphrase) < ALONE_MIN:
        raise Refused(Problem("factor_first", facts={"min": ALONE_MIN}))
    return True


def _entered(connection: Connection, city: City, found: Account, shown: Attempt) -> Entered:
    stage = ENROLLING if found.needs_factor else WHOLE
    if shown.session:
        sessions.end_key(connection, city, shown.session)
    accounts.change(connection, city.code, found.name, entered=city.now())
    audit.note(connection, city, found.name, "signed_in")
    key = sessions.begin(connection, city, found.name, stage)
    return Entered(key, sessions.remember(connection, city, found.name), stage)


def _note_failures(connection: Connection, city: City, found: Account | None) -> None:
    """Put into the audit's chain, once in a row, that somebody keeps failing at an account."""
    if found is None:
        return
    if throttle.failures(connection, city, ACCOUNT, found.name) in NOTED:
        audit.note(connection, city, "", "sign_in_failing", name=found.name)
