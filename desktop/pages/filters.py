"""What the records page can be narrowed to; each filter is one question asked of a record."""

import datetime as dt
from collections.abc import Callable, Iterable

from desktop import rows, steps
from forms.engine.form import Form
from forms.engine.words import worded
from sync.store.handle import Store
from sync.store.read import Mark, Record

Judge = Callable[[Record, Form, Store], bool]

SECOND = "second"  # Of use only where letters travel between two offices.
MARK = "mark_"  # Before a record's own mark, of what has become of it on its way to the city.
MARKS: tuple[Mark, ...] = ("local", "sent", "received", "durable", "to_fix", "conflict")
EVER = "ever"
_DAY = dt.timedelta(days=1)


def _mine(record: Record, form: Form, store: Store) -> bool:
    """It waits for a step that this operator may take."""
    return steps.onward(store, record, form) is not None


def _second(record: Record, form: Form, store: Store) -> bool:
    """It is on paper and waits for the office that signs second."""
    return steps.waits_for_second(store, record, form)


def _by_me(record: Record, _form: Form, store: Store) -> bool:
    """This operator was the last to do something with it."""
    return record.author == store.operator.name


def _waits_for_applicant(record: Record, _form: Form, _store: Store) -> bool:
    """It is on paper, and nobody has fetched it."""
    return record.state in {"issued", "ready"}


def _marked(mark: Mark) -> Judge:
    return lambda record, _form, _store: record.sync == mark


FILTERS: dict[str, Judge] = {
    "all": lambda _record, _form, _store: True,
    "mine": _mine,
    SECOND: _second,
    "by_me": _by_me,
    "returned": lambda record, _form, _store: record.state == "returned",
    "to_fetch": _waits_for_applicant,
    "unsent": lambda record, _form, _store: record.sync in ("local", "sent"),
    "troubled": lambda record, _form, _store: record.sync in ("to_fix", "conflict"),
    **{f"{MARK}{mark}": _marked(mark) for mark in MARKS},
}

# The day from which on records are shown, for today.
SPANS: dict[str, Callable[[dt.date], dt.date]] = {
    EVER: lambda _today: dt.date.min,
    "today": lambda today: today,
    "week": lambda today: today - today.weekday() * _DAY,
}


def offered(store: Store) -> tuple[str, ...]:
    """List the filters that are of use in this office."""
    return tuple(code for code in FILTERS if code != SECOND or steps.travels(store))


def bears(record: Record, form: Form, text: str) -> bool:
    """Tell whether every typed word stands in the name, number or service of a record."""
    number = record.number.text if record.number is not None else ""
    held = f"{rows.name(record.answers)} {number} {worded(form.title)} {form.title}".casefold()
    return all(word in held for word in text.casefold().split())


def chosen(
    records: Iterable[tuple[Record, Form]], code: str, text: str, store: Store, span: str = EVER
) -> list[tuple[Record, Form]]:
    """Keep the records that a filter, a span and a typed text leave."""
    judge, first = FILTERS[code], SPANS[span](store.scene().today)
    return [
        (record, form)
        for record, form in records
        if (span == EVER or store.date(record.updated) >= first)
        and judge(record, form, store)
        and bears(record, form, text)
    ]
