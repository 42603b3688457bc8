"""Draws pages: templates that escape whatever they are given, one stylesheet, strict headers."""

import datetime as dt
import hashlib
from typing import Any

from forms.engine import written
from forms.engine.problem import Problem
from forms.engine.words import has, label, language, say
from sync.server.city import City
from sync.server.sessions import Session
from sync.server.web.templates import PAGES, environment
from sync.server.web.visit import HOME, OPEN, Page, Pages

AREA = "admin"
STYLE = "admin.css"
KEPT = "public, max-age=31536000, immutable"  # its name changes with it
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; {scripts}form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTS = "script-src 'self'; connect-src 'self'; "
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # "no-referrer" would make a form's Origin null
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
ALWAYS_TLS = "max-age=31536000"


class Frame:
    """The pages of one region."""

    def __init__(self, city: City, pages: Pages) -> None:
        self._city = city
        self._plain = (PAGES / STYLE).read_text("utf-8")
        self._menu = [page for page in pages if page.menu]
        self._templates = environment()
        self._templates.globals.update(word=word, label=label, tongue=language)
        self._templates.filters.update(
            when=self.when, ago=self.ago, day=day, act=act, sentence=sentence, hex=bytes.hex
        )

    @property
    def style(self) -> bytes:
        """The stylesheet in the region's colour."""
        return self._plain.replace("@accent", self._city.region.colours["accent"]).encode()

    @property
    def style_path(self) -> str:
        """The address of the stylesheet, which changes with it."""
        return f"{HOME}/style-{hashlib.sha256(self.style).hexdigest()[:16]}.css"

    def drawn(self, template: str, session: Session | None, path: str, facts: Any) -> bytes:
        """Draw a template with facts."""
        text = self._templates.get_template(template).render(
            **facts,
            region=self._city.region.name,
            style=self.style_path,
            home=HOME,
            path=path,
            session=session,
            menu=self._menu_of(session),
        )
        return text.encode()

    def when(self, moment: int) -> str:
        """Write a time in ms as the region's clocks show it."""
        zone = dt.timezone(dt.timedelta(minutes=self._city.region.offset_minutes))
        at = dt.datetime.fromtimestamp(moment / 1000, zone)
        return f"{at.day} {word('months').split()[at.month - 1]} {at:%Y} {written.clock(at)}"

    def ago(self, moment: int) -> str:
        """Say how long ago a time in ms was, coarsely."""
        gone = max(0, self._city.now() - moment)
        if gone < MINUTE_MS:
            return word("just_now")
        if gone < HOUR_MS:
            return say("admin.minutes", count=gone // MINUTE_MS)
        if gone < 2 * DAY_MS:
            return say("admin.hours", count=gone // HOUR_MS)
        return say("admin.days", count=gone // DAY_MS)

    def _menu_of(self, session: Session | None) -> list[Page]:
        if session is None or session.stage != "whole":
            return []
        return [page for page in self._menu if page.right == OPEN or session.may(page.right)]


def word(code: str, **facts: object) -> str:
    """Say a word of these pages."""
    return say(f"{AREA}.{code}", **facts)


def day(date: str) -> str:
    """Write an ISO date as people do; none is no text."""
    return written.long_day(dt.date.fromisoformat(date)) if date else ""


def act(code: str) -> str:
    """Name what a change does: an act of its own, or an action of its form."""
    return label("act" if has(f"act.{code}") else "action", code)


def sentence(problem: Problem) -> str:
    """Say a problem."""
    return say(problem.code, **{"field": problem.field or "", **problem.facts})
