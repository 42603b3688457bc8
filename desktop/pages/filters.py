"""What the records page can be narrowed to; each filter is one question asked of a record."""

from collections.abc import Callable, Iterable

from forms.engine.form import Form
from sync.store.read import Record

Judge = Callable[[Record, Form, tuple[str, ...]], bool]


def _mine(record: Record, form: Form, roles: tuple[str, ...]) -> bool:
    """It waits for a step that this operator may take."""
    return form.machine.forward(record.state, roles) is not None


FILTERS: dict[str, Judge] = {
    "all": lambda _record, _form, _roles: True,
    "mine": _mine,
    "unsent": lambda record, _form, _roles: record.sync in ("local", "sent"),
    "troubled": lambda record, _form, _roles: record.sync in ("to_fix", "conflict"),
}


def bears(record: Record, form: Form, text: str) -> bool:
    """Tell whether every typed word stands in the name, number or service of a record."""
    number = record.number.text if record.number is not None else ""
    held = f"{record.answers.get('nama', '')} {number} {form.title}".casefold()
    return all(word in held for word in text.casefold().split())


def chosen(
    records: Iterable[tuple[Record, Form]], code: str, text: str, roles: tuple[str, ...]
) -> list[tuple[Record, Form]]:
    """Keep the records that a filter and a typed text leave."""
    judge = FILTERS[code]
    return [
        (record, form)
        for record, form in records
        if judge(record, form, roles) and bears(record, form, text)
    ]
