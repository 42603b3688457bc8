"""The pages of coming and going: signing in, setting up a second factor, proving again, leaving."""

from markupsafe import Markup

from forms.engine.words import known
from forms.paper import qr
from sync.crypto import totp
from sync.server import accounts, audit, entrance, factor, sessions
from sync.server.entrance import Attempt
from sync.server.sessions import WHOLE
from sync.server.web.doors import ENROL, PROVE, SIGN_IN, way_back
from sync.server.web.visit import HOME, OPEN, Page, Reply, Sent, Shown, Visit

OUT, OUT_ALL, ACCOUNT = HOME + "/sign-out", HOME + "/sign-out-all", HOME + "/account"
LANGUAGE = HOME + "/language/{code}"


def ask(visit: Visit) -> Reply:
    """Ask who is there."""
    facts = {
        "problems": visit.problems,
        "back": visit.form.get("back") or visit.query.get("back"),
        "name": visit.form.get("name"),
    }
    return Shown("admin/sign_in.html", facts)


def enter(visit: Visit) -> Reply:
    """Let somebody in."""
    entered = entrance.sign_in(visit.city, _attempt(visit, visit.form.get("name")))
    path = way_back(visit.form.get("back")) if entered.stage == WHOLE else ENROL
    return Sent(path, entered.key, entered.browser)


def ask_again(visit: Visit) -> Reply:
    """Ask for passphrase and code before what is dangerous."""
    back = visit.form.get("back") or visit.query.get("back")
    has_factor = bool(_mine(visit).factor)
    facts = {"problems": visit.problems, "back": back, "has_factor": has_factor}
    return Shown("admin/prove.html", facts)


def prove(visit: Visit) -> Reply:
    """Take passphrase and code again."""
    key = entrance.prove(visit.city, visit.by, _attempt(visit, visit.who))
    return Sent(way_back(visit.form.get("back")), key)


def propose(visit: Visit) -> Reply:
    """Show the secret of a second factor, as a code for the telephone and as letters."""
    secret = factor.propose(visit.city, visit.who)
    issuer = f"Teras {visit.city.region.name}"
    facts = {
        "problems": visit.problems,
        "code": Markup(qr.draw(totp.address(secret, visit.who, issuer)).svg),  # noqa: S704 - our own drawing
        "typed": totp.typed_secret(secret),
        "replaces": bool(_mine(visit).factor),
    }
    return Shown("admin/second_factor.html", facts)


def confirm(visit: Visit) -> Reply:
    """Let the second factor count and show, this once, the codes for a lost telephone.

    The session goes on, whole, under another cookie; the page has none of it.
    """
    codes = factor.confirm(visit.city, visit.who, visit.form.get("code"))
    with visit.city.database.write() as connection:
        accounts.end_sessions(connection, visit.city.code, visit.who)
        key = sessions.begin(connection, visit.city, visit.who, WHOLE, visit.by.made)
    return Shown("admin/recovery.html", {"codes": codes}, cookies=Sent("", key))


def own(visit: Visit) -> Reply:
    """Show somebody's own account."""
    mine = next(one for one in accounts.listing(visit.city) if one.name == visit.who)
    return Shown("admin/account.html", {"problems": visit.problems, "mine": mine})


def change(visit: Visit) -> Reply:
    """Set a new passphrase; every session ends."""
    accounts.change_passphrase(visit.city, visit.who, visit.form.get("passphrase"))
    return Sent(SIGN_IN, None)


def leave(visit: Visit) -> Reply:
    """End this session."""
    with visit.city.database.write() as connection:
        sessions.end(connection, visit.city, visit.by)
        audit.note(connection, visit.city, visit.who, "signed_out")
    return Sent(SIGN_IN, None)


def leave_all(visit: Visit) -> Reply:
    """End every session of this account."""
    with visit.city.database.write() as connection:
        accounts.end_sessions(connection, visit.city.code, visit.who)
        audit.note(connection, visit.city, visit.who, "signed_out_everywhere")
    return Sent(SIGN_IN, None)


def speak(visit: Visit) -> Reply:
    """Draw pages in another language in this browser from now on."""
    return Sent(way_back(visit.query.get("back")), language=known(visit.given["code"]))


def _attempt(visit: Visit, name: str) -> Attempt:
    return Attempt(
        name,
        visit.form.get("passphrase"),
        visit.form.get("code"),
        visit.address,
        visit.browser,
        visit.cookie,
    )


def _mine(visit: Visit) -> accounts.Account:
    with visit.city.database.read() as connection:
        return accounts.known(connection, visit.city.code, visit.who)


def _back(_visit: Visit) -> Reply:
    return Sent(ACCOUNT)


PAGES = (
    Page(SIGN_IN, OPEN, ask, enter),
    Page(LANGUAGE, OPEN, speak),
    Page(PROVE, accounts.OVERVIEW, ask_again, prove, enrolling=True),
    Page(ENROL, accounts.OVERVIEW, propose, confirm, proved=True, enrolling=True),
    Page(ACCOUNT, accounts.OVERVIEW, own, change, proved=True),
    Page(OUT, accounts.OVERVIEW, _back, leave, enrolling=True),
    Page(OUT_ALL, accounts.OVERVIEW, _back, leave_all, enrolling=True),
)
