"""One act in a record's history as a row of a list."""

from desktop.dates import date_text, when
from desktop.look.lists import Entry
from forms.engine.words import label, say
from sync.protocol import branch
from sync.store.conflicts import DOUBTS
from sync.store.read import Event

_PLAIN = ("new", "edit")
_MARKS = {  # what the city said, where it did not simply take it
    "conflict": ("scales", "danger"),
    "held": ("pause-circle", "wait"),
    "refused": ("warning-circle", "danger"),
    "quarantined": ("warning-circle", "danger"),
}
_WHY = frozenset({"held", "refused", "quarantined"})  # verdicts whose code is a problem's


def entry(event: Event, now: int) -> Entry:
    """Show what was done: the state where it led, who did it, with which number and why."""
    number = event.number.text if event.number is not None else ""
    said = [part for part in (event.operator, number, event.reason, *_told(event)) if part]
    waits = event.pending and not event.verdict
    plain = ("hard-drives", "wait") if waits else ("cloud-check", "ok")
    mark, tone = _MARKS.get(event.verdict, plain)
    return Entry(
        event.id,
        label("act", event.act) if event.act in _PLAIN else label("state", event.state),
        detail=" · ".join(said) or say("record.nobody"),
        aside=when(event.time, now),
        mark=mark,
        mark_tone=tone,
    )


def _told(event: Event) -> tuple[str, ...]:
    """Say what the city made of an act, and which day it was where the clock was in doubt."""
    verdict = label("verdict", event.verdict) if event.verdict in _MARKS else ""
    act = label("act" if event.act in _PLAIN else "action", event.act)
    facts = {"action": act, "state": label("state", event.state)}
    why = say(event.code, **facts) if event.code and event.verdict in _WHY else ""
    why = "" if "{" in why else why  # the facts of a refusal at the city don't come with it
    if branch.main(event.code) in DOUBTS:
        why = say(branch.main(event.code))
    day = say("record.service_day", day=date_text(event.day)) if event.day else ""
    return verdict, why, day
