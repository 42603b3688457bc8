"""Answers as a person reads them, in one line each."""

from desktop.dates import date_text
from desktop.form_view.notation import NOTATIONS
from forms.engine import kinds, parts, written
from forms.engine.answers import Value
from forms.engine.areas import Areas
from forms.engine.spec import Field, Party
from forms.engine.words import say, worded


def value_text(field: Field, value: Value, areas: Areas) -> str:
    """Show one answer as a person reads it."""
    if field.kind == "region" and areas.knows(str(value)):
        return areas.area(str(value)).name
    if field.kind == "money" and isinstance(value, int):
        return "Rp" + written.grouped(value)
    if field.kind == "date":
        return date_text(str(value)).replace(" ", "\xa0")
    if field.kind in ("nik", "kk", "place"):
        return NOTATIONS[field.kind].show(value).replace(" ", "\xa0")  # In one line, always.
    if field.kind == "attachment" and isinstance(value, dict):
        return str(value.get("number") or say("field.scan" if "file" in value else "field.seen"))
    if field.kind == "person" and isinstance(value, dict):
        named = (value.get("nama"), value.get("nik"))
        return " · ".join(str(part) for part in named if part)
    if field.kind == "rows" and isinstance(value, list):
        return "; ".join(" · ".join(_row(row)) for row in value if isinstance(row, dict))
    return kinds.show(field, value)


def limits_text(party: Party) -> str:
    """Say who may be named: where from, which sex, how old, in which place of a family."""
    places = {
        choice.value: worded(choice.label) for choice in kinds.choice.options(parts.parts()["shdk"])
    }
    said = (
        "" if party.resident == "allowed" else say(f"resident.{party.resident}"),
        say(f"choice_sex.{party.sex}") if party.sex else "",
        say("table.age_min", years=party.age_min) if party.age_min else "",
        say("table.age_max", years=party.age_max) if party.age_max else "",
        "/".join(places.get(code, code) for code in party.shdk),
    )
    return ", ".join(part for part in said if part)


def _row(row: dict[str, object]) -> list[str]:
    return [str(value) for key, value in row.items() if value and key != parts.RECORD]
