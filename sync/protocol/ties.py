"""What ties a letter to more than its office: who signs it second, and the letter that it corrects.

A second signature is an action that the form's machine gives to offices of another kind. Its change
carries a number of that office's own register, in the series SECOND, and as `paper` what is
printed in the second block; the letter keeps its own number and paper. A correction is a letter of
its own; the change that begins it names the letter that it corrects in its `extra`. A final number
comes by a change of its own, whose `extra` has the day of the paper. A change made while the
author's clock was in doubt has in its `extra` the service day, by which both ends judge it. A
change that begins a record anew, since the id that its import derived was another's, names that id.
"""

import datetime as dt
from typing import Any

from forms.engine.form import Form
from sync.protocol.change import ID_BYTES, NOBODY, NUMBERING, Change, Number

SECOND = "camat"  # the series of an office's register of letters that it signed second
REPLACES = "replaces"
DATED = "dated"
SERVED = "day"
INSTEAD = "instead"
BLOCK = "second"


def is_second(number: Number | None) -> bool:
    """Whether a number is of the office that signed second, and not the letter's own."""
    return number is not None and number.series == SECOND


def taken_by(form: Form, act: str, kind: str) -> bool:
    """Whether the machine gives an act to other offices of this kind."""
    return any(row.action == act and kind in row.office for row in form.machine.actions)


def takes_part(form: Form, change: Change, kind: str) -> bool:
    """Whether an office of this kind, not the record's own, may do this at all."""
    final = change.act == NUMBERING and is_second(change.number) and signs_second(form, kind)
    return final or taken_by(form, change.act, kind)


def signs_second(form: Form, kind: str) -> bool:
    """Whether the machine gives any act, a second signature or another, to offices of this kind."""
    return any(kind in row.office for row in form.machine.actions)


def countersigns(form: Form, kind: str) -> bool:
    """Whether an office of this kind signs the form's letters second, with numbers of its own."""
    return form.letter is not None and signs_second(form, kind)


def block_paper(block: dict[str, str]) -> dict[str, Any]:
    """Give the `paper` of a change that signs second, from what is printed in its block."""
    return {BLOCK: block}


def block_of(change: Change) -> dict[str, str]:
    """Give what a change prints in the second block of a letter; empty for any other change."""
    block = (change.body.paper or {}).get(BLOCK)
    if not isinstance(block, dict) or not is_second(change.number):
        return {}
    return {str(key): value for key, value in block.items() if isinstance(value, str)}


def correcting(record: bytes) -> dict[str, Any]:
    """Give the `extra` of a change that begins a correction of this record's letter."""
    return {REPLACES: record} if record else {}


def corrected(change: Change) -> bytes:
    """Name the record whose letter the one that this change begins corrects; empty for none."""
    return _named(change, REPLACES)


def renaming(record: bytes) -> dict[str, Any]:
    """Give the `extra` of a change that begins anew what could not be begun as this record."""
    return {INSTEAD: record}


def renamed(change: Change) -> bytes:
    """Name the record in whose place this change begins one; empty for none."""
    return _named(change, INSTEAD)


def dating(day: str) -> dict[str, Any]:
    """Give the `extra` of a change that brings the final number of a paper of this ISO date."""
    return {DATED: day}


def dated(change: Change) -> object:
    """Give the day of the paper that a change numbers, if it says so."""
    return change.extra.get(DATED)


def serving(day: dt.date) -> dict[str, Any]:
    """Give the `extra` of a change that was made on this service day by a clock in doubt."""
    return {SERVED: day.isoformat()}


def served(change: Change) -> dt.date | None:
    """Give the service day of a change whose author's clock was in doubt; None for any other."""
    said = change.extra.get(SERVED)
    try:
        return dt.date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _named(change: Change, key: str) -> bytes:
    name = change.extra.get(key)
    return name if isinstance(name, bytes) and len(name) == ID_BYTES else NOBODY
