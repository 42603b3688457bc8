"""When a letter ends: computed from its date and answers, never stored."""

import datetime as dt
from collections.abc import Mapping

from forms.engine.answers import Value
from forms.engine.form import Form
from forms.engine.region import Region


def last_day(
    form: Form, answers: Mapping[str, Value], issued: dt.date, region: Region
) -> dt.date | None:
    """Give the last day on which a letter of this date holds; None where it has no end.

    A letter whose form names a date for it holds to that day, however long others of its kind do.
    """
    assert form.letter is not None, "only a letter expires"
    named = answers.get(form.letter.valid_until) if form.letter.valid_until else None
    if isinstance(named, str):
        return dt.date.fromisoformat(named)
    return region.validity(form.code, form.letter.validity).until(issued)


def is_expired(last: dt.date | None, today: dt.date) -> bool:
    """Tell whether a letter that held to its last day holds no more."""
    return last is not None and today > last
