"""One visit of a page, what it answers, and the table in which pages stand."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from forms.engine.problem import Problem
from sync.server.city import City
from sync.server.sessions import Session
from sync.server.web.fields import Fields

HOME = "/admin"
OPEN = ""  # the right of pages that are there for who is not signed in


class Visit(msgspec.Struct, frozen=True):
    """Who asks for what; `given` are the parts of the path in braces, `form` is of a POST.

    `problems` are set when an act was refused and its page is shown again.
    """

    city: City
    session: Session | None
    path: str
    given: dict[str, str]
    query: Fields
    form: Fields
    address: str = ""
    browser: str = ""  # the cookie of an earlier sign-in
    cookie: str = ""  # that of the session
    problems: tuple[Problem, ...] = ()

    @property
    def who(self) -> str:
        """The name under which whatever is done is noted."""
        assert self.session is not None, self.path
        return self.session.name

    @property
    def by(self) -> Session:
        """The session; pages with a right have one."""
        assert self.session is not None, self.path
        return self.session


class Sent(msgspec.Struct, frozen=True):
    """A browser that is sent on to one of our own paths.

    `session`, `browser` and `language` are cookies to set; "" lets them be, None takes the
    session's away.
    """

    path: str
    session: str | None = ""
    browser: str = ""
    language: str = ""


class Shown(msgspec.Struct, frozen=True):
    """A page that is drawn from a template; `scripts` lets it load scripts of this server.

    One that sets `cookies` is drawn for nobody: whoever asked goes on under another session.
    """

    template: str
    facts: dict[str, Any] = {}
    status: int = 200
    scripts: bool = False
    cookies: Sent | None = None


class Told(msgspec.Struct, frozen=True):
    """An answer that is no page: its bytes, its kind, and the name under which it is saved."""

    content: bytes
    kind: str
    name: str = ""


Reply = Shown | Sent | Told
Work = Callable[[Visit], Reply]


class Page(NamedTuple):
    """One page: what it shows, what is done on it, who may.

    `right` is what a role must have (sync.server.accounts), `acts` what it must have for `act`;
    `proved` asks for passphrase and code within the last minutes; `menu` is its word in the menu;
    `enrolling` opens it for who has yet to set up a second factor, `encloses` lets its form bring
    files.
    """

    path: str
    right: str
    show: Work
    act: Work | None = None
    acts: str = ""
    proved: bool = False
    menu: str = ""
    enrolling: bool = False
    encloses: bool = False


Pages = Sequence[Page]
