"""One act in a record's history as a row of a list."""

from desktop.dates import when
from desktop.look.lists import Entry
from forms.engine.words import label, say
from sync.store.read import Event

_PLAIN = ("new", "edit")


def entry(event: Event, now: int) -> Entry:
    """Show what was done: the state where it led, who did it, with which number and why."""
    number = event.number.text if event.number is not None else ""
    said = [part for part in (event.operator, number, event.reason) if part]
    waits = event.pending and not event.verdict
    return Entry(
        event.id,
        label("act", event.act) if event.act in _PLAIN else label("state", event.state),
        detail=" · ".join(said) or say("record.nobody"),
        aside=when(event.time, now),
        mark="hard-drives" if waits else "cloud-check",
        mark_tone="wait" if waits else "ok",
    )
