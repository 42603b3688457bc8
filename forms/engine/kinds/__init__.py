"""The kinds of answer: for each one reader of what was given and one way to show it.

A reader takes the JSON shape of an answer or the text that a person types for it, and gives the
JSON shape in its one canonical form; `show` gives the text to type: `read(show(x)) == x`.
A new kind is one pair here, and one widget at the desk.
"""

from collections.abc import Callable

from forms.engine.answers import Value
from forms.engine.kinds import attachment, choice, figure, part, rows, text
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field, Kind

__all__ = ["Reader", "Wrong", "reader", "show"]

_READERS: dict[Kind, Callable[[Field], Reader]] = {
    "text": text.read_text,
    "paragraph": text.read_paragraph,
    "note": text.read_paragraph,
    "nik": text.read_nik,
    "kk": text.read_kk,
    "phone": text.read_phone,
    "number": figure.read_number,
    "money": figure.read_money,
    "date": figure.read_date,
    "time": figure.read_time,
    "yes_no": figure.read_yes_no,
    "choice": choice.read_choice,
    "choices": choice.read_choices,
    "region": choice.read_region,
    "person": lambda field: part.read_person(field, reader),
    "place": part.read_place,
    "attachment": attachment.read_attachment,
    "rows": lambda field: rows.read_rows(field, reader),
}
_SHOWERS: dict[Kind, Callable[[Field, Value], str]] = {
    "money": figure.show_money,
    "date": figure.show_date,
    "yes_no": figure.show_yes_no,
    "choice": choice.show_choice,
    "choices": choice.show_choices,
    "person": part.show_parts,
    "place": part.show_place,
    "attachment": part.show_parts,
    "rows": rows.show_rows,
}


def reader(field: Field) -> Reader:
    """Make the reader of one field's answers; it raises Wrong."""
    return _READERS[field.kind](field)


def show(field: Field, value: Value) -> str:
    """Show an answer as the text that a person would type for it; "" for None."""
    if value is None:
        return ""
    shower = _SHOWERS.get(field.kind)
    return shower(field, value) if shower else str(value)
