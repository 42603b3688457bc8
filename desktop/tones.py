"""Words and tones of a record's state and of how far it has come, the same on every page."""

from functools import cache
from typing import TYPE_CHECKING

from forms.engine.words import label, say

if TYPE_CHECKING:  # SQL is not loaded before anybody has signed in
    from sync.store.status import State

_STATES = {
    "received": "wait",
    "returned": "warn",
    "drafted": "wait",
    "checked": "wait",
    "approved": "wait",
    "issued": "ok",
    "ready": "ok",
    "handed_over": "ok",
    "countersigned": "ok",
    "refused": "danger",
    "void": "danger",
    "expired": "warn",
    "registered": "wait",
    "archived": "ok",
    "open": "wait",
    "done": "ok",
    "reserved": "warn",
    "sent": "wait",
    "delivered": "ok",
    "came_back": "warn",
    "conflict": "danger",
    "active": "plain",
    "moved": "warn",
    "deceased": "warn",
    "missing": "warn",
    "invalid": "danger",
}
_BADGES = {
    "local": ("hard-drives", "wait"),
    "sent": ("usb", "wait"),
    "received": ("cloud-check", "ok"),
    "durable": ("seal-check", "ok"),
    "to_fix": ("warning-circle", "danger"),
    "conflict": ("scales", "danger"),
}


_LINE = {
    "all_received": ("check-circle", "ok"),
    "files": ("arrow-up", "wait"),
    "sending": ("arrow-up", "wait"),
    "waiting": ("pause-circle", "wait"),
    "on_stick": ("usb", "wait"),
    "at_hub": ("pause-circle", "wait"),
    "to_fix": ("warning-circle", "danger"),
    "removals": ("warning-circle", "danger"),
    "late": ("hourglass", "warn"),
    "stuck": ("hourglass", "warn"),
}


def sync_line(told: "State") -> tuple[str, str]:
    """Give the icon and the tone of the sync line; what waits three days is urgent."""
    glyph, tone = _LINE[told.code]
    return glyph, "danger" if told.urgent else tone


def state(code: str) -> tuple[str, str]:
    """Give the words and the tone of a state; an unknown one shows its code."""
    return label("state", code), _STATES.get(code, "plain")


def tone_of(words: str) -> str:
    """Give the tone of a state by its words, as tables of the store hold them."""
    return _tones().get(words, "plain")


@cache
def _tones() -> dict[str, str]:
    return {label("state", code): tone for code, tone in _STATES.items()}


def badge(code: str) -> tuple[str, str, str]:
    """Give the icon, words and tone of how far a record has come."""
    glyph, tone = _BADGES.get(code, ("question", "plain"))
    return glyph, say(f"badge.{code}"), tone
