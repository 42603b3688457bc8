"""What of a record can be found by typing, worked out from the kinds of its fields."""

from collections.abc import Iterator
from functools import lru_cache

from forms.engine.form import Form
from sync.store.case import Case
from sync.store.search import Entry

NAME = "nama"
ADDRESS = ("alamat", "rt", "rw")
_NUMBERED = frozenset({"nik", "kk", "phone"})
_WORDED = frozenset({"text", "paragraph"})


def entry(form: Form, case: Case) -> Entry:
    """Describe a record for the search: a name, every number, address and texts."""
    answers = case.answers
    title_key, number_keys, text_keys = _keys(form)
    numbers = [str(answers[key]) for key in number_keys if key in answers]
    if case.number is not None:
        numbers += [text for text in (case.number.text, case.printed) if text]
    title = str(answers.get(title_key, "")) or _person(case)
    return Entry(
        case.id,
        case.service,
        title,
        _detail(form, case, numbers),
        tuple(numbers),
        " ".join(str(answers[key]) for key in text_keys if key in answers),
    )


def _detail(form: Form, case: Case, numbers: list[str]) -> str:
    if form.letter is not None:
        return " · ".join(filter(None, (form.title, case.number.text if case.number else "")))
    return " · ".join(filter(None, (*numbers[:1], _address(case))))


def _address(case: Case) -> str:
    street, rt, rw = (str(case.answers.get(key, "")) for key in ADDRESS)
    return " ".join(filter(None, (street, f"RT {rt}" if rt else "", f"RW {rw}" if rw else "")))


def _person(case: Case) -> str:
    """A record without a name of its own may be about a person."""
    for value in case.answers.values():
        if isinstance(value, dict) and value.get(NAME):
            return str(value[NAME])
    return ""


@lru_cache(maxsize=256)  # a form for each service of a catalogue; there are some dozens
def _keys(form: Form) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Tell which fields are the title, the numbers and the texts of a form."""
    fields = form.fields
    title = NAME if NAME in fields else next(_of(form, _WORDED), "")
    texts = [key for key in ADDRESS if key in fields]
    texts += [
        key
        for key in _of(form, _WORDED)
        if key.startswith(("nama_", "alamat_")) and key not in {title, *texts}
    ]
    return title, tuple(_of(form, _NUMBERED)), tuple(texts)


def _of(form: Form, kinds: frozenset[str]) -> Iterator[str]:
    return (key for key, field in form.fields.items() if field.kind in kinds and not field.sealed)
