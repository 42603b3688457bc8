"""What the records page can be narrowed to; each filter is one question asked of a record."""

from collections.abc import Callable, Iterable

from desktop import steps
from forms.engine.form import Form
from sync.store.handle import Store
from sync.store.read import Record

Judge = Callable[[Record, Form, Store], bool]

SECOND = "second"  # Of use only where letters travel between two offices.


def _mine(record: Record, form: Form, store: Store) -> bool:
    """It waits for a step that this operator may take."""
    return steps.onward(store, record, form) is not None


def _second(record: Record, form: Form, store: Store) -> bool:
    """It is on paper and waits for the office that signs second."""
    return steps.waits_for_second(store, record, form)


FILTERS: dict[str, Judge] = {
    "all": lambda _record, _form, _store: True,
    "mine": _mine,
    SECOND: _second,
    "unsent": lambda record, _form, _store: record.sync in ("local", "sent"),
    "troubled": lambda record, _form, _store: record.sync in ("to_fix", "conflict"),
}


def offered(store: Store) -> tuple[str, ...]:
    """List the filters that are of use in this office."""
    return tuple(code for code in FILTERS if code != SECOND or steps.travels(store))


def bears(record: Record, form: Form, text: str) -> bool:
    """Tell whether every typed word stands in the name, number or service of a record."""
    number = record.number.text if record.number is not None else ""
    held = f"{record.answers.get('nama', '')} {number} {form.title}".casefold()
    return all(word in held for word in text.casefold().split())


def chosen(
    records: Iterable[tuple[Record, Form]], code: str, text: str, store: Store
) -> list[tuple[Record, Form]]:
    """Keep the records that a filter and a typed text leave."""
    judge = FILTERS[code]
    return [
        (record, form)
        for record, form in records
        if judge(record, form, store) and bears(record, form, text)
    ]
