"""Answers as a letter prints them: every choice, date and amount resolved to its words."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from forms.engine import parts
from forms.engine.answers import Value
from forms.engine.areas import Areas
from forms.engine.kinds import choice, figure, part, rows
from forms.engine.spec import Field
from forms.engine.words import say
from forms.paper.amounts import in_words, long_date, rupiah, rupiah_in_words

SPELLED = "_terbilang"  # Beside a number or an amount: the same in words.
WHOLE = "_lengkap"  # Beside an area: its name and what it lies in, each with its term.
DAY = "_hari"  # Beside a date: the day of the week.
NUMBER_OF = "_nik"  # Beside a person: the NIK.
BIRTH = "ttl"  # Among a person's parts: place and date of birth on one line.
COUNT = "_jumlah"  # Beside rows: how many there are.


def printed(
    fields: Mapping[str, Field],
    answers: Mapping[str, Value],
    areas: Areas,
    terms: Mapping[str, str],
) -> dict[str, Any]:
    """Print every field of a form; one that has no answer is "", so a letter may name any.

    A person of a party is printed part by part, rows as a list of such maps; all else is text.
    """
    texts: dict[str, Any] = {}
    for key, field in fields.items():
        value = answers.get(key)
        if field.kind == "rows":
            found = value if isinstance(value, list) else []
            texts[key] = [_row(field, row, areas, terms) for row in found]
            texts[key + COUNT] = str(len(found)) if found else ""
            texts[key + COUNT + SPELLED] = in_words(len(found)) if found else ""
            continue
        texts[key] = "" if value is None else _text(field, value, areas)
        if field.party:
            given = value if isinstance(value, dict) else {}
            person = _person_parts(tuple(parts.asked(field.party)), given, areas, terms)
            texts |= {f"{key}_{name}": text for name, text in person.items()}
            continue
        for ending, derive in _BESIDE.get(field.kind, {}).items():
            texts[key + ending] = "" if value is None else derive(value, areas, terms)
    return texts


def names(fields: Mapping[str, Field]) -> Iterator[str]:
    """List every name that `printed` makes."""
    for key, field in fields.items():
        yield key
        if field.kind == "rows":
            yield from (key + COUNT, key + COUNT + SPELLED)
        elif field.party:
            yield from (f"{key}_{part.key}" for part in parts.asked(field.party))
            yield f"{key}_{BIRTH}"
        else:
            yield from (key + ending for ending in _BESIDE.get(field.kind, {}))


def coded(fields: Mapping[str, Field], answers: Mapping[str, Value]) -> dict[str, Any]:
    """Give what sheets put into boxes: the answers as they are kept, persons part by part."""
    found: dict[str, Any] = {}
    for key, field in fields.items():
        value = answers.get(key)
        if field.party and isinstance(value, dict):
            known = {part.key for part in parts.asked(field.party)}
            found |= {f"{key}_{name}": text for name, text in value.items() if name in known}
        elif value is not None and field.kind not in {"attachment", "note", "person"}:
            found[key] = value
    return found


def area_names(code: str, areas: Areas, terms: Mapping[str, str]) -> list[str]:
    """Name an area and what it lies in up to the city, the smallest first, each with its term."""
    if not areas.knows(code):
        return [code]
    chain = (areas.area(code), *areas.parents(code))
    return [
        f"{terms.get(area.level, '')} {area.name}".strip()
        for area in chain
        if area.level != "provinsi"
    ]


def _row(
    field: Field, row: Mapping[str, Value], areas: Areas, terms: Mapping[str, str]
) -> dict[str, str]:
    return _person_parts(rows.columns(field), row, areas, terms)


def _person_parts(
    asked: Sequence[Field], given: Mapping[str, Value], areas: Areas, terms: Mapping[str, str]
) -> dict[str, str]:
    """Print parts or cells; an address whole, place and date of birth joined beside."""
    texts = {
        field.key: "" if (value := given.get(field.key)) is None else _text(field, value, areas)
        for field in asked
    }
    if "alamat" in texts:
        texts["alamat"] = _address(texts, given.get("kelurahan"), areas, terms)
    if texts.keys() & {"tempat_lahir", "tanggal_lahir"}:
        born = (texts.get("tempat_lahir", ""), texts.get("tanggal_lahir", ""))
        texts[BIRTH] = ", ".join(filter(None, born))
    return texts


def _address(
    texts: Mapping[str, str], kelurahan: Value, areas: Areas, terms: Mapping[str, str]
) -> str:
    near = [say(f"printed.{key}", number=texts[key]) for key in ("rt", "rw") if texts.get(key)]
    whole = _whole(kelurahan, areas, terms) if kelurahan else ""
    return ", ".join(filter(None, (texts["alamat"], "/".join(near), whole)))


def _text(field: Field, value: Value, areas: Areas) -> str:
    if field.kind == "region":
        code = str(value)
        return areas.area(code).name if areas.knows(code) else code
    shower = _KINDS.get(field.kind)
    return shower(field, value) if shower else str(value)


def _date(_field: Field, value: Value) -> str:
    return long_date(dt.date.fromisoformat(str(value)))


def _money(_field: Field, value: Value) -> str:
    return rupiah(int(str(value)))


def _time(_field: Field, value: Value) -> str:
    return str(value).replace(":", ".")


def _choice(field: Field, value: Value) -> str:
    for option in choice.options(field):
        if option.value == value:
            return option.printed
    return str(value)


def _choices(field: Field, value: Value) -> str:
    entries = value if isinstance(value, list) else [str(value)]
    return ", ".join(_choice(field, entry) for entry in entries)


def _person(_field: Field, value: Value) -> str:
    return str(value.get("nama", "")) if isinstance(value, dict) else str(value)


def _attachment(_field: Field, value: Value) -> str:
    number = value.get("number") if isinstance(value, dict) else None
    return str(number) if number else say("printed.seen")


def _spelled(value: Value, _areas: Areas, _terms: Mapping[str, str]) -> str:
    return in_words(int(str(value)))


def _money_spelled(value: Value, _areas: Areas, _terms: Mapping[str, str]) -> str:
    return rupiah_in_words(int(str(value)))


def _whole(value: Value, areas: Areas, terms: Mapping[str, str]) -> str:
    return ", ".join(area_names(str(value), areas, terms))


def _day(value: Value, _areas: Areas, _terms: Mapping[str, str]) -> str:
    return say(f"day.{dt.date.fromisoformat(str(value)).isoweekday()}")


def _nik(value: Value, _areas: Areas, _terms: Mapping[str, str]) -> str:
    return str(value.get("nik", "")) if isinstance(value, dict) else ""


_KINDS: dict[str, Callable[[Field, Value], str]] = {
    "date": _date,
    "money": _money,
    "time": _time,
    "yes_no": figure.show_yes_no,
    "choice": _choice,
    "choices": _choices,
    "person": _person,
    "place": part.show_place,
    "attachment": _attachment,
}
_BESIDE: dict[str, dict[str, Callable[[Value, Areas, Mapping[str, str]], str]]] = {
    "number": {SPELLED: _spelled},
    "money": {SPELLED: _money_spelled},
    "date": {DAY: _day},
    "region": {WHOLE: _whole},
    "person": {NUMBER_OF: _nik},
}
